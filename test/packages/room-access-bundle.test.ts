/**
 * Who may have what of rooms, and of sessions that are rooms, through the functions as they are
 * deployed: every way to a token, for every authorizer, with every setting of access.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../lib/domain/token-request.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { tokenWays, userTable } from '../support/access-table.ts';
import { type Claims, poolDoors, trustedDoors, userDoors } from '../support/callers.ts';
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

/** What leads to the session of a room over HTTP, as a call and the function that gets it. */
function callOf(way: (typeof tokenWays)[number]['way'], room: 'lobby' | 'board'): HttpCall {
  if (way === 'POST /sessions/{sessionId}/tokens') return { sessionId: sessionIds[room] };
  if (way === 'POST /v2/createSessionAndJoin') {
    return { path: '/v2/createSessionAndJoin', body: { roomName: room } };
  }
  return way === 'GET /room/{name}' ? { room, method: 'GET' } : { room };
}

const settingsOfRooms: [settings: Settings, board: 'closed' | 'open'][] = [
  [{ ROOMS_CLAIM: 'rooms' }, 'closed'],
  [{ ROOMS_CLAIM: 'rooms', ROOMS_ONLY: 'false' }, 'closed'],
  [{ ROOMS_ONLY: 'true' }, 'open'],
];
const overHttp = tokenWays.filter(({ who, way }) => who === 'all' && way !== 'GET /session');

describe.each(userDoors)('an end user (%s)', (_door, build) => {
  const roles = [...ROLES, undefined].map((role): [name: string, claims: Claims] => [
    role ?? 'none',
    { rooms: 'lobby', ...(role && { opentok_role: role }) },
  ]);

  describe.each(settingsOfRooms)('with %j', (settings, board) => {
    it.each(overHttp)('comes to a session as they may: $way', async ({ way, by, ...served }) => {
      for (const [, claims] of roles) {
        const lobby = await ask(served.function, settings, build(callOf(way, 'lobby'), claims));
        const other = await ask(served.function, settings, build(callOf(way, 'board'), claims));
        if (by === 'session') {
          for (const { status, body } of [lobby, other]) {
            expect([status, body['detail']]).toEqual([403, JOIN_THE_ROOM]);
          }
          continue;
        }
        expect([200, 201]).toContain(lobby.status);
        expect(lobby.body).toMatchObject({ sessionId: sessionIds.lobby });
        if (board === 'open') expect(other.body).toMatchObject({ sessionId: sessionIds.board });
        else expect([other.status, other.body['detail']]).toEqual([403, NOT_YOUR_ROOM]);
      }
    });
  });

  it('comes to every session of the project by its id with neither setting', async () => {
    expectToken(
      await ask('issueToken', {}, build({ sessionId: sessionIds.board })),
      'publisher',
      sessionIds.board,
    );
  });

  it.each(userTable)(
    'with the role $asker who asks for $asked joins as: $granted',
    async ({ asker, role, maxRole, granted }) => {
      const claims: Claims = asker === 'without claim' ? {} : { opentok_role: asker };
      const answer = await ask('joinRoom', {}, build({ room: 'lobby', body: { role } }, claims));
      if (granted !== 'refused') return expectToken(answer, granted, sessionIds.lobby);
      expect([answer.status, answer.body['detail']]).toEqual([
        403,
        `The requested role is ${role}; the highest allowed role is ${maxRole}.`,
      ]);
    },
  );

  const ways: [name: FunctionName, call: () => HttpCall][] = [
    ['issueToken', () => ({ sessionId: sessionIds.lobby })],
    ['joinRoom', () => ({ room: 'lobby' })],
  ];

  it.each(ROLES)('without the claim has the row of the default role %s', async (DEFAULT_ROLE) => {
    for (const { role, granted } of userTable.filter(({ asker }) => asker === DEFAULT_ROLE)) {
      for (const [name, call] of ways) {
        const answer = await ask(name, { DEFAULT_ROLE }, build({ ...call(), body: { role } }));
        if (granted === 'refused') expect(answer.status).toBe(403);
        else expectToken(answer, granted, sessionIds.lobby);
      }
    }
  });

  it('without the claim has nothing where the default role is none, and learns why', async () => {
    const settings = { DEFAULT_ROLE: 'none', ROLE_CLAIM: 'custom:role' };
    for (const [name, call] of ways) {
      const { status, body } = await ask(name, settings, build(call()));
      expect([status, body['detail']]).toEqual([
        403,
        'The claim custom:role is missing; it names your role.',
      ]);
      const claims = { 'custom:role': 'subscriber' };
      expectToken(await ask(name, settings, build(call(), claims)), 'subscriber', sessionIds.lobby);
    }
  });

  it('gets nothing for an array that API Gateway wrote as a text of two readings', async () => {
    for (const [name, call] of ways) {
      const event = build(call(), { rooms: '[lobby board]', opentok_role: 'moderator' });
      expect((await ask(name, { ROOMS_CLAIM: 'rooms' }, event)).status).toBe(403);
    }
  });

  it('opens a room of open rooms with the default options only', async () => {
    const settings = { OPEN_ROOMS: 'true', ROOM_TTL_DAYS: '1' };
    const room = `open-${_door.replace(/\W+/g, '-')}`;
    const { platform } = await use('joinRoom', settings);
    const before = platform.counts.requests;
    const session = { mediaMode: 'routed', archiveMode: 'always' };
    const claims = { opentok_role: 'subscriber' };
    const refused = await ask('joinRoom', settings, build({ room, body: { session } }, claims));
    expect([refused.status, refused.body['detail']]).toEqual([
      403,
      'Only moderators choose the session options of a room. Omit `session`.',
    ]);
    expect(platform.counts.requests).toBe(before);
    const defaults = { body: { session: { archiveMode: 'manual' } } };
    const opened = await ask('joinRoom', settings, build({ room, ...defaults }, claims));
    expect(opened.status).toBe(201);
    expect(platform.requests.at(-1)?.form).toMatchObject({ archiveMode: 'manual' });
    const conflict = await ask('joinRoom', settings, build({ room, body: { session } }, claims));
    expect(conflict.status).toBe(409);
  });
});

describe('the page of the vendor’s samples', () => {
  const [, build] = userDoors[0] ?? expect.fail();
  const sample = (claims: Claims) => {
    const event = build({ room: 'session', method: 'GET' }, claims);
    const { pathParameters: _, ...rest } = event;
    return { ...rest, routeKey: 'GET /session', rawPath: '/session' };
  };

  it('leads to its room only those who may join that', async () => {
    const settings = { ROOMS_CLAIM: 'rooms' };
    const joined = await ask('joinRoom', settings, sample({ rooms: 'session' }));
    expectToken(joined, 'publisher', sessionIds.session);
    expect(await ask('joinRoom', settings, sample({ rooms: 'lobby' }))).toMatchObject({
      status: 403,
      body: { detail: NOT_YOUR_ROOM },
    });
  });

  it.each(ROLES)('has the default role %s too', async (DEFAULT_ROLE) => {
    const answer = await ask('joinRoom', { DEFAULT_ROLE }, sample({}));
    const granted = userTable.find(
      ({ asker, asked }) => asker === DEFAULT_ROLE && asked === 'none',
    )?.granted;
    expectToken(answer, granted as Role, sessionIds.session);
  });
});

describe('a trusted caller', () => {
  it.each(settingsOfRooms)('comes to every session by every way, with %j', async (settings) => {
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
  });

  it.each(trustedDoors)('is none where end users alone are expected: %s', async (_door, build) => {
    expect((await ask('joinRoom', {}, build({ room: 'lobby' }))).status).toBe(401);
  });

  it.each(poolDoors)('is no holder of an identity pool: %s', async (_door, build) => {
    const answer = await ask('joinRoom', { AUTH: 'iam' }, build({ room: 'lobby' }));
    expect(answer).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('auth=jwt') },
    });
    expect((await ask('joinRoom', {}, build({ room: 'lobby' }))).status).toBe(401);
  });
});

describe('the room of a path', () => {
  const iam = { AUTH: 'iam' };
  const encoded = 'lobby%2Frooms%2Fboard';

  it.each<[door: string, event: () => HttpEvent, status: number]>([
    [
      'an HTTP API, which hands it out decoded',
      () => httpApiEvent({ room: decodeURIComponent(encoded) }),
      400,
    ],
    ['a REST API, which hands it out encoded', () => restApiEvent({ room: encoded }), 400],
    ['a function URL, encoded', () => functionUrlEvent({ room: encoded }), 400],
    ['a function URL, decoded', () => functionUrlEvent({ room: decodeURIComponent(encoded) }), 404],
  ])('is never the second of two: %s', async (_door, event, status) => {
    expect(await ask('joinRoom', iam, event())).toMatchObject({ status });
  });

  it('is the one that API Gateway names', async () => {
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
