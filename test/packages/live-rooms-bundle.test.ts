/**
 * Live rooms through the functions as they are deployed, with one table, one platform and its signed callbacks:
 * which callbacks are accepted, who may see and decide about participants, and races.
 */
import { createHash, createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPersonId } from '../../lib/domain/identity.ts';
import { archiveCallback, connectionCallback, sessionCallback } from '../../stand-ins/callbacks.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { callbackEvent } from '../live/start-callbacks.ts';
import { type RoomAnswer, type RoomCall, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { type FunctionName, type Lambda, startLambda } from '../support/lambda.ts';

const SECRETS = ['callback-secret', 'next-secret'] as const;
const PROJECT_ID = OPENTOK_SECRET.apiKey;
const ANOTHER = '87654321';

let dynamoDb: DynamoDb;
const functions = new Map<string, Lambda>();
const use = (name: string): Lambda => functions.get(name) ?? expect.fail(name);

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const start = (name: FunctionName, environment: Record<string, string> = {}) => {
    const table = { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url };
    const project = { ...OPENTOK_SECRET, callbackSecrets: SECRETS };
    return startLambda(name, { project, environment: { ...table, ...environment } });
  };
  const receiver = await start('receiveCallback', { EVENT_BUS_NAME: 'results' });
  functions.set('receiveCallback', receiver);
  const room = {
    ...{ AUTH: 'jwt', ROOMS_ONLY: 'true', LIVE_ROOMS: 'true', ROOM_CACHE_SECONDS: '0' },
    VIDEO_API_URL: receiver.platform.url,
  };
  functions.set('manageRoom', await start('manageRoom', room));
  functions.set('joinRoom', await start('joinRoom', room));
  functions.set('claimed', await start('manageRoom', { ...room, ROOMS_CLAIM: 'rooms' }));
  functions.set('iam', await start('manageRoom', { ...room, AUTH: 'iam' }));
}, 60_000);

afterAll(async () => {
  for (const lambda of functions.values()) await lambda.close();
  await dynamoDb.close();
});

async function send(body: string | Uint8Array, authorization?: string): Promise<RoomAnswer> {
  return readRoomAnswer(await use('receiveCallback').invoke(callbackEvent(body, authorization)));
}

interface Signature {
  readonly secret?: string;
  readonly header?: object;
  readonly claims?: object;
  /** Seconds before now. */
  readonly age?: number;
  readonly sign?: (signed: string) => Buffer;
}

/** Signs a body with any algorithm, also with those that the platform does not use. */
function sign(body: string | Uint8Array, signature: Signature = {}): string {
  const { secret = SECRETS[0], header = {}, claims = {}, age = 0 } = signature;
  const hmac = (signed: string) => createHmac('sha256', secret).update(signed).digest();
  const payload = {
    iat: Math.floor(Date.now() / 1000) - age,
    payload_hash: createHash('sha256').update(body).digest('hex'),
    ...claims,
  };
  const signed = [{ alg: 'HS256', typ: 'JWT', ...header }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `Bearer ${signed}.${(signature.sign ?? hmac)(signed).toString('base64url')}`;
}

const json = (value: unknown) => JSON.stringify(value);
const about = (sessionId = mintSessionId({ projectId: PROJECT_ID })) => {
  return { sessionId, projectId: PROJECT_ID };
};
const started = (session: object = about()) =>
  json({ ...sessionCallback('sessionCreated', about()), ...session });

describe('receiveCallback accepts', () => {
  const rows: [what: string, body: string | Uint8Array, signature?: Signature][] = [
    ['a signed callback', started()],
    ['a callback that the next secret has signed', started(), { secret: SECRETS[1] }],
    ['bytes that are not ASCII, in base64', Buffer.from(json({ ...about(), name: 'Zoë 🎥' }))],
    ['a numeric projectId', json(archiveCallback({ ...about(), projectId: Number(PROJECT_ID) }))],
    ['no projectId: the session names the project', started({ projectId: undefined })],
    ['a signature of 23 hours and 59 minutes', started(), { age: 86_340 }],
    ['a signature of 4 minutes and 50 seconds ahead', started(), { age: -290 }],
    ['claims that do not matter', started(), { claims: { api_key: ANOTHER, iss: 'X' } }],
  ];
  it.each(rows)('%s', async (_what, body, signature) => {
    const before = use('receiveCallback').eventBridge.events.length;
    const { status, body: answer } = await send(body, sign(body, signature));
    expect([status, answer]).toEqual([200, {}]);
    expect(use('receiveCallback').eventBridge.events).toHaveLength(before + 1);
  });

  it('an empty request without signature, and does nothing', async () => {
    const before = dynamoDb.counts.requests;
    expect(await send('')).toMatchObject({ status: 200, body: {} });
    expect(dynamoDb.counts.requests).toBe(before);
  });

  it('the same callback again as one event, with a new signature or not', async () => {
    const body = started();
    const before = use('receiveCallback').eventBridge.events.length;
    const answers = [
      await send(body, sign(body)),
      await send(body, sign(body, { age: 60 })),
      await send(body, sign(body, { secret: SECRETS[1] })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(use('receiveCallback').eventBridge.events).toHaveLength(before + 1);
  });
});

describe('receiveCallback rejects', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const hmac = (hash: string) => (signed: string) =>
    createHmac(hash, SECRETS[0]).update(signed).digest();
  const body = started();
  const of = (session: object) => {
    const text = started(session);
    return [text, sign(text)] as const;
  };
  const foreign = mintSessionId({ projectId: ANOTHER });
  const rows: [status: number, what: string, body: string | Uint8Array, authorization?: string][] =
    [
      [503, 'a body without signature', body],
      [503, 'an empty Bearer', body, 'Bearer '],
      [
        401,
        'alg none, without signature',
        body,
        sign(body, { header: { alg: 'none' }, sign: () => Buffer.alloc(0) }),
      ],
      [401, 'alg none over a valid HS256 signature', body, sign(body, { header: { alg: 'none' } })],
      [
        401,
        'RS256',
        body,
        sign(body, {
          header: { alg: 'RS256' },
          sign: (signed) => createSign('sha256').update(signed).sign(privateKey),
        }),
      ],
      [401, 'HS384', body, sign(body, { header: { alg: 'HS384' }, sign: hmac('sha384') })],
      [401, 'HS512', body, sign(body, { header: { alg: 'HS512' }, sign: hmac('sha512') })],
      [401, 'alg HS256 in another case', body, sign(body, { header: { alg: 'hs256' } })],
      [401, 'another secret', body, sign(body, { secret: 'another-secret' })],
      [401, 'the API secret', body, sign(body, { secret: OPENTOK_SECRET.apiSecret })],
      [401, 'an empty signature', body, sign(body, { sign: () => Buffer.alloc(0) })],
      [401, 'a re-serialized body', json({ ...JSON.parse(body) }).replace(':', ': '), sign(body)],
      [401, 'a signature of another body', started(), sign(body)],
      [401, 'no payload_hash', body, sign(body, { claims: { payload_hash: undefined } })],
      [401, 'a replay after 24 hours', body, sign(body, { age: 86_460 })],
      [401, 'a signature of 6 minutes ahead', body, sign(body, { age: -360 })],
      [
        401,
        'iat as text',
        body,
        sign(body, { claims: { iat: String(Math.floor(Date.now() / 1000)) } }),
      ],
      [401, 'no iat', body, sign(body, { claims: { iat: undefined } })],
      [403, 'another project', ...of({ projectId: ANOTHER })],
      [403, 'another project as a number', ...of({ projectId: Number(ANOTHER) })],
      [403, 'a session of another project', ...of({ sessionId: foreign })],
      [
        403,
        'a session of another project without projectId',
        ...of({ sessionId: foreign, projectId: undefined }),
      ],
      [400, 'a projectId that is an object', ...of({ projectId: { id: PROJECT_ID } })],
      [400, 'a projectId that is a list', ...of({ projectId: [PROJECT_ID] })],
      [400, 'text that is not JSON', 'hello', sign('hello')],
      [400, 'no session', ...of({ sessionId: undefined })],
      [413, '32 KiB and a byte', 'x'.repeat(32 * 1024 + 1), sign('x')],
      [413, '1 MB, signed', Buffer.alloc(1024 * 1024, 'x'), sign(Buffer.alloc(1024 * 1024, 'x'))],
    ];
  it.each(rows)('with %i: %s, at no cost', async (status, _what, bytes, authorization) => {
    const { eventBridge, platform, logged } = use('receiveCallback');
    const count = () => [dynamoDb, eventBridge, platform].map(({ counts }) => counts.requests);
    const before = count();
    expect((await send(bytes, authorization)).status).toBe(status);
    expect(count()).toEqual(before);
    for (const secret of SECRETS) expect(logged.join()).not.toContain(secret);
  });
});

let rooms = 0;
const HOST = { sub: 'host', opentok_role: 'moderator' };

async function ask(call: RoomCall | string, lambda = 'manageRoom'): Promise<RoomAnswer> {
  const { claims = HOST, ...asked } = typeof call === 'string' ? { route: call } : call;
  return readRoomAnswer(await use(lambda).invoke(roomEvent({ ...asked, claims })));
}

async function openRoom(body: object = {}) {
  rooms += 1;
  const room = `live-${rooms}`;
  const { status, body: put } = await ask({ route: `PUT /rooms/${room}`, body });
  expect(status).toBe(201);
  return { room, sessionId: String(put['sessionId']) };
}

async function join(room: string, sub: string): Promise<RoomAnswer> {
  const claims = { sub, opentok_role: 'publisher' };
  const event = roomEvent({ route: `POST /rooms/${room}/tokens`, body: {}, claims });
  return readRoomAnswer(await use('joinRoom').invoke(event));
}

/** A client connects with a token, and the platform reports it. */
async function connect(token: unknown) {
  const { platform } = use('receiveCallback');
  const client = platform.connectWithToken(String(token));
  if ('refused' in client) return expect.fail(client.refused);
  const { connectionId } = client;
  const { sessionId = '' } = platform.findClient(connectionId) ?? {};
  const person = platform.connectionsOf(sessionId).find(({ id }) => id === connectionId);
  const described = { connectionId, createdAt: person?.createdAtMs ?? 0, data: person?.data ?? '' };
  const report = async (event: 'connectionCreated' | 'connectionDestroyed') => {
    const body = json(connectionCallback(event, about(sessionId), described));
    expect((await send(body, sign(body))).status).toBe(200);
  };
  await report('connectionCreated');
  return {
    connectionId,
    state: () => platform.findClient(connectionId)?.state,
    leave: async () => {
      platform.leave(sessionId, connectionId);
      await report('connectionDestroyed');
    },
    reportAgain: () => report('connectionCreated'),
  };
}

async function enter(room: string, sub: string) {
  const { status, body } = await join(room, sub);
  expect(status).toBe(201);
  return { ...(await connect(body['token'])), token: body['token'] };
}

const overview = async (room: string) => (await ask(`GET /rooms/${room}/participants`)).body;
const decide = (room: string, sub: string, decision: string) =>
  ask({ route: `PUT /rooms/${room}/participants/${toPersonId(sub)}`, body: { decision } });
const end = (room: string) =>
  ask({ route: `PUT /rooms/${room}/participants`, body: { decision: 'remove' } });

describe('a room with clients', () => {
  it('lists them, and the banned people until a ban is lifted', async () => {
    const { room } = await openRoom();
    const ada = await enter(room, 'ada');
    const grace = await enter(room, 'grace');
    expect(await overview(room)).toMatchObject({
      participants: [
        { sub: 'ada', participantId: toPersonId('ada'), connections: [ada.connectionId] },
        { sub: 'grace', connections: [grace.connectionId] },
      ],
      banned: [],
    });
    expect((await decide(room, 'grace', 'ban')).status).toBe(204);
    expect(grace.state()).toBe('Disconnected');
    const none = { name: null, inviteId: null };
    const ban = { participantId: toPersonId('grace'), sub: 'grace', ...none };
    expect(await overview(room)).toMatchObject({
      participants: [{ sub: 'ada' }],
      banned: [{ ...ban, since: expect.any(Number) }],
    });
    expect((await decide(room, 'grace', 'allow')).status).toBe(204);
    expect(await overview(room)).toMatchObject({ banned: [] });
    expect((await join(room, 'grace')).status).toBe(201);
  });

  it('keeps the time of the first ban when a person is banned again', async () => {
    const { room } = await openRoom();
    await enter(room, 'ada');
    await decide(room, 'ada', 'ban');
    const { banned: first } = await overview(room);
    await decide(room, 'ada', 'ban');
    expect(await overview(room)).toMatchObject({ banned: first });
  });

  it('lets a host ban a person who has left', async () => {
    const { room } = await openRoom();
    const ada = await enter(room, 'ada');
    await ada.leave();
    expect(await overview(room)).toMatchObject({ participants: [] });
    expect((await decide(room, 'ada', 'ban')).status).toBe(204);
    expect((await join(room, 'ada')).status).toBe(403);
    expect((await connect(ada.token)).state()).toBe('Disconnected');
  });

  it('is empty after it ends, also of a client that had a token and connected late', async () => {
    const { room } = await openRoom();
    const ada = await enter(room, 'ada');
    const host = await enter(room, 'host');
    const { body: late } = await join(room, 'late');
    expect((await ask({ route: `PUT /rooms/${room}`, body: { admission: 'closed' } })).status).toBe(
      200,
    );
    expect((await end(room)).status).toBe(204);
    expect([ada.state(), host.state()]).toEqual(['Disconnected', 'Disconnected']);
    expect((await join(room, 'ada')).status).toBe(403);
    const client = await connect(late['token']);
    expect((await end(room)).status).toBe(204);
    expect(client.state()).toBe('Disconnected');
    expect(await overview(room)).toMatchObject({ participants: [] });
  });
});

describe('a race', () => {
  const RUNS = 8;

  it('of a ban against joins: no one who is banned stays in', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { room } = await openRoom();
      await enter(room, 'ada');
      const joining = [0, 1, 2].map(async () => {
        const { status, body } = await join(room, 'ada');
        return status === 201 ? connect(body['token']) : undefined;
      });
      const banned = decide(room, 'ada', 'ban');
      const clients = await Promise.all(joining);
      expect((await banned).status).toBe(204);
      expect(clients.map((client) => client?.state() ?? 'Disconnected')).toEqual(
        clients.map(() => 'Disconnected'),
      );
      expect(await overview(room)).toMatchObject({ participants: [] });
      expect((await join(room, 'ada')).status).toBe(403);
    }
  });

  it('of a removal against a reconnection: the new connection is in or removed, and listed rightly', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { room } = await openRoom();
      const ada = await enter(room, 'ada');
      const removed = decide(room, 'ada', 'remove');
      const again = await enter(room, 'ada');
      expect((await removed).status).toBe(204);
      expect(ada.state()).toBe('Disconnected');
      const isIn = again.state() === 'Connected';
      const participants = isIn ? [{ sub: 'ada', connections: [again.connectionId] }] : [];
      expect(await overview(room)).toMatchObject({ participants });
    }
  });

  it('of an end against joins: after a second removal no one is in and no one gets in', async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const { room } = await openRoom();
      const joining = ['ada', 'grace', 'bob'].map(async (sub) => {
        const { status, body } = await join(room, sub);
        if (status === 201) await connect(body['token']);
        return status;
      });
      const ending = ask({ route: `PUT /rooms/${room}`, body: { admission: 'closed' } });
      expect((await ending).status).toBe(200);
      expect((await end(room)).status).toBe(204);
      await Promise.all(joining);
      expect((await end(room)).status).toBe(204);
      expect(await overview(room)).toMatchObject({ participants: [] });
      expect((await join(room, 'ada')).status).toBe(403);
    }
  });
});

describe('access to participants', () => {
  type Caller = [caller: string, lambda: string, claims: Record<string, string> | undefined];
  const user = (role?: string) => ({ sub: 'ada', ...(role && { opentok_role: role }) });
  const allowed: Caller[] = [
    ['a back end', 'iam', undefined],
    ['a moderator', 'manageRoom', user('moderator')],
    ['a moderator of this room', 'claimed', { ...user('moderator'), rooms: 'ROOM' }],
  ];
  const denied: Caller[] = [
    ['a user without role', 'manageRoom', user()],
    ['a publisher', 'manageRoom', user('publisher')],
    ['a subscriber', 'manageRoom', user('subscriber')],
    ['a publisheronly', 'manageRoom', user('publisheronly')],
    ['a user with two roles', 'manageRoom', user('moderator publisher')],
    ['a moderator of another room', 'claimed', { ...user('moderator'), rooms: 'lobby' }],
    ['a moderator without rooms', 'claimed', user('moderator')],
    ['a publisher of this room', 'claimed', { ...user('publisher'), rooms: 'ROOM' }],
  ];
  const actions: [route: string, body: object | undefined, status: number][] = [
    ['GET /rooms/ROOM/participants', undefined, 200],
    [`PUT /rooms/ROOM/participants/${toPersonId('eve')}`, { decision: 'remove' }, 204],
    [`PUT /rooms/ROOM/participants/${toPersonId('eve')}`, { decision: 'ban' }, 204],
    [`PUT /rooms/ROOM/participants/${toPersonId('eve')}`, { decision: 'allow' }, 204],
    ['PUT /rooms/ROOM/participants', { decision: 'remove' }, 204],
  ];

  async function tryAll([_caller, lambda, claims]: Caller, room: string): Promise<number[]> {
    const statuses: number[] = [];
    for (const [route, body] of actions) {
      const asked = { route: route.replace('ROOM', room), ...(body && { body }) };
      const named =
        claims && 'rooms' in claims
          ? { ...claims, rooms: claims['rooms']?.replace('ROOM', room) ?? '' }
          : claims;
      const event = roomEvent({ ...asked, ...(named && { claims: named }) });
      statuses.push(readRoomAnswer(await use(lambda).invoke(event)).status);
    }
    return statuses;
  }

  it.each(allowed)('is given to %s', async (...caller) => {
    const { room } = await openRoom();
    await enter(room, 'eve');
    expect(await tryAll(caller, room)).toEqual(actions.map(([, , status]) => status));
    expect(await tryAll(caller, 'nowhere')).toEqual(actions.map(() => 404));
  });

  it.each(denied)('is denied to %s, and nothing changes', async (...caller) => {
    const { room } = await openRoom();
    const eve = await enter(room, 'eve');
    expect(await tryAll(caller, room)).toEqual(actions.map(() => 403));
    expect(await tryAll(caller, 'nowhere')).toEqual(actions.map(() => 403));
    expect(eve.state()).toBe('Connected');
    expect(await overview(room)).toMatchObject({ participants: [{ sub: 'eve' }], banned: [] });
  });

  it('is not given by receiveCallback, which accepts nothing but HTTP', async () => {
    const direct = use('receiveCallback').invoke({ event: 'connectionCreated', ...about() });
    await expect(direct).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
