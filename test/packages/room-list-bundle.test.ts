/** The list of rooms through the functions as they are deployed, with a table over real sockets. */
import { beforeAll, describe, expect, it } from 'vitest';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import { type RoomAnswer, type RoomCall, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { httpDoors } from '../support/http-events.ts';
import type { Lambda } from '../support/lambda.ts';

const { use, start, dynamoDb } = usePackagedFunctions(['manageRoom', 'joinRoom'], {
  ROOM_TTL_DAYS: '1',
});
type Claims = NonNullable<RoomCall['claims']>;
const MODERATOR: Claims = { sub: 'host', opentok_role: 'moderator' };

async function ask(
  call: RoomCall | string,
  { claims = MODERATOR, lambda = use('manageRoom') }: { claims?: Claims; lambda?: Lambda } = {},
): Promise<RoomAnswer> {
  const asked = typeof call === 'string' ? { route: call } : call;
  return readRoomAnswer(await lambda.invoke(roomEvent({ ...asked, claims })));
}

const namesOf = ({ rooms }: Record<string, unknown>) =>
  (rooms as { name: string }[]).map(({ name }) => name);

/** `a` is created by joining it, `b` by a host; `c` has expired. */
beforeAll(async () => {
  const join = { route: 'POST /rooms/a/tokens', body: {} };
  expect((await ask(join, { lambda: use('joinRoom') })).status).toBe(201);
  const body = { reference: 'appointment-4711', admission: 'closed' };
  for (const name of ['b', 'c']) {
    expect((await ask({ route: `PUT /rooms/${name}`, body })).status).toBe(201);
  }
  await dynamoDb().ask('UpdateItem', {
    ...{ TableName: 'Rooms', Key: { room: { S: 'c' }, item: { S: 'room' } } },
    UpdateExpression: 'SET expiresAt = :past',
    ExpressionAttributeValues: { ':past': { N: String(Math.floor(Date.now() / 1000) - 1) } },
  });
});

describe('GET /rooms', () => {
  it('lists each room as GET /rooms/{name} shows it, also one created by joining it', async () => {
    const { status, body } = await ask('GET /rooms');
    const rooms = [(await ask('GET /rooms/a')).body, (await ask('GET /rooms/b')).body];
    expect([status, body]).toEqual([200, { rooms, next: null }]);
    expect(rooms[1]).toMatchObject({ reference: 'appointment-4711', admission: 'closed' });
  });

  it('lists page by page', async () => {
    const first = await ask('GET /rooms?limit=1');
    expect([namesOf(first.body), first.body['next']]).toEqual([['a'], 'a']);
    const second = await ask('GET /rooms?limit=1&after=a');
    expect([namesOf(second.body), second.body['next']]).toEqual([['b'], null]);
  });

  it('rejects an invalid page with a pointer to each parameter', async () => {
    const { status, body } = await ask('GET /rooms?limit=101&after=..');
    expect([status, body['type']]).toEqual([400, 'urn:opentok-sessions:validation-error']);
    expect(body['errors']).toMatchObject([{ pointer: '#/limit' }, { pointer: '#/after' }]);
  });

  it('scans nothing', async () => {
    const before = dynamoDb().requests.length;
    await ask('GET /rooms');
    const calls = dynamoDb().requests.slice(before);
    expect(calls.map(({ operation }) => operation)).toEqual(['Query']);
  });

  it('is the action listRooms of a direct invocation', async () => {
    const answer = await use('manageRoom').invoke({ action: 'listRooms', limit: 1, after: 'a' });
    expect([namesOf(answer), answer['next']]).toEqual([['b'], null]);
  });

  it.each(httpDoors)('reads the query: %s', async (_, build) => {
    const lambda = await start('manageRoom', { AUTH: 'none' });
    try {
      const event = roomEvent('GET /rooms?limit=1', build);
      expect(namesOf(readRoomAnswer(await lambda.invoke(event)).body)).toEqual(['a']);
    } finally {
      await lambda.close();
    }
  });
});

const ALL = ['a', 'b'];
const roles = ['moderator', 'publisher', 'subscriber', 'publisheronly', undefined];
const claimSettings = [
  ['none', {}, undefined],
  ['rooms', { ROOMS_CLAIM: 'rooms' }, undefined],
  ['rooms', { ROOMS_CLAIM: 'rooms' }, 'b c nowhere'],
  ['rooms', { ROOMS_CLAIM: 'rooms' }, 'nowhere'],
] as const;

describe.each(claimSettings)('with roomsClaim=%s and %j, a claim of %s', (_, settings, rooms) => {
  let lambda: Lambda;
  beforeAll(async () => {
    lambda = await start('manageRoom', settings);
    return () => lambda.close();
  });

  it.each(roles)('a user with the role %s sees the rooms that they manage', async (role) => {
    const claims = { sub: 'ada', ...(role && { opentok_role: role }), ...(rooms && { rooms }) };
    const { status, body } = await ask('GET /rooms', { claims, lambda });
    if (role !== 'moderator') {
      expect([status, body['type']]).toEqual([403, 'urn:opentok-sessions:forbidden-error']);
      return;
    }
    const own = rooms?.split(' ') ?? [];
    const expected = 'ROOMS_CLAIM' in settings ? ALL.filter((name) => own.includes(name)) : ALL;
    expect([status, body['next'], namesOf(body)]).toEqual([200, null, expected]);
  });

  it('a direct invocation sees all rooms', async () => {
    expect(namesOf(await lambda.invoke({ action: 'listRooms' }))).toEqual(ALL);
  });
});
