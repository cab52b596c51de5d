/** The client against the real functions, over HTTP. */
import { AwsClient } from 'aws4fetch';
import { describe, expect, it } from 'vitest';
import {
  type Client,
  type Connection,
  createClient,
  ProblemError,
  rulesOf,
} from '../../client/index.ts';
import { localAws } from '../../stand-ins/aws-environment.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { OPENTOK_SECRET, REQUEST_ID } from '../support/fixtures.ts';
import { verifyHs256, verifyT1 } from '../support/verify-token.ts';
import { type ApiOptions, type ServedApi, serveApi, signIn } from './serve-api.ts';

const serve = closedAfterEach(serveApi);

async function start(options: Partial<Connection> & ApiOptions = {}) {
  const api = await serve(options);
  return { api, client: createClient({ url: api.url, ...options }) };
}

/** Lets people connect to a room, as the platform reports them. */
async function meet(api: ServedApi, client: Client, room: string) {
  const joined = await client.joinRoom(room);
  const sessionId = 'sessionId' in joined ? joined.sessionId : expect.fail('no token');
  const { platform } = api;
  return {
    connect: async (sub: string) => {
      platform.connect(sessionId, { data: JSON.stringify({ sub }) });
      await platform.callbacksSettled();
    },
    /** The people who are connected still. */
    left: async () => {
      return platform
        .connectionsOf(sessionId)
        .filter(({ state }) => state === 'Connected')
        .map(({ data }) => JSON.parse(data).sub);
    },
  };
}

const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('a problem was expected'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ProblemError);
      return error as ProblemError;
    },
  );

describe('the client', () => {
  it('creates a session and issues tokens of both kinds for it', async () => {
    const { client } = await start();
    const { sessionId, mediaMode, apiKey } = await client.createSession({ mediaMode: 'routed' });
    expect([mediaMode, apiKey]).toEqual(['routed', OPENTOK_SECRET.apiKey]);

    const jwt = await client.issueToken(sessionId, { role: 'moderator', data: 'name=Ada' });
    expect(verifyHs256(jwt.token, OPENTOK_SECRET.apiSecret)).toMatchObject({
      session_id: sessionId,
      exp: jwt.expireTime,
      role: 'moderator',
      connection_data: 'name=Ada',
    });
    const t1 = await client.issueToken(sessionId, { tokenType: 'T1' });
    expect(verifyT1(t1.token, OPENTOK_SECRET)).toMatchObject({ session_id: sessionId });
  });

  it('joins, reads and closes a room', async () => {
    const { client } = await start();
    const joined = await client.joinRoom('standup', { session: { mediaMode: 'routed' } });
    expect(joined).toMatchObject({ room: 'standup', role: 'publisher' });
    const { name, sessionId, mediaMode } = await client.readRoom('standup');
    expect({ name, mediaMode }).toEqual({ name: 'standup', mediaMode: 'routed' });
    expect(joined).toMatchObject({ sessionId });
    expect(await client.closeRoom('standup')).toBeUndefined();
    expect(await problemOf(client.readRoom('standup'))).toMatchObject({
      name: 'RoomNotFoundError',
    });
  });

  it('puts a room and its rules, and only over what was read where it names that', async () => {
    const { client } = await start();
    const opensAt = Math.floor(Date.now() / 1000) + 600;
    const put = await client.putRoom('class-7b', { opensAt });
    expect(put).toMatchObject({ name: 'class-7b', opensAt, created: true });
    const { etag } = await client.readRoom('class-7b');
    expect(etag).toBe(put.etag);

    const closed = await client.putRoom('class-7b', { admission: 'closed' }, { ifMatch: etag });
    expect(closed).toMatchObject({ admission: 'closed', created: false });
    for (const call of [
      client.putRoom('class-7b', {}, { ifMatch: etag }),
      client.closeRoom('class-7b', { ifMatch: etag }),
    ]) {
      expect(await problemOf(call)).toMatchObject({ name: 'PreconditionFailedError', status: 412 });
    }
    expect((await client.putRoom('class-7b')).admission).toBe('open');
    await expect(client.putRoom('')).rejects.toThrow(TypeError);
  });

  it('lists rooms, page by page', async () => {
    const { api, client } = await start();
    for (const room of ['b', 'a~1', 'c']) await client.putRoom(room, { reference: room });
    const first = await client.listRooms({ limit: 2 });
    expect(first.rooms).toMatchObject([{ name: 'a~1', reference: 'a~1' }, { name: 'b' }]);
    const second = await client.listRooms({ limit: 2, after: first.next });
    expect(second).toMatchObject({ rooms: [{ name: 'c' }], next: null });
    // The `next` of the last page begins again.
    expect((await client.listRooms({ after: second.next })).rooms).toHaveLength(3);
    expect(await client.listRooms()).toEqual(await client.listRooms({ limit: undefined }));
    await problemOf(client.listRooms({ after: 'x&limit=1' }));
    expect(api.requests.at(-1)?.path).toBe('/rooms?after=x%26limit%3D1');
    expect(api.requests.at(-2)?.path).toBe('/rooms');
  });

  it('lists the people in a room, removes one, bans one, and lifts the ban', async () => {
    const { api, client } = await start();
    const { connect, left } = await meet(api, client, 'lobby');
    await connect('Ada');
    await connect('Grace');
    const { participants } = await client.listParticipants('lobby');
    expect(participants).toMatchObject([
      { sub: 'Ada', connections: [expect.any(String)], since: expect.any(Number) },
      { sub: 'Grace', connections: [expect.any(String)] },
    ]);
    const [ada = '', grace = ''] = participants.map(({ participantId }) => participantId);
    expect(await client.decideParticipant('lobby', ada, { decision: 'remove' })).toBeUndefined();
    expect(await left()).toEqual(['Grace']);
    await client.decideParticipant('lobby', grace, { decision: 'ban' });
    expect(await left()).toEqual([]);
    // The platform's list is empty, and callbacks still know the person.
    await client.decideParticipant('lobby', grace, { decision: 'allow' });
    expect(
      await problemOf(client.decideParticipant('lobby', 'unknown', { decision: 'ban' })),
    ).toMatchObject({
      name: 'ParticipantNotFoundError',
    });
  });

  it('removes everyone, and the room stays open', async () => {
    const { api, client } = await start();
    const { connect, left } = await meet(api, client, 'lobby');
    await connect('Ada');
    await connect('Grace');
    expect(await client.removeEveryone('lobby')).toBeUndefined();
    expect(await left()).toEqual([]);
    expect(await client.readRoom('lobby')).toMatchObject({ admission: 'open' });
  });

  it('sends JSON without fields if there is no request, because some servers reject an empty POST', async () => {
    const { api, client } = await start();
    await client.createSession();
    expect(api.requests[0]).toMatchObject({
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
  });

  it.each(['', '/', '//'])('takes a URL that ends with "%s"', async (end) => {
    const api = await serve();
    const client = createClient({ url: api.url + end });
    expect(await client.createSession()).toHaveProperty('sessionId');
  });

  it('asks for what a name says and nothing else', async () => {
    const { api, client } = await start();
    await problemOf(client.readRoom('a/../b?c#d'));
    expect(api.requests[0]?.path).toBe('/rooms/a%2F..%2Fb%3Fc%23d');
  });

  it.each<[call: string, (client: Client) => Promise<unknown>]>([
    ['joinRoom', (client) => client.joinRoom('')],
    ['closeRoom', (client) => client.closeRoom(undefined as never)],
    ['issueToken', (client) => client.issueToken(undefined as never)],
    ['createInvite', (client) => client.createInvite('')],
    ['closeRoom of what fetch takes out of a path', (client) => client.closeRoom('..')],
    ['joinRoom of the same', (client) => client.joinRoom('.')],
    ['decideParticipant', (client) => client.decideParticipant('r', '', { decision: 'ban' })],
    ['endMeeting', (client) => client.endMeeting('')],
    ['decideKnock', (client) => client.decideKnock('r', '', { decision: 'admit' })],
  ])('asks nothing for a name that is missing: %s', async (_, call) => {
    const { api, client } = await start();
    await expect(call(client)).rejects.toThrow('A room, session or invite is missing.');
    expect(api.requests).toEqual([]);
  });
});

describe('endMeeting', () => {
  const soon = Math.floor(Date.now() / 1000) + 600;
  it.each([
    ['was created by joining', undefined],
    ['has rules', { closesAt: soon, defaultRole: 'subscriber', reference: 'lesson 7' }],
    ['is closed already', { admission: 'closed' }],
  ] as const)('keeps session and rules of a room that %s', async (_, rules) => {
    const { api, client } = await start();
    if (rules) await client.putRoom('lesson', rules);
    const { connect, left } = await meet(api, client, 'lesson');
    await connect('Ada');
    const before = await client.readRoom('lesson');
    expect(await client.endMeeting('lesson')).toBeUndefined();
    expect(await left()).toEqual([]);
    const { etag: _old, ...kept } = before;
    expect(await client.readRoom('lesson')).toMatchObject({ ...kept, admission: 'closed' });
  });

  it('removes everyone from a room that has passed its closesAt, without changing it', async () => {
    const { api, client } = await start();
    await client.putRoom('lesson');
    const { connect, left } = await meet(api, client, 'lesson');
    await connect('Ada');
    const late = createClient({
      url: api.url,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (init.method !== 'GET') return response;
        const room = { ...Object(await response.json()), closesAt: Math.floor(Date.now() / 1000) };
        return Response.json(room, { headers: response.headers });
      },
    });
    await late.endMeeting('lesson');
    expect(await left()).toEqual([]);
    expect(await client.readRoom('lesson')).toMatchObject({ admission: 'open' });
  });

  it('disconnects no one if another host has changed the room meanwhile', async () => {
    const { api, client } = await start();
    const { connect, left } = await meet(api, client, 'lesson');
    await connect('Ada');
    const slow = createClient({
      url: api.url,
      fetch: async (url, init) => {
        if (init.method === 'PUT')
          await client.putRoom('lesson', { reference: String(Math.random()) });
        return fetch(url, init);
      },
    });
    expect(await problemOf(slow.endMeeting('lesson'))).toMatchObject({
      name: 'PreconditionFailedError',
    });
    expect(await left()).toEqual(['Ada']);
  });
});

describe('rulesOf', () => {
  it.each([
    {},
    { admission: 'knock', opensAt: 1, defaultRole: 'subscriber', reference: '' },
  ] as const)('returns what putRoom takes: %o', async (rules) => {
    const { client } = await start();
    const room = await client.putRoom('class-7b', rules);
    expect(JSON.parse(JSON.stringify(rulesOf(room)))).toEqual({
      ...{ admission: 'open', disconnectAtClose: false },
      ...rules,
    });
    expect((await client.putRoom('class-7b', rulesOf(room))).etag).toBe(room.etag);
  });
});

describe('a problem', () => {
  it('is an error with its stable name and every faulty field', async () => {
    const { client } = await start();
    const call = client.createSession({ archiveMode: 'always', location: 'eu' });
    const problem = await problemOf(call);
    expect({ ...problem }).toEqual({
      name: 'ValidationError',
      status: 400,
      requestId: REQUEST_ID,
      retryAfterSeconds: undefined,
      errors: [
        { pointer: '#/location', detail: expect.stringContaining('IPv4') },
        { pointer: '#/archiveMode', detail: expect.stringContaining('routed') },
      ],
    });
    expect(problem.message).toBe('2 fields are not valid.');
    expect(String(problem)).toBe('ValidationError: 2 fields are not valid.');
  });

  const foreign = mintSessionId({ projectId: '654321' });
  it.each<[name: string, status: number, call: (client: Client) => Promise<unknown>]>([
    ['SessionNotFoundError', 404, (client) => client.issueToken(foreign)],
    ['RoomNotFoundError', 404, (client) => client.readRoom('missing')],
    [
      'RoomConflictError',
      409,
      async (client) => {
        await client.joinRoom('standup');
        await client.joinRoom('standup', { session: { mediaMode: 'routed' } });
      },
    ],
    ['PayloadTooLargeError', 413, (client) => client.joinRoom('r', { data: 'x'.repeat(40_000) })],
  ])('is %s (%i)', async (name, status, call) => {
    const { client } = await start();
    expect(await problemOf(call(client))).toMatchObject({ name, status });
  });

  it.each([
    [401, '{"message":"Unauthorized"}', 'UnauthenticatedError', 'Unauthorized'],
    [403, '{"message":"Forbidden"}', 'ForbiddenError', 'Forbidden'],
    [404, '{"message":"Not Found"}', 'UnexpectedResponseError', 'Not Found'],
    [500, '<html>', 'UnexpectedResponseError', 'Response 500 is not from this API'],
    [201, '<html>', 'UnexpectedResponseError', 'Response 201 is not from this API'],
    [200, 'null', 'UnexpectedResponseError', 'Response 200'],
    [400, '{"type":7,"errors":"x"}', 'UnexpectedResponseError', 'Response 400'],
  ])('that is none of the functions (%i %s) is %s', async (status, body, name, message) => {
    const { api, client } = await start();
    api.fail({ kind: 'answer', status, body });
    const problem = await problemOf(client.createSession());
    expect(problem).toMatchObject({ name, status, errors: [] });
    expect(problem.message).toContain(message);
  });
});

describe('an end user', () => {
  it('is the one of the headers, which are read before each request', async () => {
    const roles = ['subscriber', 'moderator'];
    const headers = async () => ({
      authorization: `Bearer ${signIn({ opentok_role: roles.shift() ?? '' })}`,
    });
    const { client } = await start({ auth: 'jwt', headers });
    expect(await problemOf(client.createSession())).toMatchObject({
      name: 'ForbiddenError',
      message: 'Only moderators may create sessions; the highest role allowed is subscriber.',
    });
    expect(await client.createSession()).toHaveProperty('sessionId');
  });

  it('without a sign-in token is refused by the name of the API, not of its gateway', async () => {
    const { client } = await start({ auth: 'jwt' });
    expect(await problemOf(client.createSession())).toMatchObject({ name: 'UnauthenticatedError' });
  });

  it('gets the error of a function that returns the headers', async () => {
    const headers = () => Promise.reject(new Error('signed out'));
    const { api, client } = await start({ headers });
    await expect(client.createSession()).rejects.toThrow('signed out');
    expect(api.requests).toEqual([]);
  });
});

describe('a trusted back end', () => {
  const start = async (secretAccessKey: string) => {
    const api = await serve({ auth: 'iam' });
    const aws = new AwsClient({
      accessKeyId: localAws.accessKeyId,
      secretAccessKey,
      region: localAws.region,
      service: 'execute-api',
      retries: 0,
    });
    return createClient({ url: api.url, fetch: (url, init) => aws.fetch(url, init) });
  };

  it('signs with the fetch that it passes in', async () => {
    const client = await start(localAws.secretAccessKey);
    const { sessionId } = await client.createSession({ mediaMode: 'routed' });
    expect(await client.issueToken(sessionId)).toMatchObject({ sessionId });
    expect(await client.joinRoom('standup-1_2.3~4')).toHaveProperty('token');
    await client.closeRoom('standup-1_2.3~4');
  });

  it('with a wrong key gets an error about its signature', async () => {
    const client = await start('another');
    expect(await problemOf(client.createSession())).toMatchObject({
      name: 'ForbiddenError',
      message: expect.stringContaining('signature we calculated does not match'),
    });
  });
});
