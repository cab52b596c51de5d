import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../lib/domain/faults.ts';
import type { Project } from '../../lib/domain/project.ts';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import { buildSessionForm, parseSessionResponse } from '../../lib/platform/session-wire.ts';
import { codePoint } from '../support/code-point.ts';
import { catchFault } from '../support/faults.ts';
import { APPLICATION_ID, sessionIds, toSessionId } from '../support/fixtures.ts';

const project: Project = { kind: 'opentok', id: '123456' };
const json = { 'content-type': 'application/json' };
const answer = (body: unknown, headers: Record<string, string> = json) => ({
  status: 200,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('the form of a create call', () => {
  const archived = { mediaMode: 'routed', archiveMode: 'always' };

  it.each<[scenario: string, request: object | undefined, form: Record<string, string>]>([
    ['no request', undefined, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
    ['relayed', { mediaMode: 'relayed' }, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
    ['routed', { mediaMode: 'routed' }, { 'p2p.preference': 'disabled', archiveMode: 'manual' }],
    ['archived', archived, { 'p2p.preference': 'disabled', archiveMode: 'always' }],
    [
      'a location',
      { location: '12.34.56.78' },
      { 'p2p.preference': 'enabled', archiveMode: 'manual', location: '12.34.56.78' },
    ],
    [
      'an archive with name and resolution',
      { ...archived, archiveName: 'a b&c=d+é', archiveResolution: '1280x720' },
      {
        'p2p.preference': 'disabled',
        archiveMode: 'always',
        archiveName: 'a b&c=d+é',
        archiveResolution: '1280x720',
      },
    ],
    [
      'encrypted',
      { mediaMode: 'routed', e2ee: true },
      { 'p2p.preference': 'disabled', archiveMode: 'manual', e2ee: 'true' },
    ],
    ['not encrypted', { e2ee: false }, { 'p2p.preference': 'enabled', archiveMode: 'manual' }],
  ])('has both modes and only what was asked for: %s', (_scenario, request, form) => {
    const body = buildSessionForm(parseSessionRequest(request));
    expect([...new URLSearchParams(body)].sort()).toEqual(Object.entries(form).sort());
  });

  it('is encoded as forms are', () => {
    const options = parseSessionRequest({ ...archived, archiveName: 'a b&c=d+é' });
    expect(buildSessionForm(options)).toContain('archiveName=a+b%26c%3Dd%2B%C3%A9');
  });
});

describe('the answer to a create call', () => {
  it.each([
    ['of an OpenTok project', project, sessionIds.openTok],
    ['of a Vonage application', { kind: 'vonage', id: APPLICATION_ID }, sessionIds.vonage],
    [
      'of a Vonage application in capitals',
      { kind: 'vonage', id: APPLICATION_ID },
      toSessionId(`1~${APPLICATION_ID.toUpperCase()}~~1~x~~`),
    ],
  ] as [string, Project, string][])('holds the session id %s', (_scenario, owner, id) => {
    expect(parseSessionResponse(answer([{ session_id: id }]), owner)).toBe(id);
  });

  it('may hold more fields than documented', () => {
    const session = { session_id: sessionIds.openTok, partner_id: '7', create_dt: 'Fri', x: null };
    expect(parseSessionResponse(answer([session]), project)).toBe(sessionIds.openTok);
  });

  it.each([
    'application/json',
    'application/json;charset=UTF-8',
    'Application/JSON; charset=utf-8',
  ])('may be of type %s', (contentType) => {
    const response = answer([{ session_id: sessionIds.openTok }], { 'content-type': contentType });
    expect(parseSessionResponse(response, project)).toBe(sessionIds.openTok);
  });

  const good = [{ session_id: sessionIds.openTok }];
  it.each<[scenario: string, response: ReturnType<typeof answer>, what: string]>([
    ['no content type', answer(good, {}), 'its content type is none'],
    ['XML', answer('<sessions/>', { 'content-type': 'text/xml' }), 'its content type is text/xml'],
    ['HTML', answer('<html>', { 'content-type': 'text/html' }), 'its content type is text/html'],
    ['text', answer(good, { 'content-type': 'text/plain' }), 'its content type is text/plain'],
    ['no body', answer(''), 'it is empty'],
    ['half a body', answer('[{"session_id":"1_M'), 'it is not JSON (19 characters)'],
    ['XML called JSON', answer('<sessions/>'), 'it is not JSON (11 characters)'],
    ['null', answer('null'), 'it is not an array'],
    ['an object', answer({ session_id: sessionIds.openTok }), 'it is not an array'],
    ['an error object', answer({ code: -1, message: 'x' }), 'it is not an array'],
    ['an empty array', answer([]), 'it is an array of 0 sessions'],
    ['two sessions', answer([...good, ...good]), 'it is an array of 2 sessions'],
    ['null for a session', answer([null]), 'its session has no session_id'],
    ['text for a session', answer([sessionIds.openTok]), 'its session has no session_id'],
    ['no id', answer([{}]), 'its session has no session_id'],
    ['null for an id', answer([{ session_id: null }]), 'its session has no session_id'],
    ['a number for an id', answer([{ session_id: 7 }]), 'its session has no session_id'],
    ['an empty id', answer([{ session_id: '' }]), 'its session_id is no session id'],
    ['a malformed id', answer([{ session_id: '1_x' }]), 'its session_id is no session id'],
    [
      'an id of 256 characters',
      answer([{ session_id: toSessionId('1~123456~~1~'.padEnd(190, 'x')) }]),
      'its session_id is no session id',
    ],
    [
      'a session of another project',
      answer([{ session_id: sessionIds.openTok2025 }]),
      'its session belongs to another project',
    ],
    [
      'a session of a project whose key begins the same',
      answer([{ session_id: toSessionId('1~1234567~~1~x~~') }]),
      'its session belongs to another project',
    ],
    [
      'a session of a project whose key is the beginning of ours',
      answer([{ session_id: toSessionId('1~12345~~1~x~~') }]),
      'its session belongs to another project',
    ],
  ])('is refused when it is %s', async (_scenario, response, what) => {
    const fault = await catchFault(() => parseSessionResponse(response, project));
    expect(fault).toMatchObject({
      name: 'PlatformInvalidResponseError',
      message: 'The video platform gave an unusable answer.',
      reason: `The platform's answer is unusable: ${what}.`,
    });
  });

  it('bounds what it tells of a strange content type', async () => {
    const response = answer('', { 'content-type': 'x'.repeat(10_000) });
    const fault = await catchFault(() => parseSessionResponse(response, project));
    expect(fault.reason?.length).toBeLessThan(200);
  });

  it('is a session of ours or a PlatformInvalidResponseError, whatever the body', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: codePoint }), fc.json()), (body) => {
        expect(() => parseSessionResponse(answer(body), project)).toThrow(Fault);
      }),
      { numRuns: 1000 },
    );
  });
});
