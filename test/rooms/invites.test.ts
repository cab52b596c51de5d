/** Invites in their table: made, listed and taken back by hosts, and their places taken by guests. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Invite, parseInviteRequest } from '../../lib/rooms/domain/invite.ts';
import { hashInviteSecret } from '../../lib/rooms/domain/invite-secret.ts';
import { createInviteList, type InviteList } from '../../lib/rooms/table/invite-list.ts';
import { createInvitePlaces, type InvitePlaces } from '../../lib/rooms/table/invite-places.ts';
import {
  createRoomRemoval,
  createRoomStore,
  type RoomRemoval,
  type RoomStore,
} from '../../lib/rooms/table/room-store.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { catchFault } from '../support/faults.ts';
import { NOW_MS, NOW_SECONDS, sessionIds } from '../support/fixtures.ts';
import { createLocalAws } from '../support/local-aws.ts';
import { roomOf } from './room-of.ts';

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
    ...{ name: undefined, opensAt: undefined, guests: [] },
    ...changed,
  };
}

let dynamoDb: DynamoDb;
let list: InviteList;
let places: InvitePlaces;
let removal: RoomRemoval;
let store: RoomStore;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const table = createRoomsTable(createLocalAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  list = createInviteList(table);
  places = createInvitePlaces(table);
  removal = createRoomRemoval(table);
  store = createRoomStore(table);
});
afterEach(() => dynamoDb.close());

const newGuest = () => new Uint8Array(randomBytes(16));
const take = (invite: Invite, guest: Uint8Array, nowSeconds = NOW_SECONDS) =>
  places.take(invite, guest, nowSeconds, ample);
const countGuests = async (invite: Invite) => (await places.get(invite, ample))?.guests.length;

describe('an invite in its table', () => {
  it.each<[what: string, changed: Partial<Invite>]>([
    ['as little as it can', {}],
    ['all that it can', { name: 'Ada', opensAt: NOW_SECONDS + 60, role: 'moderator' }],
    ['guests', { guests: [newGuest(), newGuest()] }],
  ])('is read as it was put, with %s', async (_what, changed) => {
    const invite = inviteOf(changed);
    await list.put(invite, ample);
    const read = await places.get(invite, ample);
    expect(read).toEqual({ ...invite, guests: expect.any(Array) });
    expect(read?.guests.map(String).sort()).toEqual(invite.guests.map(String).sort());
    expect(await places.get({ room: 'standup', inviteId: 'b'.repeat(16) }, ample)).toBeUndefined();
  });

  it('is listed with the others of its room, and with none of another, page by page', async () => {
    const guests = Array.from({ length: 4_000 }, newGuest);
    const many = Array.from({ length: 30 }, (_, index) =>
      inviteOf({ inviteId: String(index).padStart(16, '0'), maxGuests: 10_000, guests }),
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

  it('keeps its guests when an attempt to put it comes late', async () => {
    await list.put(inviteOf(), ample);
    await take(inviteOf(), newGuest());
    await list.put(inviteOf(), ample);
    expect(await countGuests(inviteOf())).toBe(1);
  });

  it('is gone once it is taken back, and its places with it', async () => {
    await list.put(inviteOf(), ample);
    await list.remove(inviteOf(), ample);
    expect(await take(inviteOf(), newGuest())).toBe(false);
    expect(await places.get(inviteOf(), ample)).toBeUndefined();
  });

  it.each<[attribute: string, value: object]>([
    ['secretHash', { S: 'x' }],
    ['role', { S: 'host' }],
    ['expiresAt', { S: 'soon' }],
    ['maxGuests', { N: '-1' }],
    ['guests', { SS: ['a'] }],
    ['name', { N: '1' }],
    ['opensAt', { S: '' }],
    ['sessionId', { N: '1' }],
  ])('is never guessed at where its %s is %j', async (attribute, value) => {
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

describe('a place of an invite', () => {
  it('is had by as many as it is for, however many ask at once', async () => {
    const invite = inviteOf({ maxGuests: 5 });
    await list.put(invite, ample);
    const taken = await Promise.all(Array.from({ length: 12 }, () => take(invite, newGuest())));
    expect(taken.filter(Boolean)).toHaveLength(5);
    expect(await countGuests(invite)).toBe(5);
  });

  it('is one for each guest, however often they ask', async () => {
    await list.put(inviteOf(), ample);
    const [ada, bob, eve] = [newGuest(), newGuest(), newGuest()];
    for (const guest of [ada, ada, bob, ada, bob]) expect(await take(inviteOf(), guest)).toBe(true);
    expect(await take(inviteOf(), eve)).toBe(false);
    expect(await take(inviteOf(), ada)).toBe(true);
    expect(await countGuests(inviteOf())).toBe(2);
  });

  it.each([
    ['throttled', dynamoFaults.throttling],
    ['reset', { kind: 'reset' }],
    ['answered in half', { kind: 'truncated' }],
    ['failing inside', dynamoFaults.internal],
  ] as const)('is never taken twice by a call that is %s', async (_what, fault) => {
    const invite = inviteOf({ maxGuests: 1 });
    await list.put(invite, ample);
    const guest = newGuest();
    dynamoDb.fail(fault, { times: 2 });
    expect(await take(invite, guest)).toBe(true);
    expect(await countGuests(invite)).toBe(1);
  });

  it.each<[what: string, seen: Partial<Invite>, nowSeconds: number, isTaken: boolean]>([
    ['in its last second', {}, inviteOf().expireTime - 1, true],
    ['at its end', {}, inviteOf().expireTime, false],
    ['of another invite in its place', { secretHash: new Uint8Array(32) }, NOW_SECONDS, false],
    ['of another room of that name', { sessionId: sessionIds.vonage }, NOW_SECONDS, false],
  ])('is judged when it is taken: %s', async (_what, seen, nowSeconds, isTaken) => {
    await list.put(inviteOf(), ample);
    expect(await take({ ...inviteOf(), ...seen }, newGuest(), nowSeconds)).toBe(isTaken);
  });
});

describe('a room that is removed', () => {
  it('takes its invites along, and none of a room of its name that is new', async () => {
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
