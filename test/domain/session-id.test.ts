import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSessionOf, readProjectId } from '../../lib/domain/session-id.ts';
import { codePoint } from '../support/code-point.ts';
import { APPLICATION_ID, sessionIds, toSessionId } from '../support/fixtures.ts';

describe('projectOf', () => {
  it.each([
    ['of 2014', sessionIds.openTok, '123456'],
    ['with a location', sessionIds.openTokWithLocation, '123456'],
    ['with prefix 2_', sessionIds.openTok2019, '27086612'],
    ['of 2025, relayed', sessionIds.openTok2025, '47665971'],
    ['of a Vonage application', sessionIds.vonage, APPLICATION_ID],
    ['with as few fields as were ever seen', toSessionId('1~123456~~1~0.5'), '123456'],
    ['with more fields than were ever seen', toSessionId('1~123456~~1~0.5~P~~x~y'), '123456'],
    ['with - in its base64url', toSessionId('1~1~~~~>>>'), '1'],
    ['with _ in its base64url', toSessionId('1~1~~~~???'), '1'],
  ])('is read from an id %s', (_scenario, sessionId, projectId) => {
    expect(readProjectId(sessionId)).toBe(projectId);
  });

  it.each([
    ['one character less than the key', sessionIds.openTok, '12345'],
    ['a key that begins with it', sessionIds.openTok, '1234567'],
    ['the end of the key', sessionIds.openTok, '23456'],
    ['digits of its timestamp', sessionIds.openTok2025, '1739538894959'],
    ['its version field', sessionIds.openTok, '1'],
    ['its location', sessionIds.openTokWithLocation, '12.34.56.78'],
  ])('is not %s', (_scenario, sessionId, projectId) => {
    expect(readProjectId(sessionId)).not.toBe(projectId);
  });

  it.each([
    ['nothing', ''],
    ['one character', '1'],
    ['a prefix alone', '1_'],
    ['no prefix', sessionIds.openTok.slice(2)],
    ['prefix 0_', sessionIds.openTok.replace('1_', '0_')],
    ['prefix 3_', sessionIds.openTok.replace('1_', '3_')],
    ['prefix ZZ', sessionIds.openTok.replace('1_', 'ZZ')],
    ['prefix 1-', sessionIds.openTok.replace('1_', '1-')],
    [
      'the corrupted id of a vendor README',
      '2_MX2xMDB-flR1ZSBOb3YgMTkgMTE6MDk6NTggUFNUIDIwMTN-MC4zNzQxNzIxNX4',
    ],
    ['four fields only', '1_MX4xMDB-MC43NjAyOTYyfg'],
    ['padding', `${toSessionId('1~123456~~1~0.5~')}=`],
    ['the alphabet of plain base64', `1_${Buffer.from('1~1~~~~>>>?').toString('base64')}`],
    [
      'foreign characters inside',
      `${sessionIds.openTok.slice(0, 20)}!!${sessionIds.openTok.slice(20)}`,
    ],
    ['a dot inside', sessionIds.openTok.replace('Z', '.')],
    ['white space before', ` ${sessionIds.openTok}`],
    ['white space after', `${sessionIds.openTok} `],
    ['a line break after', `${sessionIds.openTok}\n`],
    ['NUL after', `${sessionIds.openTok}\0`],
    ['one character less', sessionIds.openTok.slice(0, -2)],
    ['stray bits in its last character', sessionIds.openTok.replace(/4$/, '5')],
    ['another version', toSessionId('2~123456~~1~0.5~')],
    ['an empty version', toSessionId('~123456~~1~0.5~')],
    ['a version that only begins with 1', toSessionId('10~123456~~1~0.5~')],
    ['a version that only ends with 1', toSessionId('21~123456~~1~0.5~')],
    ['an empty project', toSessionId('1~~~1~0.5~')],
    ['a control character inside', toSessionId('1~123456~\n~1~0.5~')],
    ['a control character at its end', toSessionId('1~123456~~1~0.5~\n')],
    ['NUL inside', toSessionId('1~123456~\0~1~0.5~')],
    ['DEL inside', toSessionId('1~123456~\x7f~1~0.5~')],
    ['a byte beyond ASCII', toSessionId('1~123456~\xe9~1~0.5~')],
    ['half a surrogate pair', `${sessionIds.openTok}\ud800`],
    ['a path', '../../etc/passwd'],
    ['percent encoding', sessionIds.openTok.replace('_', '%5F')],
  ])('is unknown for %s', (_scenario, sessionId) => {
    expect(readProjectId(sessionId)).toBeUndefined();
  });

  // An id cannot have 255 characters: no number of bytes has 253 base64url characters.
  it.each([
    ['254 characters', 189, 254, '123456'],
    ['256 characters', 190, 256, undefined],
  ])('is limited to the documented length: %s', (_scenario, bytes, length, expected) => {
    const sessionId = toSessionId('1~123456~~1~'.padEnd(bytes, 'x'));
    expect(sessionId).toHaveLength(length);
    expect(readProjectId(sessionId)).toBe(expected);
  });

  it('is the complete field 1 for any fields', () => {
    const field = fc.stringMatching(/^[ -}]*$/).filter((text) => text.length < 20);
    fc.assert(
      fc.property(field, fc.array(field, { minLength: 3, maxLength: 7 }), (project, rest) => {
        const sessionId = toSessionId(['1', project, ...rest].join('~'));
        fc.pre(sessionId.length <= 255);
        expect(readProjectId(sessionId)).toBe(project === '' ? undefined : project);
      }),
    );
  });

  it('is read from any text without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.base64String()), (text) => {
        expect(() => [readProjectId(text), readProjectId(`1_${text}`)]).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a session id', () => {
  it.each([
    ['of the project', sessionIds.openTok, '123456', true],
    ['of another project', sessionIds.openTok2019, '123456', false],
    ['of a project with a key that begins with it', sessionIds.openTok, '12345', false],
    [
      'that spells the application in capitals',
      toSessionId(`1~${APPLICATION_ID.toUpperCase()}~~1~0.5~`),
      APPLICATION_ID,
      true,
    ],
    ['that is none', 'none', '123456', false],
  ])('%s', (_scenario, sessionId, projectId, belongs) => {
    expect(isSessionOf(projectId, sessionId)).toBe(belongs);
  });
});
