/** Invites in the table: made, listed and revoked by hosts, and the count of their guests. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Invite, parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import { hashInviteSecret } from '../../../lib/rooms/domain/invite-secret.ts';
import {
  createInvitePlaces,
  createInviteStore,
  type InvitePlaces,
  type InviteStore,
} from '../../../lib/rooms/table/invite-store.ts';
import { createGuestKnocks, type GuestKnocks } from '../../../lib/rooms/table/knock-store.ts';
import {
  createRoomRemoval,
  createRoomStore,
  type RoomRemoval,
  type RoomStore,
} from '../../../lib/rooms/table/room-store.ts';
import { createRoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_MS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { createPatientAws } from '../../support/local-aws.ts';
import { roomOf } from '../room-of.ts';

const ample = () => 10_000;
const room = roomOf('standup');

function inviteOf(changed: Partial<Invite> = {}): Invite {
  return {
    ...parseInviteRequest({ maxGuests: 2 }, NOW_SECONDS),
    room: 'standup',
    inviteId: 'a'.repeat(16),
    sessionId: room.sessionId,
    secretHash: new Uint8Array(hashInviteSecret('secret')),
    createdAtMs: NOW_MS,
    ...{ name: undefined, opensAt: undefined },
    ...{ guests: 0, generation: 0, counted: [[], []] },
    ...changed,
  };
}

let dynamoDb: DynamoDb;
let list: InviteStore;
let places: InvitePlaces;
let guests: GuestKnocks;
let removal: RoomRemoval;
let store: RoomStore;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const table = createRoomsTable(createPatientAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  list = createInviteStore(table);
  guests = createGuestKnocks(table);
  places = createInvitePlaces(table, guests);
  removal = createRoomRemoval(table);
  store = createRoomStore(table);
});
afterEach(() => dynamoDb.close());

let subjects = 0;
const newGuest = () => {
  subjects += 1;
  return `guest:${String(subjects).padStart(22, '0')}`;
};
/** Counts a guest as a request does that has just read the invite. */
async function count(of: Invite, subject: string, nowSeconds = NOW_SECONDS): Promise<boolean> {
  const invite = await places.get(of, ample);
  return invite !== undefined && places.count(invite, subject, nowSeconds, ample);
}
const countGuests = async (invite: Invite) => (await places.get(invite, ample))?.guests;

describe('an invite in the table', () => {
  it.each<[what: string, changed: Partial<Invite>]>([
    ['as little as it can', {}],
    ['all that it can', { name: 'Ada', opensAt: NOW_SECONDS + 60, role: 'moderator' }],
    [
      'counted guests',
      { guests: 3, generation: 5, counted: [['guest:a'], ['guest:b', 'guest:c']] },
    ],
  ])('is read as it was put, with %s', async (_what, changed) => {
    const invite = inviteOf(changed);
    await list.put(invite, ample);
    const read = await places.get(invite, ample);
    expect(read).toEqual(invite);
    expect(await places.get({ room: 'standup', inviteId: 'b'.repeat(16) }, ample)).toBeUndefined();
  });

  it('is listed with the others of its room, page by page', async () => {
    // More than a page of 1 MiB.
    const crowd = Array.from({ length: 2_000 }, newGuest);
    const many = Array.from({ length: 30 }, (_, index) =>
      inviteOf({ inviteId: String(index).padStart(16, '0'), counted: [crowd, []] }),
    );
    for (const invite of many) await list.put(invite, ample);
    await list.put(inviteOf({ room: 'other' }), ample);
    await list.put(inviteOf({ inviteId: 'z'.repeat(16), sessionId: sessionIds.vonage }), ample);
    await store.put(room, undefined, ample);
    const before = dynamoDb.requests.length;
    const listed = await list.list(room, ample);
    expect(listed.map(({ inviteId }) => inviteId)).toEqual(many.map(({ inviteId }) => inviteId));
    expect(dynamoDb.requests.length - before).toBeGreaterThan(1);
  });

  it('keeps its guests when a delayed retry puts it again', async () => {
    await list.put(inviteOf(), ample);
    await count(inviteOf(), newGuest());
    await list.put(inviteOf(), ample);
    expect(await countGuests(inviteOf())).toBe(1);
  });

  it('is gone once it is revoked', async () => {
    await list.put(inviteOf(), ample);
    await list.remove(inviteOf(), ample);
    expect(await places.count(inviteOf(), newGuest(), NOW_SECONDS, ample)).toBe(false);
    expect(await places.get(inviteOf(), ample)).toBeUndefined();
  });

  it.each<[attribute: string, value: object]>([
    ['secretHash', { S: 'x' }],
    ['role', { S: 'host' }],
    ['expiresAt', { S: 'soon' }],
    ['maxGuests', { N: '-1' }],
    ['guests', { SS: ['a'] }],
    ['generation', { S: 'a' }],
    ['countedOdd', { S: 'a' }],
    ['name', { N: '1' }],
    ['opensAt', { S: '' }],
    ['sessionId', { N: '1' }],
  ])('is an error when its %s is %j', async (attribute, value) => {
    await list.put(inviteOf(), ample);
    await dynamoDb.ask('UpdateItem', {
      TableName: 'Rooms',
      Key: { room: { S: 'standup' }, item: { S: `invite#${'a'.repeat(16)}` } },
      UpdateExpression: 'SET #a = :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: { ':v': value },
    });
    expect(await catchFault(() => places.get(inviteOf(), ample))).toMatchObject({
      name: 'InvalidRoomItemError',
      reason: `The item of room standup is malformed: ${attribute}.`,
    });
  });
});

describe('the count of guests', () => {
  it('admits exactly maxGuests guests, however many ask at once', async () => {
    const invite = inviteOf({ maxGuests: 5 });
    await list.put(invite, ample);
    const counted = await Promise.all(Array.from({ length: 12 }, () => count(invite, newGuest())));
    expect(counted.filter(Boolean)).toHaveLength(5);
    expect(await countGuests(invite)).toBe(5);
  });

  it('counts each guest once, however often they ask', async () => {
    await list.put(inviteOf(), ample);
    const [ada, bob, eve] = [newGuest(), newGuest(), newGuest()];
    for (const guest of [ada, ada, bob, ada, bob])
      expect(await count(inviteOf(), guest)).toBe(true);
    expect(await count(inviteOf(), eve)).toBe(false);
    expect(await count(inviteOf(), ada)).toBe(true);
    expect(await countGuests(inviteOf())).toBe(2);
  });

  it('stays small over many generations, and gives each counted guest a place', async () => {
    const invite = inviteOf({ maxGuests: 50 });
    await list.put(invite, ample);
    const all = Array.from({ length: 50 }, newGuest);
    for (const guest of all) {
      expect(await count(invite, guest)).toBe(true);
      const { counted } = (await places.get(invite, ample)) ?? expect.fail();
      expect(counted.flat().length).toBeLessThanOrEqual(17);
    }
    const { counted, generation } = (await places.get(invite, ample)) ?? expect.fail();
    expect(generation).toBeGreaterThanOrEqual(5);
    for (const guest of all) {
      const isKnown = counted.flat().includes(guest) || (await guests.has(invite, guest, ample));
      expect(isKnown).toBe(true);
    }
  }, 60_000);

  it('never applies a delayed duplicate of an earlier generation', async () => {
    const invite = inviteOf({ maxGuests: 1_000 });
    await list.put(invite, ample);
    const guest = newGuest();
    const early = (await places.get(invite, ample)) ?? expect.fail();
    await count(invite, guest);
    for (let times = 0; times < 30; times += 1) await count(invite, newGuest());
    expect(await places.count(early, guest, NOW_SECONDS, ample)).toBe(true);
    expect(await countGuests(invite)).toBe(31);
  });

  it('takes off a released guest once, in each of both generations', async () => {
    const invite = inviteOf({ maxGuests: 40 });
    await list.put(invite, ample);
    for (let times = 0; times < 12; times += 1) {
      const guest = newGuest();
      await count(invite, guest);
      if (times % 4 === 3) for (let more = 0; more < 2; more += 1) await count(invite, newGuest());
      const before = (await countGuests(invite)) ?? 0;
      await Promise.all([1, 2, 3].map(() => places.release(invite, guest, ample)));
      expect(await countGuests(invite)).toBe(before - 1);
      expect(await count(invite, guest)).toBe(true);
      expect(await countGuests(invite)).toBe(before);
    }
  });

  it.each([
    ['throttled', dynamoFaults.throttling],
    ['reset', { kind: 'reset' }],
    ['truncated', { kind: 'truncated' }],
    ['a server error', dynamoFaults.internal],
  ] as const)('never counts twice when responses are %s', async (_what, fault) => {
    const invite = inviteOf({ maxGuests: 1 });
    await list.put(invite, ample);
    const guest = newGuest();
    dynamoDb.fail(fault, { times: 2 });
    expect(await places.count(invite, guest, NOW_SECONDS, ample)).toBe(true);
    expect(await countGuests(invite)).toBe(1);
  });

  it.each<[what: string, seen: Partial<Invite>, nowSeconds: number, isCounted: boolean]>([
    ['true in the last second', {}, inviteOf().expireTime - 1, true],
    ['false at the expiry', {}, inviteOf().expireTime, false],
    ['false for another secret', { secretHash: new Uint8Array(32) }, NOW_SECONDS, false],
    ['false for another session', { sessionId: sessionIds.vonage }, NOW_SECONDS, false],
  ])('is %s', async (_what, seen, nowSeconds, isCounted) => {
    await list.put(inviteOf(), ample);
    const invite = { ...inviteOf(), ...seen };
    expect(await places.count(invite, newGuest(), nowSeconds, ample)).toBe(isCounted);
  });
});

describe('a room that is removed', () => {
  it('takes its invites along, and none of a new room of its name', async () => {
    const isNew = inviteOf({ inviteId: 'n'.repeat(16), sessionId: sessionIds.vonage });
    for (const id of ['a', 'b', 'c']) {
      await list.put(inviteOf({ inviteId: id.repeat(16) }), ample);
    }
    await list.put(isNew, ample);
    await store.put(room, undefined, ample);
    expect(await removal.remove('standup', ample)).toBe(room.sessionId);
    await removal.removeRest({ room: 'standup', sessionId: room.sessionId }, ample);
    const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
    expect(Items).toMatchObject([{ item: { S: `invite#${isNew.inviteId}` } }]);
  });

  it('leaves behind what would take too long', async () => {
    for (let index = 0; index < 510; index += 1) {
      await dynamoDb.ask('PutItem', {
        TableName: 'Rooms',
        Item: {
          room: { S: 'standup' },
          item: { S: `knock#${index}` },
          sessionId: { S: room.sessionId },
        },
      });
    }
    await removal.removeRest({ room: 'standup', sessionId: room.sessionId }, ample);
    expect((await dynamoDb.ask('Scan', { TableName: 'Rooms' }))['Count']).toBe(10);
  });
});
