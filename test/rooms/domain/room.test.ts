import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/domain/faults.ts';
import { parseSessionRequest } from '../../../lib/domain/session-request.ts';
import {
  assertSameOptions,
  isJoinable,
  isRoomName,
  parseRoomField,
  type Room,
  readRoomName,
  toRoomView,
} from '../../../lib/rooms/domain/room.ts';
import { catchFault, catchFieldErrors } from '../../support/faults.ts';
import { NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';

const ALLOWED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~';
const RULE =
  'must be 1 to 128 ASCII letters (case-sensitive), digits, "-", "_", "." and "~", and not "." or ".."';

function roomWith(session: object = {}, changed: Partial<Room> = {}): Room {
  return {
    name: 'standup',
    sessionId: sessionIds.openTok,
    projectId: '123456',
    options: parseSessionRequest(session),
    createdAtSeconds: NOW_SECONDS,
    expiresAtSeconds: undefined,
    rules: undefined,
    revision: undefined,
    ...changed,
  };
}

describe('the name of a room', () => {
  it.each([
    ...[...ALLOWED].filter((character) => character !== '.'),
    'a',
    'standup',
    'appointment-4711',
    'class-7b-2026-11-23',
    '...',
    '.a',
    'a.',
    '.-',
    'x'.repeat(128),
    ALLOWED,
  ])('may be %s', (name) => {
    expect(isRoomName(name)).toBe(true);
    expect(readRoomName(name)).toBe(name);
    expect(parseRoomField(name)).toBe(name);
  });

  it.each([
    ['empty', ''],
    ['a dot, which paths lose', '.'],
    ['two dots, which paths lose with what is before them', '..'],
    ['129 characters', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['with a line break at its end', 'standup\n'],
    ['with a slash', 'a/b'],
    ['with a letter outside ASCII', 'café'],
    ['with a digit outside ASCII', '٣'],
    ['with a per cent sign', '100%'],
    ['with a plus sign', 'a+b'],
    ['with half a surrogate pair', '\ud83d'],
  ])('may not be %s', async (_what, name) => {
    expect(isRoomName(name)).toBe(false);
    expect(await catchFieldErrors(() => parseRoomField(name))).toEqual([
      { pointer: '#/room', detail: RULE },
    ]);
    expect(await catchFault(() => readRoomName(name))).toMatchObject({
      name: 'ValidationError',
      message: `The room's name ${RULE}.`,
    });
  });

  it.each([undefined, null, 7, true, ['standup'], { name: 'standup' }])(
    'may not be %j, which is not a string',
    async (name) => {
      expect(await catchFieldErrors(() => parseRoomField(name))).toHaveLength(1);
    },
  );

  it('is compared exactly', () => {
    expect(readRoomName('StandUp')).toBe('StandUp');
  });
});

describe('a room', () => {
  it.each([
    ['without an end', undefined, true],
    ['a second before its end', NOW_SECONDS + 1, true],
    ['at its end', NOW_SECONDS, false],
    ['past its end', NOW_SECONDS - 1, false],
  ])('%s is open: %j %j', (_when, expiresAtSeconds, expected) => {
    expect(isJoinable(roomWith({}, { expiresAtSeconds }), '123456', NOW_SECONDS)).toBe(expected);
  });

  it.each(['12345', '1234567', '27086612', ''])('is closed to the project %j', (projectId) => {
    expect(isJoinable(roomWith(), projectId, NOW_SECONDS)).toBe(false);
  });

  it('is shown with its session, its project and the time it was created', () => {
    const project = { kind: 'opentok', id: '123456' } as const;
    expect(toRoomView(roomWith({ mediaMode: 'routed', archiveMode: 'always' }), project)).toEqual({
      name: 'standup',
      sessionId: sessionIds.openTok,
      mediaMode: 'routed',
      archiveMode: 'always',
      location: null,
      e2ee: false,
      archiveName: null,
      archiveResolution: '640x480',
      apiKey: '123456',
      createdAt: '2023-11-14T22:13:20.000Z',
    });
  });
});

describe('requested options for an existing room', () => {
  const archived = { mediaMode: 'routed', archiveMode: 'always' };

  it.each([
    ['nothing', {}, {}],
    ['nothing, of a room that differs from the defaults', archived, {}],
    ['what it has', archived, { mediaMode: 'routed', archiveMode: 'always' }],
    ['one of the things it has', archived, { mediaMode: 'routed' }],
    ['a default that it has', {}, { mediaMode: 'relayed', archiveMode: 'manual', e2ee: false }],
    ['the resolution that it has for want of another', archived, { archiveResolution: '640x480' }],
    ['its location', { location: '203.0.113.7' }, { location: '203.0.113.7' }],
  ] as const)('may be %s', (_what, session, requested) => {
    expect(() => assertSameOptions(roomWith(session), requested)).not.toThrow();
  });

  it.each([
    [{}, { mediaMode: 'routed' }, [['mediaMode', 'the room has "relayed"']]],
    [archived, { archiveMode: 'manual' }, [['archiveMode', 'the room has "always"']]],
    [{ mediaMode: 'routed' }, { e2ee: true }, [['e2ee', 'the room has false']]],
    [{}, { location: '203.0.113.7' }, [['location', 'the room has none']]],
    [archived, { archiveName: 'x' }, [['archiveName', 'the room has none']]],
    [
      archived,
      { archiveResolution: '1280x720' },
      [['archiveResolution', 'the room has "640x480"']],
    ],
    [
      {},
      { mediaMode: 'routed', archiveMode: 'always' },
      [
        ['mediaMode', 'the room has "relayed"'],
        ['archiveMode', 'the room has "manual"'],
      ],
    ],
  ] as const)('of %j may not be %j', async (session, requested, errors) => {
    const fault = await catchFault(() => assertSameOptions(roomWith(session), requested));
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({
      name: 'RoomConflictError',
      status: 409,
      errors: errors.map(([name, detail]) => ({ pointer: `#/session/${name}`, detail })),
    });
  });
});
