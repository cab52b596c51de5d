/**
 * Access to rooms and their sessions through the packaged functions: every entry point that issues tokens
 * with every access setting, and every authorizer with a few rows. The full tables are in
 * test/rooms/domain/room-access.test.ts, test/domain/access.test.ts and test/events/caller.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../lib/domain/token-request.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type Claims, poolDoors, trustedDoors, userDoors } from '../support/callers.ts';
import { entryPoints } from '../support/entry-points.ts';
import {
  functionUrlEvent,
  type HttpCall,
  type HttpEvent,
  httpApiEvent,
  httpDoors,
  restApiEvent,
} from '../support/http-events.ts';
import { type Lambda, startLambda } from '../support/lambda.ts';
import { verifyHs256 } from '../support/verify-token.ts';

type Settings = Readonly<Record<string, string>>;
type FunctionName = 'issueToken' | 'joinRoom';

const JOIN_THE_ROOM =
  'Tokens are not issued by session id here; join the room: POST /rooms/{name}/tokens.';
const NOT_YOUR_ROOM = 'This room is not among those that you may join.';

let dynamoDb: DynamoDb;
let sessionIds: Readonly<Record<'lobby' | 'board' | 'session', string>>;
const started = new Map<string, Promise<Lambda>>();

/** One container per function and settings, for all tests. */
function use(name: FunctionName, settings: Settings = {}): Promise<Lambda> {
  const key = JSON.stringify([name, settings]);
  const lambda =
    started.get(key) ??
    startLambda(name, {
      environment: {
        AUTH: 'jwt',
        ROOMS_TABLE: 'Rooms',
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
        SAMPLE_ROUTES: 'true',
        ...settings,
      },
    });
  started.set(key, lambda);
  return lambda;
}

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const { invoke } = await use('joinRoom');
  const open = async (room: string) => String((await invoke({ room }))['sessionId']);
  sessionIds = {
    lobby: await open('lobby'),
    board: await open('board'),
    session: await open('session'),
  };
}, 60_000);

afterAll(async () => {
  for (const lambda of await Promise.all(started.values())) await lambda.close();
  await dynamoDb.close();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function ask(name: FunctionName, settings: Settings, event: HttpEvent): Promise<Answer> {
  const { statusCode, body } = await (await use(name, settings)).invoke(event);
  const { result, ...fields } = JSON.parse(String(body));
  return { status: Number(statusCode), body: result?.data ?? fields };
}

function expectToken({ status, body }: Answer, role: Role, sessionId: string): void {
  expect([200, 201]).toContain(status);
  expect(verifyHs256(String(body['token']), madeUpProject.apiSecret)).toMatchObject({
    role,
    session_id: sessionId,
  });
}

/** Returns the HTTP request that reaches a room's session by an entry point. */
function callOf(entry: (typeof entryPoints)[number]['entry'], room: 'lobby' | 'board'): HttpCall {
  if (entry === 'POST /sessions/{sessionId}/tokens') return { sessionId: sessionIds[room] };
  if (entry === 'POST /v2/createSessionAndJoin') {
    return { path: '/v2/createSessionAndJoin', body: { roomName: room } };
  }
  return entry === 'GET /room/{name}' ? { room, method: 'GET' } : { room };
}

const settingsOfRooms: [settings: Settings, board: 'closed' | 'open'][] = [
  [{ ROOMS_CLAIM: 'rooms' }, 'closed'],
  [{ ROOMS_CLAIM: 'rooms', ROOMS_ONLY: 'false' }, 'closed'],
  [{ ROOMS_ONLY: 'true' }, 'open'],
];
const userEntries = entryPoints.filter(
  ({ who, entry }) => who === 'all' && entry !== 'GET /session',
);
const [, buildFirst] = userDoors[0] ?? expect.fail();

describe.each(settingsOfRooms)('an end user, with %j', (settings, board) => {
  // A moderator is not exempt.
  it.each<[role: string, claims: Claims]>([
    ['none', { rooms: 'lobby' }],
    ['moderator', { rooms: 'lobby', opentok_role: 'moderator' }],
  ])('with the role %s reaches the sessions of their rooms, by room', async (_role, claims) => {
    for (const { entry, by, ...served } of userEntries) {
      const call = (room: 'lobby' | 'board') =>
        ask(served.function, settings, buildFirst(callOf(entry, room), claims));
      const [lobby, other] = [await call('lobby'), await call('board')];
      if (by === 'session') {
        for (const { status, body } of [lobby, other]) {
          expect([entry, status, body['detail']]).toEqual([entry, 403, JOIN_THE_ROOM]);
        }
        continue;
      }
      expect([200, 201]).toContain(lobby.status);
      expect(lobby.body).toMatchObject({ sessionId: sessionIds.lobby });
      if (board === 'open') expect(other.body).toMatchObject({ sessionId: sessionIds.board });
      else expect([entry, other.status, other.body['detail']]).toEqual([entry, 403, NOT_YOUR_ROOM]);
    }
  });
});

describe.each(userDoors)('an end user (%s)', (_door, build) => {
  it('reaches the rooms of the claim, and no session by id', async () => {
    const settings = { ROOMS_CLAIM: 'rooms' };
    const call = (name: FunctionName, http: HttpCall) =>
      ask(name, settings, build(http, { rooms: 'lobby' }));
    expectToken(await call('joinRoom', { room: 'lobby' }), 'publisher', sessionIds.lobby);
    const other = await call('joinRoom', { room: 'board' });
    expect([other.status, other.body['detail']]).toEqual([403, NOT_YOUR_ROOM]);
    const byId = await call('issueToken', { sessionId: sessionIds.lobby });
    expect([byId.status, byId.body['detail']]).toEqual([403, JOIN_THE_ROOM]);
  });

  it('reaches every session of the project by its id with neither setting', async () => {
    expectToken(
      await ask('issueToken', {}, build({ sessionId: sessionIds.board })),
      'publisher',
      sessionIds.board,
    );
  });

  it('joins with the role of the claim at most', async () => {
    const claims = { opentok_role: 'subscriber' };
    const join = (role?: Role) =>
      ask('joinRoom', {}, build({ room: 'lobby', body: { role } }, claims));
    expectToken(await join(), 'subscriber', sessionIds.lobby);
    const { status, body } = await join('publisher');
    expect([status, body['detail']]).toEqual([
      403,
      'The requested role is publisher; the highest allowed role is subscriber.',
    ]);
  });

  const calls: [name: FunctionName, call: () => HttpCall][] = [
    ['issueToken', () => ({ sessionId: sessionIds.lobby })],
    ['joinRoom', () => ({ room: 'lobby' })],
  ];

  it('gets the role DEFAULT_ROLE without the claim', async () => {
    for (const DEFAULT_ROLE of ['subscriber', 'moderator'] as const) {
      for (const [name, call] of calls) {
        const body = DEFAULT_ROLE === 'moderator' ? { role: DEFAULT_ROLE } : {};
        const answer = await ask(name, { DEFAULT_ROLE }, build({ ...call(), body }));
        expectToken(answer, DEFAULT_ROLE, sessionIds.lobby);
      }
    }
  });

  it('gets nothing without the claim with DEFAULT_ROLE=none, and learns which claim', async () => {
    const settings = { DEFAULT_ROLE: 'none', ROLE_CLAIM: 'custom:role' };
    for (const [name, call] of calls) {
      const { status, body } = await ask(name, settings, build(call()));
      expect([status, body['detail']]).toEqual([
        403,
        'The claim custom:role is missing; it names your role.',
      ]);
      const claims = { 'custom:role': 'subscriber' };
      expectToken(await ask(name, settings, build(call(), claims)), 'subscriber', sessionIds.lobby);
    }
  });

  it('gets nothing for an array that API Gateway wrote as ambiguous text', async () => {
    for (const [name, call] of calls) {
      const event = build(call(), { rooms: '[lobby board]', opentok_role: 'moderator' });
      expect((await ask(name, { ROOMS_CLAIM: 'rooms' }, event)).status).toBe(403);
    }
  });
});

describe('OPEN_ROOMS', () => {
  it('lets any end user create a room, with the default options only', async () => {
    const settings = { OPEN_ROOMS: 'true', ROOM_TTL_DAYS: '1' };
    const join = (room: string, body: object) =>
      ask('joinRoom', settings, buildFirst({ room, body }, { opentok_role: 'subscriber' }));
    const { platform } = await use('joinRoom', settings);
    const before = platform.counts.requests;
    const session = { mediaMode: 'routed', archiveMode: 'always' };
    const rejected = await join('new', { session });
    expect([rejected.status, rejected.body['detail']]).toEqual([
      403,
      'Only moderators choose the session options of a room. Omit `session`.',
    ]);
    expect(platform.counts.requests).toBe(before);
    expect((await join('new', { session: { archiveMode: 'manual' } })).status).toBe(201);
    expect(platform.requests.at(-1)?.form).toMatchObject({ archiveMode: 'manual' });
    expect((await join('new', { session })).status).toBe(409);
  });
});

describe('GET /session', () => {
  const sample = (claims: Claims) => {
    const event = buildFirst({ room: 'session', method: 'GET' }, claims);
    const { pathParameters: _, ...rest } = event;
    return { ...rest, routeKey: 'GET /session', rawPath: '/session' };
  };

  it('joins the room `session` if the claim has it', async () => {
    const settings = { ROOMS_CLAIM: 'rooms' };
    const joined = await ask('joinRoom', settings, sample({ rooms: 'session' }));
    expectToken(joined, 'publisher', sessionIds.session);
    expect(await ask('joinRoom', settings, sample({ rooms: 'lobby' }))).toMatchObject({
      status: 403,
      body: { detail: NOT_YOUR_ROOM },
    });
  });

  it('applies DEFAULT_ROLE', async () => {
    const answer = await ask('joinRoom', { DEFAULT_ROLE: 'subscriber' }, sample({}));
    expectToken(answer, 'subscriber', sessionIds.session);
  });
});

describe('a trusted caller', () => {
  it.each(settingsOfRooms)(
    'reaches every session by every entry point, with %j',
    async (settings) => {
      const iam = { ...settings, AUTH: 'iam' };
      const [issueToken, joinRoom] = [await use('issueToken', iam), await use('joinRoom', iam)];
      const request = { sessionId: sessionIds.board, role: 'moderator' };
      for (const [, build] of trustedDoors) {
        const body = { role: 'moderator' };
        const byId = await ask('issueToken', iam, build({ sessionId: sessionIds.board, body }));
        expectToken(byId, 'moderator', sessionIds.board);
        const byRoom = await ask('joinRoom', iam, build({ room: 'board', body }));
        expectToken(byRoom, 'moderator', sessionIds.board);
      }
      for (const answer of [
        await issueToken.invoke(request),
        ...Object.values(await issueToken.invoke([request])),
        await joinRoom.invoke({ room: 'board', role: 'moderator' }),
        ...Object.values(await joinRoom.invoke([{ room: 'board', role: 'moderator' }])),
      ]) {
        expect(answer).toMatchObject({ sessionId: sessionIds.board, role: 'moderator' });
      }
    },
  );

  it.each(trustedDoors)('is rejected with AUTH=jwt: %s', async (_door, build) => {
    expect((await ask('joinRoom', {}, build({ room: 'lobby' }))).status).toBe(401);
  });

  it.each(poolDoors)(
    'does not include credentials of an identity pool: %s',
    async (_door, build) => {
      const answer = await ask('joinRoom', { AUTH: 'iam' }, build({ room: 'lobby' }));
      expect(answer).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('auth=jwt') },
      });
      expect((await ask('joinRoom', {}, build({ room: 'lobby' }))).status).toBe(401);
    },
  );
});

describe('the room of a path', () => {
  const iam = { AUTH: 'iam' };
  const encoded = 'lobby%2Frooms%2Fboard';

  it.each<[door: string, event: () => HttpEvent, status: number]>([
    [
      'an HTTP API, which decodes it',
      () => httpApiEvent({ room: decodeURIComponent(encoded) }),
      400,
    ],
    ['a REST API, which passes it encoded', () => restApiEvent({ room: encoded }), 400],
    ['a function URL, encoded', () => functionUrlEvent({ room: encoded }), 400],
    ['a function URL, decoded', () => functionUrlEvent({ room: decodeURIComponent(encoded) }), 404],
  ])('is never the second of two rooms in a path: %s', async (_door, event, status) => {
    expect(await ask('joinRoom', iam, event())).toMatchObject({ status });
  });

  it('is the path parameter of API Gateway', async () => {
    for (const event of [httpApiEvent({ room: 'lobby' }), restApiEvent({ room: 'lobby' })]) {
      const path = '/rooms/lobby/rooms/board/tokens';
      const changed = 'rawPath' in event ? { ...event, rawPath: path } : { ...event, path };
      expectToken(await ask('joinRoom', iam, changed), 'publisher', sessionIds.lobby);
    }
  });

  it.each(httpDoors)('cannot be . or ..: %s', async (_door, build) => {
    const { counts } = (await use('joinRoom', iam)).platform;
    const before = counts.requests;
    for (const room of ['.', '..', '%2e', '%2E%2E']) {
      for (const method of ['POST', 'GET']) {
        expect((await ask('joinRoom', iam, build({ room, method }))).status).toBe(400);
      }
    }
    expect(counts.requests).toBe(before);
  });
});
