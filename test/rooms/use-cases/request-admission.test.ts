/** People who wait, in the table: polling, the decision of a host, and one admission for one token. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ADMISSION_SECONDS,
  GONE_AFTER_SECONDS,
  toKnockId,
} from '../../../lib/rooms/domain/knock.ts';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import { createLeaveWaitingRoom } from '../../../lib/rooms/table/knock-store.ts';
import { dynamoFaults } from '../../../stand-ins/dynamodb.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { type GuestRooms, newKnock, startGuestRooms } from '../guest-rooms.ts';
import { roomOf } from '../room-of.ts';

const ample = () => 600_000;
const room = roomOf('standup');
let rooms: GuestRooms;
beforeEach(async () => {
  rooms = await startGuestRooms();
});
afterEach(() => rooms.close());

/** Polls as a user; @returns how it ended. */
async function poll(subject: string, afterSeconds = 0, at: Room = room): Promise<string> {
  rooms.clock.seconds = NOW_SECONDS + afterSeconds;
  try {
    const admission = await rooms.user(at, subject);
    if (!admission) return 'waiting';
    return (await admission.consume()) ? 'in' : 'too late';
  } catch (error) {
    return (error as Error).name;
  }
}

const decide = (
  subject: string,
  decision: 'admit' | 'deny',
  {
    at = room,
    after = 0,
    waiting,
  }: { at?: Room; after?: number; waiting?: { readonly sinceMs?: number } } = {},
) => {
  const knockId = toKnockId(subject);
  const given = { room: at, knockId, decision, nowSeconds: NOW_SECONDS + after, waiting };
  return rooms.decisions.decide(given, ample);
};
const listed = async (afterSeconds: number) =>
  (await rooms.decisions.listWaiting(room, NOW_SECONDS + afterSeconds, ample))
    .map(({ subject, sinceMs }) => `${subject} since ${sinceMs / 1000 - NOW_SECONDS}`)
    .sort();

describe('a waiting user', () => {
  it('joins once after a host admits them', async () => {
    expect(await poll('ada')).toBe('waiting');
    expect(await decide('ada', 'admit')).toBe(true);
    expect(await poll('ada', 3)).toBe('in');
    expect(await poll('ada', 6)).toBe('waiting');
  });

  it('does not join by the admission of another', async () => {
    await poll('ada');
    await poll('bob');
    await decide('ada', 'admit');
    expect(await poll('bob', 3)).toBe('waiting');
    expect(await poll('eve', 3)).toBe('waiting');
  });

  it('can use an admission for five minutes', async () => {
    await poll('ada');
    await poll('bob');
    await decide('ada', 'admit');
    await decide('bob', 'admit');
    expect(await poll('ada', ADMISSION_SECONDS - 1)).toBe('in');
    expect(await poll('bob', ADMISSION_SECONDS)).toBe('waiting');
  });

  it('stays denied until a host admits them', async () => {
    await poll('ada');
    await decide('ada', 'deny');
    for (const later of [0, 3, GONE_AFTER_SECONDS + 1, 86_400, 400 * 86_400]) {
      expect(await poll('ada', later)).toBe('AdmissionDeniedError');
    }
    const after = 400 * 86_400;
    expect(await decide('ada', 'admit', { after })).toBe(true);
    expect(await poll('ada', after + 1)).toBe('in');
  });

  it('does not join if the host denies them before the admission is used', async () => {
    await poll('ada');
    await decide('ada', 'admit');
    const admission = await rooms.user(room, 'ada');
    await decide('ada', 'deny', { after: 1 });
    expect(await admission?.consume()).toBe(false);
    expect(await poll('ada', 2)).toBe('AdmissionDeniedError');
  });

  it('joins with one of several concurrent requests', async () => {
    await poll('ada');
    await decide('ada', 'admit');
    const ends = await Promise.all([poll('ada', 1), poll('ada', 1), poll('ada', 1)]);
    expect(ends.filter((end) => end === 'in')).toHaveLength(1);
  });

  it('waits again in a later room of the same name', async () => {
    await poll('ada');
    await decide('ada', 'deny');
    const later = roomOf('standup', { sessionId: sessionIds.openTokWithLocation });
    expect(await poll('ada', 1, later)).toBe('waiting');
    expect(await decide('ada', 'admit', { at: room })).toBe(false);
    expect(await poll('ada', 2, later)).toBe('waiting');
  });

  it('is read once by each poll, and written six times a minute', async () => {
    await poll('ada');
    const { capacity } = rooms;
    for (let after = 3; after < 60; after += 3) {
      capacity.reset();
      await poll('ada', after);
      expect(capacity.calls().filter((call) => call.startsWith('GetItem'))).toHaveLength(1);
    }
    const { requests } = rooms.dynamoDb;
    const seen = requests.filter(({ operation }) => operation === 'UpdateItem');
    expect(seen.length).toBeLessThanOrEqual(6);
  });

  it('is listed while they poll, and comes back at the end of the list', async () => {
    await poll('ada');
    await poll('bob', 20);
    await poll('ada', 21);
    expect(await listed(21)).toEqual(['ada since 0', 'bob since 20']);
    await poll('ada', 21 + GONE_AFTER_SECONDS + 1);
    expect(await listed(52)).toEqual(['ada since 52']);
  });
});

describe('a user who joins without an admission', () => {
  const leave = (of: Room = room) =>
    createLeaveWaitingRoom(rooms.table)(
      { room: 'standup', sessionId: of.sessionId, knockId: toKnockId('ada') },
      ample,
    );

  it('is off the list at once, and "deny everyone" does not affect them', async () => {
    await poll('ada');
    await poll('bob');
    await leave();
    expect(await listed(1)).toEqual(['bob since 0']);
    expect(await decide('ada', 'deny', { waiting: {} })).toBe(false);
    expect(await poll('ada', 2)).toBe('waiting');
  });

  it('stays denied', async () => {
    await poll('ada');
    await decide('ada', 'deny');
    await leave();
    expect(await poll('ada', 1)).toBe('AdmissionDeniedError');
  });

  it('needs no knock, and leaves those at another room of the name alone', async () => {
    await leave();
    await poll('ada');
    await leave(roomOf('standup', { sessionId: sessionIds.openTokWithLocation }));
    expect(await listed(1)).toEqual(['ada since 0']);
  });
});

describe('an admission', () => {
  it.each([
    ['throttled', dynamoFaults.throttling],
    ['reset', { kind: 'reset' }],
    ['truncated', { kind: 'truncated' }],
    ['a server error', dynamoFaults.internal],
  ] as const)('is used once when responses are %s', async (_what, fault) => {
    await poll('ada');
    await decide('ada', 'admit');
    const admission = await rooms.user(room, 'ada');
    rooms.dynamoDb.fail(fault, { times: 2 });
    expect(await admission?.consume()).toBe(true);
    expect(await poll('ada', 3)).toBe('waiting');
  });

  it('is neither found nor used nor lost while the table is unavailable', async () => {
    await rooms.close();
    rooms = await startGuestRooms({ isPatient: false });
    await poll('ada');
    await decide('ada', 'admit');
    const admission = await rooms.user(room, 'ada');
    rooms.dynamoDb.fail(dynamoFaults.internal, { times: 1_000_000 });
    for (const attempt of [() => rooms.user(room, 'ada'), () => admission?.consume()]) {
      expect((await catchFault(attempt)).name).toBe('RoomStoreUnavailableError');
    }
    rooms.dynamoDb.recover();
    expect(await poll('ada', 3)).toBe('in');
  });
});

describe('a decision', () => {
  it('does not apply to a person who has not knocked', async () => {
    expect(await decide('ada', 'admit')).toBe(false);
    expect(await listed(0)).toEqual([]);
  });

  it.each([
    [3_599, true],
    [3_600, false],
  ])('applies to a person who left %i seconds ago: %s', async (after, applies) => {
    await poll('ada');
    expect(await decide('ada', 'admit', { after })).toBe(applies);
  });

  it('admits a denied person however long ago they knocked', async () => {
    await poll('ada');
    await decide('ada', 'deny');
    const after = 4_000 * 86_400;
    expect(await poll('ada', after)).toBe('AdmissionDeniedError');
    expect(await decide('ada', 'admit', { after })).toBe(true);
    expect(await poll('ada', after)).toBe('in');
  });

  it('about one person overrides earlier ones', async () => {
    await poll('ada');
    for (const decision of ['admit', 'deny', 'admit'] as const) await decide('ada', decision);
    expect(await poll('ada', 1)).toBe('in');
    await poll('ada', 4);
    await Promise.all([decide('ada', 'admit'), decide('ada', 'deny')]);
    expect(['in', 'AdmissionDeniedError']).toContain(await poll('ada', 5));
  });

  it.each<[what: string, waiting: { readonly sinceMs?: number }, applies: boolean]>([
    ['a person who waits', {}, true],
    ['a person who has waited since then', { sinceMs: NOW_SECONDS * 1000 }, true],
    ['a person who has come back since', { sinceMs: NOW_SECONDS * 1000 - 1 }, false],
  ])('restricted to %s applies to them: %s', async (_what, waiting, applies) => {
    await poll('ada');
    expect(await decide('ada', 'admit', { waiting })).toBe(applies);
  });

  it('restricted to people who wait does not override a denial', async () => {
    await poll('ada');
    await decide('ada', 'deny');
    expect(await decide('ada', 'admit', { waiting: {} })).toBe(false);
    expect(await poll('ada', 1)).toBe('AdmissionDeniedError');
  });

  it.each([undefined, NOW_SECONDS + 86_400, NOW_SECONDS + 400 * 86_400])(
    'that denies never expires, in a room that expires at %s',
    async (expiresAtSeconds) => {
      await poll('ada');
      await decide('ada', 'deny', { at: roomOf('standup', { expiresAtSeconds }) });
      const Key = { room: { S: 'standup' }, item: { S: `knock#${toKnockId('ada')}` } };
      const { Item } = await rooms.dynamoDb.ask('GetItem', { TableName: 'Rooms', Key });
      expect(Item).toMatchObject({ state: { S: 'denied' } });
      expect(Item).not.toHaveProperty('expiresAt');
    },
  );
});

describe('the line of an invite', () => {
  const knock = { admission: 'knock' };

  it('holds at most maxGuests people, and a new one replaces one who is gone', async () => {
    await rooms.room('ward', knock);
    for (const maxGuests of [1, 2, 5]) {
      const { invite } = await rooms.invite('ward', { maxGuests });
      const arrivals = Array.from({ length: maxGuests + 3 }, () => newKnock(invite));
      const ends = await Promise.all(
        arrivals.map(async (own) => (await rooms.guest({ invite, knock: own })).end),
      );
      expect(ends.filter((end) => end === 'waiting')).toHaveLength(maxGuests);
      expect(ends.filter((end) => end === 'TooManyRequestsError')).toHaveLength(3);
      rooms.clock.seconds += GONE_AFTER_SECONDS + 1;
      expect((await rooms.guest({ invite, knock: newKnock(invite) })).end).toBe('waiting');
    }
  });

  it('keeps the slot of a guest who polls', async () => {
    await rooms.room('ward', knock);
    const { invite } = await rooms.invite('ward');
    const own = newKnock(invite);
    for (let times = 0; times < 20; times += 1) {
      expect((await rooms.guest({ invite, knock: own })).end).toBe('waiting');
      expect((await rooms.guest({ invite })).end).toBe('TooManyRequestsError');
      rooms.clock.seconds += 5;
    }
  });

  it('frees the slot of a guest who was decided about', async () => {
    await rooms.room('ward', knock);
    const { invite } = await rooms.invite('ward');
    await rooms.guest({ invite });
    await rooms.host.knocks({ action: 'decideKnocks', room: 'ward', decision: 'deny' });
    expect((await rooms.guest({ invite })).end).toBe('waiting');
  });
});
