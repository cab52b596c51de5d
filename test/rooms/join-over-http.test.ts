import { afterEach, describe, expect, it } from 'vitest';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { REQUEST_ID, type StartOptions } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { httpDoors } from '../support/http-events.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { verifyHs256, verifyRs256 } from '../support/verify-token.ts';
import { readRoomAnswer, roomEvent } from './room-events.ts';
import { type RunningRooms, startRooms, TABLE } from './start-rooms.ts';

const JOIN = 'POST /rooms/standup/tokens';
const LOOK = 'GET /rooms/standup';
const CLOSE = 'DELETE /rooms/standup';
const ALWAYS = { times: Number.POSITIVE_INFINITY };

let rooms: RunningRooms | undefined;

afterEach(() => rooms?.close());

async function start(options: StartOptions = {}): Promise<RunningRooms> {
  rooms = await startRooms('joinRoom', options);
  return rooms;
}

describe('a room, from its first join to its end', () => {
  it.each(httpDoors)('is served at the door %s', async (_name, door) => {
    const { invoke, platform, items } = await start({ environment: { ROOM_CACHE_SECONDS: '0' } });
    const ask = async (route: string) => readRoomAnswer(await invoke(roomEvent(route, door)));

    const first = await ask(JOIN);
    expect(first.status).toBe(201);
    expect(first.headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
    });
    const { token, sessionId, expireTime } = first.body;
    expect(first.body).toEqual({
      ...{ token, sessionId, expireTime },
      role: 'publisher',
      room: 'standup',
      apiKey: '123456',
    });
    expect(verifyHs256(String(token), OPENTOK_SECRET.apiSecret)).toMatchObject({
      session_id: sessionId,
      exp: expireTime,
    });

    const shown = await ask(LOOK);
    expect([shown.status, shown.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(shown.body).toEqual({
      name: 'standup',
      sessionId,
      mediaMode: 'relayed',
      archiveMode: 'manual',
      location: null,
      e2ee: false,
      apiKey: '123456',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
      ...{ opensAt: null, closesAt: null, admission: 'open', defaultRole: null, reference: null },
      maxParticipants: null,
      disconnectAtClose: false,
      etag: shown.headers['etag'],
    });

    expect((await ask(JOIN)).body).toMatchObject({ sessionId });
    expect(platform.counts.requests).toBe(1);

    const closed = await invoke(roomEvent(CLOSE, door));
    expect(closed).toMatchObject({ statusCode: 204, body: '' });
    expect(closed).not.toHaveProperty('headers.content-type');
    expect(await items()).toEqual([]);
    expect((await ask(LOOK)).status).toBe(404);
    expect((await ask(CLOSE)).status).toBe(204);

    const again = await ask(JOIN);
    expect(again.status).toBe(201);
    expect(again.body['sessionId']).not.toBe(sessionId);
  });

  it('may be of a Vonage application', async () => {
    const { ask } = await start({ secret: VONAGE_SECRET });
    const { status, body } = await ask(JOIN);
    expect(status).toBe(201);
    expect(body).toMatchObject({ applicationId: VONAGE_SECRET.applicationId });
    expect(verifyRs256(String(body['token']), rsa.publicKey)).toMatchObject({
      session_id: body['sessionId'],
    });
  });

  it('has the requested session, and later requests must agree', async () => {
    const { ask, platform } = await start();
    const session = { mediaMode: 'routed', archiveMode: 'always', archiveName: 'Monday' };
    await ask({ route: JOIN, body: { session } });
    expect(platform.requests[0]?.form).toMatchObject({
      'p2p.preference': 'disabled',
      archiveMode: 'always',
      archiveName: 'Monday',
    });
    expect((await ask(JOIN)).status).toBe(201);
    const same = { session: { mediaMode: 'routed' } };
    expect((await ask({ route: JOIN, body: same })).status).toBe(201);
    const different = { session: { mediaMode: 'routed', e2ee: true } };
    const conflict = await ask({ route: JOIN, body: different });
    expect(conflict.status).toBe(409);
    expect(conflict.body).toEqual({
      type: 'urn:opentok-sessions:room-conflict-error',
      title: 'The room exists with other options',
      status: 409,
      detail: 'The room exists with other session options.',
      requestId: REQUEST_ID,
      errors: [{ pointer: '#/session/e2ee', detail: 'the room has false' }],
    });
  });

  it.each([
    [`POST /rooms/${'x'.repeat(128)}/tokens`, 'x'.repeat(128)],
    ['POST /rooms/stand%75p-1_2.3~4/tokens', 'standup-1_2.3~4'],
    ['POST /prod/rooms/standup/tokens', 'standup'],
  ])('is found under its name: %s', async (route, name) => {
    const { ask, items } = await start();
    expect((await ask(route)).body).toMatchObject({ room: name });
    expect(await items()).toMatchObject([{ room: { S: name } }]);
  });

  it.each([
    `POST /rooms/${'x'.repeat(129)}/tokens`,
    'POST /rooms/stand%2575p/tokens',
    'POST /rooms/a%20b/tokens',
    'GET /rooms/caf%C3%A9',
    'DELETE /rooms/a%2Fb',
  ])('cannot have the name in %s', async (route) => {
    const { ask, dynamoDb } = await start();
    const { status, body } = await ask(route);
    expect([status, body['type']]).toEqual([400, 'urn:opentok-sessions:validation-error']);
    expect(dynamoDb.counts.requests).toBe(0);
  });

  it('ends when its days are over, whether or not DynamoDB has removed it', async () => {
    const { ask, items, dynamoDb } = await start({
      environment: { ROOM_TTL_DAYS: '2', ROOM_CACHE_SECONDS: '0' },
    });
    const { body } = await ask(JOIN);
    const [item] = await items();
    const lastsSeconds = Number(item?.['expiresAt']?.['N']) - Number(item?.['createdAt']?.['N']);
    expect(lastsSeconds).toBe(172_800);
    const expired = { ...item, expiresAt: { N: String(Math.floor(Date.now() / 1000)) } };
    await dynamoDb.ask('PutItem', { TableName: TABLE, Item: expired });
    expect((await ask(LOOK)).status).toBe(404);
    expect((await ask({ route: JOIN, claims: { sub: 'ada' } })).status).toBe(404);
    const again = await ask(JOIN);
    expect(again.status).toBe(201);
    expect(again.body['sessionId']).not.toBe(body['sessionId']);
  });

  it('is read once a minute by a warm container', async () => {
    const { ask, dynamoDb } = await start();
    for (let time = 0; time < 5; time += 1) await ask(JOIN);
    expect(dynamoDb.requests.map(({ operation }) => operation)).toEqual(['GetItem', 'PutItem']);
  });
});

describe('an end user', () => {
  const settings = { ROOMS_CLAIM: 'rooms', ROLE_CLAIM: 'role' };

  it.each([
    ['publisher', 'standup other', 404],
    ['publisher', '[standup other]', 403],
    ['publisher', '[other]', 403],
    ['publisher', undefined, 403],
    ['moderator', '[standup]', 201],
    ['moderator', '[other]', 403],
  ])('as %s with the rooms %s who joins a new room is answered %i', async (role, list, status) => {
    const { ask } = await start({ environment: settings });
    const claims = { role, ...(list ? { rooms: list } : {}) };
    const answer = await ask({ route: JOIN, claims });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe(
      status === 201 ? 'application/json' : 'application/problem+json',
    );
  });

  it('joins a room that a moderator has opened, within the own role', async () => {
    const { ask } = await start({ environment: settings });
    await ask({ route: JOIN, claims: { role: 'moderator', rooms: 'standup' } });
    const guest = { role: 'subscriber', rooms: 'standup' };
    const { status, body } = await ask({ route: JOIN, claims: guest });
    expect([status, body['role']]).toEqual([201, 'subscriber']);
    expect(verifyHs256(String(body['token']), OPENTOK_SECRET.apiSecret)).toMatchObject({
      role: 'subscriber',
      connection_data: '{"sub":"ada"}',
    });
    for (const route of [LOOK, CLOSE]) {
      expect((await ask({ route, claims: guest })).status).toBe(403);
    }
  });

  it('opens rooms where OPEN_ROOMS says so', async () => {
    const { ask } = await start({ environment: { OPEN_ROOMS: 'true' } });
    expect((await ask({ route: JOIN, claims: {} })).status).toBe(201);
  });

  it.each([JOIN, LOOK, CLOSE, 'GET /session', 'GET /room/standup'])(
    'without any authorization is refused: %s',
    async (route) => {
      const { invoke, dynamoDb } = await start({ environment: { SAMPLE_ROUTES: 'true' } });
      const event = roomEvent(route);
      const requestContext = { ...(event['requestContext'] as object), authorizer: undefined };
      const { status } = readRoomAnswer(await invoke({ ...event, requestContext }));
      expect(status).toBe(401);
      expect(dynamoDb.counts.requests).toBe(0);
    },
  );
});

describe('the sample routes', () => {
  it.each(['GET /session', 'GET /room/standup'])('are off by default: %s', async (route) => {
    const { ask } = await start();
    expect((await ask(route)).status).toBe(404);
  });

  it('share one session between /session and the room session', async () => {
    const { ask } = await start({ environment: { SAMPLE_ROUTES: 'true' } });
    const { status, body } = await ask('GET /session');
    expect(status).toBe(200);
    expect(body).toEqual({
      apiKey: '123456',
      applicationId: '123456',
      sessionId: expect.stringMatching(/^[12]_/),
      token: expect.any(String),
    });
    expect((await ask('GET /room/session')).body).toMatchObject({ sessionId: body['sessionId'] });
    expect((await ask('GET /session/session')).body).toMatchObject({
      sessionId: body['sessionId'],
      captionsId: null,
    });
    expect((await ask('GET /rooms/session')).body).toMatchObject({ mediaMode: 'routed' });
  });

  const sampleRoutes = ['GET /session', 'GET /room/standup', 'GET /session/standup'];
  const doorsAndRoutes = httpDoors.flatMap(([name, door]) =>
    sampleRoutes.map((route) => [route, name, door] as const),
  );

  it.each(doorsAndRoutes)('make an encrypted session on demand: %s, %s', async (route, _, door) => {
    const { invoke, platform } = await start({ environment: { SAMPLE_ROUTES: 'true' } });
    const ask = async (query: string) =>
      readRoomAnswer(await invoke(roomEvent(route + query, door)));
    const { status, body } = await ask('?e2ee=true');
    expect(status).toBe(200);
    expect(platform.requests[0]?.form).toMatchObject({
      'p2p.preference': 'disabled',
      e2ee: 'true',
    });

    for (const query of ['?e2ee=true', '', '?e2e=false']) {
      expect((await ask(query)).body).toMatchObject({ sessionId: body['sessionId'] });
    }
    const conflict = await ask('?e2ee=false');
    expect(conflict.status).toBe(409);
    expect(conflict.body['errors']).toEqual([
      { pointer: '#/session/e2ee', detail: 'the room has true' },
    ]);
    expect(platform.counts.requests).toBe(1);
  });

  it.each(doorsAndRoutes)('refuse encryption later: %s, %s', async (route, _, door) => {
    const { invoke, platform } = await start({ environment: { SAMPLE_ROUTES: 'true' } });
    const ask = async (query: string) =>
      readRoomAnswer(await invoke(roomEvent(route + query, door)));
    const { body } = await ask('?e2ee=false');
    expect(platform.requests[0]?.form).not.toHaveProperty('e2ee');
    expect((await ask('?e2ee=true')).status).toBe(409);
    for (const query of ['', '?e2ee=false']) {
      expect((await ask(query)).body).toMatchObject({ sessionId: body['sessionId'] });
    }
  });

  it.each(
    httpDoors.flatMap(([name, door]) =>
      ['', '=', '=1', '=TRUE', '=%20true', '=true,true', '=true&e2ee=true', '=true&e2ee=false'].map(
        (rest) => [`?e2ee${rest}`, name, door] as const,
      ),
    ),
  )('refuse every other value: %s, %s', async (query, _, door) => {
    const { invoke, platform } = await start({ environment: { SAMPLE_ROUTES: 'true' } });
    const answer = readRoomAnswer(await invoke(roomEvent(`GET /session${query}`, door)));
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toBe('The query parameter e2ee must be true or false, once.');
    expect(platform.counts.requests).toBe(0);
  });

  it('follow the access rules of every route', async () => {
    const environment = { SAMPLE_ROUTES: 'true', ROLE_CLAIM: 'role' };
    const { ask } = await start({ environment });
    expect((await ask({ route: 'GET /session', claims: {} })).status).toBe(404);
    expect((await ask({ route: 'GET /session', claims: { role: 'moderator' } })).status).toBe(200);
    expect((await ask({ route: 'GET /session', claims: {} })).status).toBe(200);
  });
});

describe('when the table fails', () => {
  it('for a moment, a join still succeeds', async () => {
    const { ask, dynamoDb } = await start();
    dynamoDb.fail(dynamoFaults.throughputExceeded);
    dynamoDb.fail({ kind: 'reset' });
    expect((await ask(JOIN)).status).toBe(201);
  });

  it.each([JOIN, LOOK, CLOSE])(
    'for longer, %s is a 503 that says when to return',
    async (route) => {
      const { ask, dynamoDb, records } = await start();
      dynamoDb.fail(dynamoFaults.throttling, ALWAYS);
      const { status, headers, body } = await ask(route);
      expect(status).toBe(503);
      expect(headers['retry-after']).toBe('1');
      expect(body['type']).toBe('urn:opentok-sessions:room-store-unavailable-error');
      expect(JSON.stringify(body)).not.toMatch(/Throttling|Rate exceeded|Rooms/);
      expect(records()).toEqual([
        expect.objectContaining({
          fault: 'RoomStoreUnavailableError',
          outcome: 'failed',
          reason: expect.stringContaining('ThrottlingException'),
        }),
      ]);
      expect(Number(records()[0]?.['durationMs'])).toBeLessThan(4_000);
    },
  );

  it('after the session was created, the answer still comes in time', async () => {
    const { invoke, dynamoDb, platform } = await start();
    dynamoDb.fail({ kind: 'delay', delayMs: 0 });
    dynamoDb.fail({ kind: 'hang' }, ALWAYS);
    const endMs = performance.now() + 2_000;
    const getRemainingTimeInMillis = () => Math.floor(endMs - performance.now());
    const answer = await invoke(roomEvent(JOIN), { getRemainingTimeInMillis });
    expect(answer).toMatchObject({ statusCode: 503 });
    expect(getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(platform.counts.requests).toBe(1);
  });

  it('with a malformed item, it is a 500, and the log names it', async () => {
    const { ask, dynamoDb, records } = await start();
    const Item = {
      room: { S: 'standup' },
      item: { S: 'room' },
      sessionId: { S: 'nonsense' },
      projectId: { S: '123456' },
    };
    await dynamoDb.ask('PutItem', { TableName: TABLE, Item });
    const { status, body } = await ask(JOIN);
    expect(status).toBe(500);
    expect(body['detail']).toBe('The room cannot be read.');
    expect(records()).toEqual([
      expect.objectContaining({
        fault: 'InvalidRoomItemError',
        reason: 'The item of room standup is malformed: sessionId.',
      }),
    ]);
    expect((await ask(CLOSE)).status).toBe(204);
    expect((await ask(JOIN)).status).toBe(201);
  });

  it('because it does not exist, it is a 500, and the log says so', async () => {
    const { ask, records } = await start({ environment: { ROOMS_TABLE: 'Elsewhere' } });
    expect((await ask(JOIN)).body).toMatchObject({
      status: 500,
      detail: 'The service is misconfigured.',
    });
    expect(records()[0]?.['reason']).toMatch(/^The table Elsewhere failed: ResourceNotFound/);
  });

  it('because none is configured, every invocation fails with that reason', async () => {
    const { ask, logged } = await start({ environment: { ROOMS_TABLE: undefined } });
    expect((await ask(JOIN)).status).toBe(500);
    expect(logged[0]).toContain('ROOMS_TABLE must be the name or ARN of the table of rooms');
  });
});

describe('when the platform fails', () => {
  it('no room is left behind, and the next join makes it', async () => {
    const { ask, platform, items } = await start();
    platform.fail(platformFaults.badRequest);
    expect((await ask(JOIN)).status).toBe(502);
    expect(await items()).toEqual([]);
    expect((await ask(JOIN)).status).toBe(201);
  });

  it('an existing room can still be joined', async () => {
    const { ask, platform } = await start({ environment: { ROOM_CACHE_SECONDS: '0' } });
    await ask(JOIN);
    await platform.close();
    expect((await ask(JOIN)).status).toBe(201);
  });
});

describe('a move to another project', () => {
  it('creates new rooms in place of the old ones at the next join', async () => {
    const { ask, secretsManager, platform, dynamoDb, items } = await start();
    const Item = {
      room: { S: 'standup' },
      item: { S: 'room' },
      sessionId: { S: mintSessionId({ projectId: '654321' }) },
      projectId: { S: '654321' },
      options: { S: '{}' },
      createdAt: { N: '1700000000' },
    };
    await dynamoDb.ask('PutItem', { TableName: TABLE, Item });
    expect((await ask(LOOK)).status).toBe(404);
    expect((await ask(JOIN)).body).toMatchObject({ apiKey: '123456' });
    expect(await items()).toMatchObject([{ projectId: { S: '123456' } }]);
    // Both functions read the secret when they start; the join, which replaces the room, reads it again unless that was
    // less than a second ago.
    expect([2, 3]).toContain(secretsManager.counts.requests);
    expect(platform.counts.requests).toBe(1);
  });

  it('is found out by a container that has the old secret, from a room of the new one', async () => {
    const { ask, secretsManager, platform, dynamoDb } = await start();
    const moved = { ...OPENTOK_SECRET, apiKey: '654321' };
    secretsManager.setSecret('opentok/project', JSON.stringify(moved));
    const sessionId = mintSessionId({ projectId: '654321' });
    const Item = {
      room: { S: 'standup' },
      item: { S: 'room' },
      sessionId: { S: sessionId },
      projectId: { S: '654321' },
      options: { S: '{}' },
      // After the container has read the secret.
      createdAt: { N: String(Math.floor(Date.now() / 1000)) },
    };
    await dynamoDb.ask('PutItem', { TableName: TABLE, Item });
    expect((await ask(JOIN)).body).toMatchObject({ apiKey: '654321', sessionId });
    expect((await ask(LOOK)).body).toMatchObject({ apiKey: '654321', sessionId });
    expect(platform.counts.requests).toBe(0);
  });
});

describe('a direct join', () => {
  it('answers the body itself', async () => {
    const { invoke } = await start();
    const answer = await invoke({ room: 'standup', role: 'moderator' });
    expect(answer).toMatchObject({ room: 'standup', role: 'moderator', apiKey: '123456' });
  });

  it.each([
    [{ room: 'a b' }, 'ValidationError'],
    [{}, 'ValidationError'],
    [{ room: 'standup', session: { e2ee: true } }, 'ValidationError'],
    [{ room: 'taken', session: { mediaMode: 'routed' } }, 'RoomConflictError'],
  ])('that fails is thrown by name: %j', async (request, name) => {
    const { invoke } = await start();
    await invoke({ room: 'taken' });
    await expect(invoke(request)).rejects.toMatchObject({ name });
  });
});

describe('the log of rooms', () => {
  it('has one line per invocation, without tokens', async () => {
    const { ask, logged, records } = await start();
    const tokens = [];
    for (const route of [JOIN, JOIN, LOOK, CLOSE, LOOK])
      tokens.push((await ask(route)).body['token']);
    expect(logged).toHaveLength(5);
    expect(records().map(({ outcome }) => outcome)).toEqual([
      ...new Array(4).fill('succeeded'),
      'failed',
    ]);
    expect(records()[0]).toMatchObject({ function: 'joinRoom', role: 'publisher' });
    for (const token of tokens) if (token) expect(logged.join()).not.toContain(token);
  });
});
