/**
 * Who is in a room, and who may not come back, through the functions as they are deployed, with a table
 * and a platform over real sockets.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { toKnockId } from '../../lib/rooms/domain/knock.ts';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import {
  guestEvent,
  type RoomAnswer,
  type RoomCall,
  readRoomAnswer,
  roomEvent,
} from '../rooms/room-events.ts';
import type { Lambda } from '../support/lambda.ts';

const { use, start, dynamoDb } = usePackagedFunctions(['manageRoom', 'joinRoom', 'joinAsGuest'], {
  ROOM_CACHE_SECONDS: '0',
  SAMPLE_ROUTES: 'true',
});
let rooms = 0;

type Claims = NonNullable<RoomCall['claims']>;
const MODERATOR: Claims = { sub: 'host', opentok_role: 'moderator' };

async function ask(
  call: RoomCall | string,
  claims: Claims | undefined = MODERATOR,
  lambda = use('manageRoom'),
): Promise<RoomAnswer> {
  const asked = typeof call === 'string' ? { route: call } : call;
  return readRoomAnswer(await lambda.invoke(roomEvent({ ...asked, ...(claims && { claims }) })));
}

async function openRoom(body: object = {}): Promise<{ room: string; sessionId: string }> {
  rooms += 1;
  const room = `stage-${rooms}`;
  const put = await ask({ route: `PUT /rooms/${room}`, body });
  expect(put.status).toBe(201);
  return { room, sessionId: String(put.body['sessionId']) };
}

async function join(room: string, sub: string, more: Partial<RoomCall> = {}): Promise<RoomAnswer> {
  const call = { route: `POST /rooms/${room}/tokens`, body: {}, ...more };
  const claims = { sub, opentok_role: 'publisher', ...more.claims };
  return readRoomAnswer(await use('joinRoom').invoke(roomEvent({ ...call, claims })));
}

const asGuest = async (body: object) =>
  readRoomAnswer(await use('joinAsGuest').invoke(guestEvent({ body })));

async function participantsOf(room: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await ask(`GET /rooms/${room}/participants`);
  expect(status).toBe(200);
  return body['participants'] as Record<string, unknown>[];
}

const decide = (room: string, participantId: string, decision: string, claims?: Claims) =>
  ask({ route: `PUT /rooms/${room}/participants/${participantId}`, body: { decision } }, claims);

/** A user at the waiting room is known to it, connected or not. */
async function knock(room: string, sub: string): Promise<string> {
  expect((await join(room, sub)).status).toBe(202);
  return toKnockId(sub);
}

/** The id of a guest, from the connection data in their token. */
function toGuestId({ body }: RoomAnswer): string {
  const [, payload = ''] = String(body['token']).split('.');
  const { connection_data } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return toKnockId(JSON.parse(connection_data).sub);
}

const problem = ({ status, body }: RoomAnswer) => [status, body['type']];
const BANNED = [403, 'urn:opentok-sessions:participant-banned-error'];
const NOT_FOUND = [404, 'urn:opentok-sessions:participant-not-found-error'];

describe('the participants of a room', () => {
  it('are its clients on the platform, in the order of arrival', async () => {
    const { room, sessionId } = await openRoom();
    expect(await participantsOf(room)).toEqual([]);
    const { platform } = use('manageRoom');
    const late = platform.connect(sessionId, { createdAtMs: 2_000_999 });
    const early = platform.connect(sessionId, { createdAtMs: 1_000_999, state: 'Connecting' });
    platform.connect(sessionId, { state: 'Disconnected' });
    expect(await participantsOf(room)).toEqual([
      {
        ...{ participantId: expect.any(String), sub: null, name: null },
        ...{ since: 1_000, connections: [early.id] },
      },
      expect.objectContaining({ since: 2_000, connections: [late.id] }),
    ]);
  });

  it('are removed one by one, and may come back', async () => {
    const { room, sessionId } = await openRoom();
    const { platform } = use('manageRoom');
    platform.connect(sessionId, { createdAtMs: 1_000 });
    const other = platform.connect(sessionId, { createdAtMs: 2_000 });
    const [first] = await participantsOf(room);
    const id = String(first?.['participantId']);
    expect((await decide(room, id, 'remove')).status).toBe(204);
    expect((await participantsOf(room)).map(({ connections }) => connections)).toEqual([
      [other.id],
    ]);
    expect(problem(await decide(room, id, 'remove'))).toEqual(NOT_FOUND);
  });

  it('are all removed at once, and counted in the log', async () => {
    const { room, sessionId } = await openRoom();
    const { platform, logged } = use('manageRoom');
    for (let count = 0; count < 45; count += 1) platform.connect(sessionId);
    const body = { decision: 'remove' };
    expect((await ask({ route: `PUT /rooms/${room}/participants`, body })).status).toBe(204);
    expect(await participantsOf(room)).toEqual([]);
    expect(logged.some((line) => line.includes('"participantsRemoved":45'))).toBe(true);
  });

  it.each([{}, { decision: 'ban' }, { decision: 'remove', all: true }])(
    'are not removed by a request of %j',
    async (body) => {
      const { room, sessionId } = await openRoom();
      use('manageRoom').platform.connect(sessionId);
      expect((await ask({ route: `PUT /rooms/${room}/participants`, body })).status).toBe(400);
      expect(await participantsOf(room)).toHaveLength(1);
    },
  );

  it('are removed as far as possible if one cannot be, and the response is an error', async () => {
    const { room, sessionId } = await openRoom();
    const { platform } = use('manageRoom');
    for (let count = 0; count < 5; count += 1) platform.connect(sessionId);
    await participantsOf(room);
    // The first call lists; the second is of the first client.
    platform.fail({ kind: 'altered', alter: (usual) => usual });
    platform.fail(platformFaults.badRequest);
    const call = { route: `PUT /rooms/${room}/participants`, body: { decision: 'remove' } };
    expect(problem(await ask(call))).toEqual([
      ...[502, 'urn:opentok-sessions:platform-refused-error'],
    ]);
    expect(await participantsOf(room)).toHaveLength(1);
    expect((await ask(call)).status).toBe(204);
    expect(await participantsOf(room)).toEqual([]);
  });

  it('are the persons of the callbacks with liveRooms=true, who can then be banned', async () => {
    const { room, sessionId } = await openRoom();
    const live = await start('manageRoom', { LIVE_ROOMS: 'true' });
    try {
      const ids = [1_000, 2_000, 3_000].map((createdAtMs) => {
        return live.platform.connect(sessionId, { createdAtMs }).id;
      });
      for (const id of ids.slice(0, 2)) {
        await dynamoDb().ask('PutItem', {
          TableName: 'Rooms',
          Item: {
            ...{ room: { S: `session#${sessionId}` }, item: { S: `connection#${id}` } },
            ...{ sub: { S: 'ada' }, createdAt: { N: '1000' }, expiresAt: { N: '9999999999' } },
          },
        });
      }
      const { body } = await ask(`GET /rooms/${room}/participants`, MODERATOR, live);
      expect(body['participants']).toMatchObject([
        { participantId: toKnockId('ada'), sub: 'ada', connections: ids.slice(0, 2) },
        { sub: null, connections: ids.slice(2) },
      ]);
      const route = `PUT /rooms/${room}/participants/${toKnockId('ada')}`;
      const banned = await ask({ route, body: { decision: 'ban' } }, MODERATOR, live);
      expect(banned.status).toBe(204);
      const states = live.platform.connectionsOf(sessionId).map(({ state }) => state);
      expect(states).toEqual(['Disconnected', 'Disconnected', 'Connected']);
      expect(problem(await join(room, 'ada'))).toEqual(BANNED);
    } finally {
      await live.close();
    }
  });

  it('are the same for a direct invocation', async () => {
    const { room, sessionId } = await openRoom();
    const lambda = use('manageRoom');
    lambda.platform.connect(sessionId);
    const { participants } = await lambda.invoke({ action: 'listParticipants', room });
    const [{ participantId }] = participants as [{ participantId: string }];
    const request = { action: 'decideParticipant', room, participantId, decision: 'remove' };
    expect(await lambda.invoke(request)).toEqual({ removed: 1 });
    lambda.platform.connect(sessionId);
    lambda.platform.connect(sessionId);
    expect(await lambda.invoke({ action: 'removeEveryone', room })).toEqual({ removed: 2 });
  });

  const routes = [
    ['GET', ''],
    ['PUT', ''],
    ['PUT', '/m3Wj0rXbZ0m1vJ4yq9WkZw'],
  ] as const;
  it.each(routes)('are hidden from users who are not hosts: %s …%s', async (method, id) => {
    const { room } = await openRoom();
    const route = `${method} /rooms/${room}/participants${id}`;
    const call = { route, ...(method === 'PUT' && { body: { decision: 'remove' } }) };
    const { status } = await ask(call, { sub: 'ada', opentok_role: 'publisher' });
    expect(status).toBe(403);
    const claimed = await start('manageRoom', { ROOMS_CLAIM: 'rooms' });
    try {
      expect((await ask(call, { ...MODERATOR, rooms: 'another' }, claimed)).status).toBe(403);
      const own = await ask(call, { ...MODERATOR, rooms: room }, claimed);
      expect(own.status).toBe(id === '' ? (method === 'GET' ? 200 : 204) : 404);
    } finally {
      await claimed.close();
    }
  });

  it('are those of a room that exists', async () => {
    const answer = await ask('GET /rooms/nowhere/participants');
    expect(problem(answer)).toEqual([404, 'urn:opentok-sessions:room-not-found-error']);
  });
});

describe('a ban', () => {
  it.each([
    ['joining', {}],
    ['the sample route', { route: 'GET /room/ROOM' }],
    ['the reference app', { route: 'GET /session/ROOM' }],
    ['the current app', { route: 'POST /v2/createSessionAndJoin', body: { roomName: 'ROOM' } }],
  ])('keeps a person out: %s', async (_way, { route, ...more }: Partial<RoomCall>) => {
    const { room } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'ada');
    await ask({ route: `PUT /rooms/${room}`, body: {} });
    const body = more.body && { body: { roomName: room } };
    const way = { ...(route && { route: route.replace('ROOM', room) }), ...body };
    expect((await join(room, 'ada', way)).status).toBeLessThan(300);
    expect((await decide(room, id, 'ban')).status).toBe(204);
    expect(problem(await join(room, 'ada', way))).toEqual(BANNED);
    expect((await join(room, 'eve', way)).status).toBeLessThan(300);
    expect((await decide(room, id, 'allow')).status).toBe(204);
    expect((await join(room, 'ada', way)).status).toBeLessThan(300);
  });

  it('keeps a person out of the waiting room, even if they are admitted', async () => {
    const { room } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'ada');
    await decide(room, id, 'ban');
    await ask({ route: `PUT /rooms/${room}/knocks/${id}`, body: { decision: 'admit' } });
    expect(problem(await join(room, 'ada'))).toEqual(BANNED);
  });

  it('keeps out a guest, without using another place of the invite', async () => {
    const { room } = await openRoom();
    const made = await ask({ route: `POST /rooms/${room}/invites`, body: { maxGuests: 2 } });
    const { invite } = made.body;
    const joined = await asGuest({ invite });
    expect((await decide(room, toGuestId(joined), 'ban')).status).toBe(204);
    expect(problem(await asGuest({ guest: joined.body['guest'] }))).toEqual(BANNED);
    const { body } = await ask(`GET /rooms/${room}/invites`);
    expect(Object(body['invites'])[0]).toMatchObject({ guests: 1 });
    expect((await asGuest({ invite })).status).toBe(201);
  });

  it('of a guest names their invite, without which they cannot come as another guest', async () => {
    const { room } = await openRoom();
    const options = { maxGuests: 2, name: 'Bob' };
    const made = await ask({ route: `POST /rooms/${room}/invites`, body: options });
    const { invite, inviteId } = made.body;
    const joined = await asGuest({ invite });
    await decide(room, toGuestId(joined), 'ban');
    const { body } = await ask(`GET /rooms/${room}/participants`);
    expect(body['banned']).toEqual([
      {
        ...{ participantId: toGuestId(joined), sub: expect.stringMatching(/^guest:/) },
        ...{ name: 'Bob', inviteId, since: expect.any(Number) },
      },
    ]);
    expect((await ask(`DELETE /rooms/${room}/invites/${inviteId}`)).status).toBe(204);
    expect((await asGuest({ invite })).status).toBe(404);
  });

  it('lasts as long as the session of the room, whatever rules are put', async () => {
    const { room, sessionId } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'ada');
    await decide(room, id, 'ban');
    await ask({ route: `PUT /rooms/${room}`, body: { admission: 'closed' } });
    await ask({ route: `PUT /rooms/${room}`, body: {} });
    expect(problem(await join(room, 'ada'))).toEqual(BANNED);
    await ask(`DELETE /rooms/${room}`);
    const again = await ask({ route: `PUT /rooms/${room}`, body: {} });
    expect(again.body['sessionId']).not.toBe(sessionId);
    expect((await join(room, 'ada')).status).toBe(201);
  });

  it('of a room that was made by joining it survives its first rules', async () => {
    rooms += 1;
    const room = `stage-${rooms}`;
    const made = await join(room, 'host', { claims: MODERATOR });
    const invited = await ask({ route: `POST /rooms/${room}/invites`, body: {} });
    const joined = await asGuest({ invite: invited.body['invite'] });
    await decide(room, toGuestId(joined), 'ban');
    const closed = await ask({ route: `PUT /rooms/${room}`, body: { admission: 'knock' } });
    expect(closed.body['sessionId']).toBe(made.body['sessionId']);
    expect(problem(await asGuest({ guest: joined.body['guest'] }))).toEqual(BANNED);
  });

  it('holds for a moderator, who cannot lift it', async () => {
    const { room } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'mallory');
    await decide(room, id, 'ban');
    const claims: Claims = { sub: 'mallory', opentok_role: 'moderator' };
    expect(problem(await join(room, 'mallory', { claims }))).toEqual(BANNED);
    expect(problem(await decide(room, id, 'allow', claims))).toEqual(BANNED);
    const actions: RoomCall[] = [
      { route: `DELETE /rooms/${room}` },
      { route: `GET /rooms/${room}` },
      { route: `PUT /rooms/${room}`, body: {} },
      { route: `POST /rooms/${room}/invites`, body: {} },
      { route: `PUT /rooms/${room}/knocks`, body: { decision: 'admit' } },
      { route: `GET /rooms/${room}/participants` },
      { route: `PUT /rooms/${room}/participants`, body: { decision: 'remove' } },
    ];
    for (const call of actions) expect(problem(await ask(call, claims))).toEqual(BANNED);
    const { room: other } = await openRoom();
    expect((await ask(`GET /rooms/${other}`, claims)).status).toBe(200);
    expect((await decide(room, id, 'allow')).status).toBe(204);
    expect((await join(room, 'mallory', { claims })).status).toBe(201);
  });

  it('of an unknown connection is a 409, and of an unknown id a 404', async () => {
    const { room, sessionId } = await openRoom();
    use('manageRoom').platform.connect(sessionId);
    const [unknown] = await participantsOf(room);
    expect(problem(await decide(room, String(unknown?.['participantId']), 'ban'))).toEqual([
      ...[409, 'urn:opentok-sessions:participant-unidentified-error'],
    ]);
    for (const decision of ['ban', 'allow', 'remove']) {
      expect(problem(await decide(room, toKnockId('never seen'), decision))).toEqual(NOT_FOUND);
      expect(problem(await decide(room, 'x', decision))).toEqual(NOT_FOUND);
    }
  });

  it('is written before the platform is called', async () => {
    const { room } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'ada');
    const { platform } = use('manageRoom');
    platform.fail(platformFaults.badRequest);
    expect((await decide(room, id, 'ban')).status).toBe(502);
    expect(problem(await join(room, 'ada'))).toEqual(BANNED);
  });

  it('is rejected where end users get tokens by session id', async () => {
    const { room } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'ada');
    const open = await start('manageRoom', { ROOMS_ONLY: 'false' });
    try {
      const route = `PUT /rooms/${room}/participants/${id}`;
      const { status, body } = await ask({ route, body: { decision: 'ban' } }, MODERATOR, open);
      expect([status, body['errors']]).toEqual([
        400,
        [{ pointer: '#/decision', detail: expect.stringContaining('roomsOnly=true') }],
      ]);
      expect((await ask({ route, body: { decision: 'allow' } }, MODERATOR, open)).status).toBe(204);
    } finally {
      await open.close();
    }
  });
});

describe('containers that have cached a room', () => {
  let cached: Lambda;
  beforeAll(async () => {
    cached = await start('joinRoom', { ROOM_CACHE_SECONDS: '60' });
    return () => cached.close();
  });

  it('do not cache one with bans', async () => {
    const { room } = await openRoom({ admission: 'knock' });
    const id = await knock(room, 'ada');
    await ask({ route: `PUT /rooms/${room}`, body: {} });
    const call = { route: `POST /rooms/${room}/tokens`, body: {} };
    const claims = { sub: 'ada', opentok_role: 'publisher' };
    expect((await ask(call, claims, cached)).status).toBe(201);
    await decide(room, id, 'ban');
    expect(problem(await ask(call, claims, cached))).toEqual(BANNED);
    await decide(room, id, 'allow');
    expect((await ask(call, claims, cached)).status).toBe(201);
  });
});
