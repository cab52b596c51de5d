import { describe, expect, it } from 'vitest';
import { type Caller, TRUSTED } from '../../../lib/domain/access.ts';
import { toKnockId } from '../../../lib/rooms/domain/knock.ts';
import { roomFault } from '../../../lib/rooms/faults.ts';
import { createServeHost, type HostDeps } from '../../../lib/rooms/routes/host-actions.ts';
import { readHostRequest } from '../../../lib/rooms/routes/host-requests.ts';
import { readRoomRoute } from '../../../lib/rooms/routes/room-routes.ts';
import type { LeaveWaitingRoom } from '../../../lib/rooms/table/knock-store.ts';
import { createRoomCache } from '../../../lib/rooms/table/room-cache.ts';
import { createEnsureRoom } from '../../../lib/rooms/use-cases/ensure-room.ts';
import { createServeRoom } from '../../../lib/rooms/use-cases/join-room.ts';
import { createMakeRoom } from '../../../lib/rooms/use-cases/make-room.ts';
import type { Invocation } from '../../../lib/use-cases/invocation.ts';
import { createTokenSigner } from '../../../lib/use-cases/issue-token.ts';
import { catchFault } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_MS, NOW_SECONDS, OPENTOK_SECRET } from '../../support/fixtures.ts';
import { VONAGE_SECRET } from '../../support/keys.ts';
import { decodeJwt } from '../../support/verify-token.ts';
import { createSecret, createSessions, createShelf, noLimit, shelve } from '../shelf.ts';

const PROJECT = { kind: 'opentok', id: '123456' } as const;

/** No room here has invites, knocks, participants or bans, and no test lists rooms. */
const UNUSED = { bans: { findSession: async () => undefined } } as unknown as Pick<
  HostDeps,
  | 'invites'
  | 'knocks'
  | 'newRandomText'
  | 'now'
  | 'bans'
  | 'moderation'
  | 'findPersons'
  | 'readAllRooms'
  | 'onMalformed'
  | 'findPerson'
>;

type Route =
  | 'POST /rooms/standup/tokens'
  | 'GET /room/standup'
  | 'GET /session/standup'
  | 'GET /rooms/standup'
  | 'DELETE /rooms/standup';

interface ServeOptions {
  readonly caller?: Caller;
  readonly exists?: boolean;
  readonly openRooms?: boolean;
  readonly body?: object;
  readonly secret?: object;
  readonly cacheSeconds?: number;
  /** Thrown when a user leaves the waiting room. Default: nothing. */
  readonly leaveError?: Error;
}

async function open({
  openRooms = false,
  secret = OPENTOK_SECRET,
  cacheSeconds = 60,
  leaveError,
}: ServeOptions = {}) {
  const { projectSecret: uncounted } = await createSecret(secret);
  let secretRequests = 0;
  const projectSecret: typeof uncounted = {
    ...uncounted,
    get: (remainingMs) => {
      secretRequests += 1;
      return uncounted.get(remainingMs);
    },
  };
  const { makeSession, made } = createSessions();
  const store = createShelf();
  const now = () => NOW_MS;
  const cache = createRoomCache(cacheSeconds * 1000, now);
  const makeRoom = createMakeRoom({ makeSession, roomTtlSeconds: undefined });
  const ensureRoom = createEnsureRoom({
    ...{ projectSecret, makeRoom, store, cache, now },
  });
  const newTokenIds = () => ({ nonce: 1, jti: 'x' });
  const signToken = createTokenSigner({ now, newTokenIds });
  const requestAdmission = () => expect.fail('No room here has a waiting room.');
  const isBanned = () => expect.fail('No room here has bans.');
  const left: object[] = [];
  const leaveWaitingRoom: LeaveWaitingRoom = async (of) => {
    left.push(of);
    if (leaveError) throw leaveError;
  };
  const serveRoom = createServeRoom({
    ...{ projectSecret, ensureRoom, signToken, requestAdmission, leaveWaitingRoom },
    ...{ isBanned, openRooms, now, seatCaller: noLimit },
  });
  const serveHost = createServeHost({
    ...{ projectSecret, store, removal: store, makeRoom },
    ...{
      roomTtlSeconds: undefined,
      enforcement: { allowsTokensBySessionId: false, liveRooms: true },
      prepareSeats: async () => undefined,
    },
    ...UNUSED,
  });
  const serve = (route: Route, { caller = TRUSTED, body }: ServeOptions = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const invocation: Invocation = {
      requestId: 'request',
      nowSeconds: NOW_SECONDS,
      remainingMs: () => 10_000,
      caller,
      maxTokenSeconds: DAY_SECONDS,
    };
    const http = { method, path, route: undefined, pathParameters: {}, body, event: {} };
    if (/^\/rooms\/\w+$/.test(path))
      return serveHost(readHostRequest(http, invocation), invocation);
    const request = readRoomRoute(http, invocation, { sampleRoutes: true });
    return serveRoom(request, invocation);
  };
  return { serve, made, left, store, cache, secretRequests: () => secretRequests };
}

/** How one request ends: a fault's name, or `joined`, `created`, `shown`, `closed`. */
async function outcomeOf(route: Route, options: ServeOptions): Promise<string> {
  const { serve, made, store } = await open(options);
  if (options.exists) shelve(store, PROJECT);
  const before = store.rooms.get('standup');
  try {
    const answer = await serve(route, options);
    if ('token' in answer) {
      expect(answer.sessionId).toBe(store.rooms.get('standup')?.sessionId);
      expect(made).toHaveLength(before ? 0 : 1);
      return before ? 'joined' : 'created';
    }
    if ('createdAt' in answer) return 'shown';
    expect(store.rooms.size).toBe(0);
    return 'closed';
  } catch (error) {
    // What is refused changes nothing.
    expect(made).toEqual([]);
    expect(store.rooms.get('standup')).toEqual(before);
    return (error as Error).name.replace('Error', '');
  }
}

const user = (maxRole: Extract<Caller, { kind: 'user' }>['maxRole'], rooms?: string[]): Caller => ({
  kind: 'user',
  subject: 'ada',
  maxRole,
  rooms,
  roomsOnly: rooms !== undefined,
});
const JOIN = ['POST /rooms/standup/tokens', 'GET /room/standup'] as const;
const LOOK = ['GET /rooms/standup'] as const;
const CLOSE = ['DELETE /rooms/standup'] as const;
const END_USERS = ['subscriber', 'publisheronly', 'publisher'] as const;
const [LISTED, UNLISTED] = [['other', 'standup'], ['other']];

/** Every caller, every route; the room exists or not, OPEN_ROOMS is off or on. */
const rules: {
  who: string;
  callers: readonly Caller[];
  routes: readonly Route[];
  /** existing | new, each with OPEN_ROOMS off | on */
  existing: [string, string];
  missing: [string, string];
}[] = [
  {
    who: 'trusted callers',
    callers: [TRUSTED],
    routes: JOIN,
    existing: ['joined', 'joined'],
    missing: ['created', 'created'],
  },
  {
    who: 'moderators, with the room on their list or without a list',
    callers: [user('moderator'), user('moderator', LISTED)],
    routes: JOIN,
    existing: ['joined', 'joined'],
    missing: ['created', 'created'],
  },
  {
    who: 'other end users, with the room on their list or without a list',
    callers: END_USERS.flatMap((role) => [user(role), user(role, LISTED)]),
    routes: JOIN,
    existing: ['joined', 'joined'],
    missing: ['RoomNotFound', 'created'],
  },
  {
    who: 'end users of any role without the room on their list',
    callers: [...END_USERS, 'moderator' as const].flatMap((role) => [
      user(role, UNLISTED),
      user(role, []),
    ]),
    routes: [...JOIN, ...LOOK, ...CLOSE],
    existing: ['Forbidden', 'Forbidden'],
    missing: ['Forbidden', 'Forbidden'],
  },
  {
    who: 'trusted callers and moderators',
    callers: [TRUSTED, user('moderator'), user('moderator', LISTED)],
    routes: LOOK,
    existing: ['shown', 'shown'],
    missing: ['RoomNotFound', 'RoomNotFound'],
  },
  {
    who: 'trusted callers and moderators',
    callers: [TRUSTED, user('moderator'), user('moderator', LISTED)],
    routes: CLOSE,
    existing: ['closed', 'closed'],
    missing: ['closed', 'closed'],
  },
  {
    who: 'other end users',
    callers: END_USERS.flatMap((role) => [user(role), user(role, LISTED)]),
    routes: [...LOOK, ...CLOSE],
    existing: ['Forbidden', 'Forbidden'],
    missing: ['Forbidden', 'Forbidden'],
  },
];

describe('access to a room', () => {
  const cases = rules.flatMap(({ who, callers, routes, existing, missing }) =>
    callers.flatMap((caller) =>
      routes.flatMap((route) =>
        [false, true].flatMap((openRooms) =>
          [true, false].map((exists) => ({
            who,
            caller,
            route,
            openRooms,
            exists,
            expected: (exists ? existing : missing)[openRooms ? 1 : 0],
          })),
        ),
      ),
    ),
  );

  it('is ruled for every caller on every route, once', () => {
    const keys = cases.map(({ who: _, expected: __, ...key }) => JSON.stringify(key));
    expect(new Set(keys).size).toBe(keys.length);
    // 1 trusted, 4 roles with 4 kinds of list; 4 routes; the room there or not; open or not.
    expect(keys).toHaveLength((1 + 4 * 4) * 4 * 2 * 2);
  });

  it.each(cases)(
    '$route by $who (exists: $exists, OPEN_ROOMS: $openRooms): $expected',
    async ({ route, expected, ...options }) => {
      expect(await outcomeOf(route, options)).toBe(expected);
    },
  );
});

describe('the token of a room', () => {
  it.each([
    [TRUSTED, undefined, 'publisher'],
    [TRUSTED, 'moderator', 'moderator'],
    [user('moderator'), undefined, 'publisher'],
    [user('moderator'), 'moderator', 'moderator'],
    [user('publisher'), 'subscriber', 'subscriber'],
    [user('subscriber'), undefined, 'subscriber'],
    [user('publisheronly'), undefined, 'publisheronly'],
  ] as const)('has a role within the caller’s: %j asks for %s', async (caller, role, expected) => {
    const { serve, store } = await open();
    shelve(store, PROJECT);
    const answer = await serve(JOIN[0], { caller, body: role ? { role } : {} });
    expect(answer).toMatchObject({ role: expected, room: 'standup', apiKey: '123456' });
  });

  it('says who the end user is', async () => {
    const { serve, store } = await open();
    shelve(store, PROJECT);
    const answer = await serve(JOIN[0], { caller: user('publisher'), body: { data: 'x' } });
    const { claims } = decodeJwt('token' in answer ? answer.token : '');
    expect(claims['connection_data']).toBe('{"sub":"ada","data":"x"}');
  });

  it.each([
    ['a role above the caller’s', user('publisher'), { role: 'moderator' }, 'ForbiddenError'],
    ['data too long', user('moderator'), { data: 'x'.repeat(1000) }, 'ValidationError'],
  ] as const)('is refused for %s before a room is made', async (_what, caller, body, name) => {
    const { serve, made, store } = await open({ openRooms: true });
    expect((await catchFault(() => serve(JOIN[0], { caller, body }))).name).toBe(name);
    expect([made, store.calls]).toEqual([[], []]);
  });

  it('is refused as T1 for a Vonage application before a room is made', async () => {
    const { serve, made, store } = await open({ secret: VONAGE_SECRET });
    const fault = await catchFault(() => serve(JOIN[0], { body: { tokenType: 'T1' } }));
    expect(fault.errors).toEqual([expect.objectContaining({ pointer: '#/tokenType' })]);
    expect([made, store.calls]).toEqual([[], []]);
  });

  it('is not issued if the request has other options than the room', async () => {
    const { serve, store } = await open();
    shelve(store, PROJECT);
    const fault = await catchFault(() =>
      serve(JOIN[0], { body: { session: { mediaMode: 'routed' } } }),
    );
    expect(fault).toMatchObject({ name: 'RoomConflictError', status: 409 });
  });
});

describe('a room of open rooms', () => {
  const session = { mediaMode: 'routed', archiveMode: 'always' };

  it.each(END_USERS)('is opened by a %s with the default options only', async (role) => {
    const { serve, made, store } = await open({ openRooms: true });
    const caller = user(role);
    const refused = await catchFault(() => serve(JOIN[0], { caller, body: { session } }));
    expect(refused).toMatchObject({ name: 'ForbiddenError', status: 403 });
    expect([made, store.rooms.size]).toEqual([[], 0]);
    expect(await serve(JOIN[0], { caller })).toMatchObject({ sessionId: made[0] });
    const conflict = await catchFault(() => serve(JOIN[0], { caller, body: { session } }));
    expect(conflict.name).toBe('RoomConflictError');
  });

  it.each([TRUSTED, user('moderator')])('is opened by hosts with any: %j', async (caller) => {
    const { serve, store } = await open({ openRooms: true });
    await serve(JOIN[0], { caller, body: { session } });
    expect(store.rooms.get('standup')?.options).toMatchObject(session);
  });

  it('is routed where a sample client opens it, who chose nothing', async () => {
    const { serve, store } = await open({ openRooms: true });
    await serve('GET /room/standup', { caller: user('subscriber') });
    expect(store.rooms.get('standup')?.options.mediaMode).toBe('routed');
  });
});

describe('the sample route', () => {
  it('answers what the samples read and nothing more', async () => {
    const { serve } = await open();
    const answer = await serve('GET /room/standup');
    expect(Object.keys(answer)).toEqual(['apiKey', 'applicationId', 'sessionId', 'token']);
  });

  it('answers the reference app the same, and that no captions run', async () => {
    const { serve } = await open();
    const answer = await serve('GET /session/standup');
    expect(Object.keys(answer)).toEqual([
      ...['apiKey', 'applicationId', 'sessionId', 'token'],
      'captionsId',
    ]);
    expect(answer).toMatchObject({ captionsId: null });
  });

  it.each([
    ['API key', 'GET /room/standup', OPENTOK_SECRET, OPENTOK_SECRET.apiKey],
    ['application id', 'GET /room/standup', VONAGE_SECRET, VONAGE_SECRET.applicationId],
    ['API key', 'GET /session/standup', OPENTOK_SECRET, OPENTOK_SECRET.apiKey],
    ['application id', 'GET /session/standup', VONAGE_SECRET, VONAGE_SECRET.applicationId],
  ] as const)('answers the %s under both names: %s', async (_name, route, secret, id) => {
    const { serve } = await open({ secret });
    expect(await serve(route)).toMatchObject({ apiKey: id, applicationId: id });
  });

  it('joins a room that was made with other options', async () => {
    const { serve, store } = await open();
    const { sessionId } = shelve(store, PROJECT);
    expect(await serve('GET /room/standup')).toMatchObject({ sessionId });
  });

  it('makes a routed session, as the vendor’s servers do', async () => {
    const { serve, store } = await open();
    await serve('GET /room/standup');
    expect(store.rooms.get('standup')?.options.mediaMode).toBe('routed');
  });
});

describe('a join with the knock of a waiting caller', () => {
  const body = { knock: 'k'.repeat(22) };

  it('takes a user off the waiting list of an open room', async () => {
    const { serve, left, store } = await open();
    const { sessionId } = shelve(store, PROJECT);
    await serve(JOIN[0], { caller: user('publisher'), body });
    expect(left).toEqual([{ room: 'standup', sessionId, knockId: toKnockId('ada') }]);
  });

  it.each([
    ['a request without a knock', user('publisher'), {}],
    ['a trusted caller, who never waits', TRUSTED, body],
  ])('makes no call for %s', async (_what, caller, given) => {
    const { serve, left, store } = await open();
    shelve(store, PROJECT);
    await serve(JOIN[0], { caller, body: given });
    expect(left).toEqual([]);
  });

  it('does not fail when the table is unavailable', async () => {
    const leaveError = roomFault('RoomStoreUnavailableError', 'Unavailable.');
    const { serve, store } = await open({ leaveError });
    shelve(store, PROJECT);
    expect(await serve(JOIN[0], { caller: user('publisher'), body })).toHaveProperty('token');
  });

  it('fails on an error that is not a fault', async () => {
    const { serve, store } = await open({ leaveError: new TypeError('A bug.') });
    shelve(store, PROJECT);
    await expect(serve(JOIN[0], { caller: user('publisher'), body })).rejects.toThrow('A bug.');
  });
});

describe('the secret', () => {
  it.each([
    ['the join that creates the room', 60, 1],
    ['a join of a cached room', 60, 2],
    ['a join of a room that is read', 0, 2],
  ])('is requested once by %s', async (_what, cacheSeconds, joins) => {
    const { serve, secretRequests } = await open({ cacheSeconds });
    for (let join = 0; join < joins; join += 1) await serve(JOIN[0]);
    expect(secretRequests()).toBe(joins);
  });

  it('is requested once by a host', async () => {
    const { serve, store, secretRequests } = await open();
    shelve(store, PROJECT);
    await serve(LOOK[0]);
    expect(secretRequests()).toBe(1);
  });
});

describe('closing a room', () => {
  it('makes the next join create a new session, once the memory of the old one is over', async () => {
    const { serve } = await open({ cacheSeconds: 0 });
    const first = await serve(JOIN[0]);
    expect(await serve(CLOSE[0])).toEqual({});
    const second = await serve(JOIN[0]);
    expect('sessionId' in first && 'sessionId' in second).toBe(true);
    expect(second).not.toMatchObject({ sessionId: (first as { sessionId: string }).sessionId });
  });

  it('removes a room of another project, too', async () => {
    const { serve, store } = await open();
    shelve(store, { kind: 'opentok', id: '654321' });
    await serve(CLOSE[0]);
    expect(store.rooms.size).toBe(0);
  });
});

describe('a room that counts as gone', () => {
  it.each([
    ['is past its time', PROJECT, NOW_SECONDS],
    ['is of another project', { kind: 'opentok', id: '654321' } as const, undefined],
  ])('because it %s is not shown', async (_why, project, expiresAtSeconds) => {
    const { serve, store } = await open();
    shelve(store, project, { expiresAtSeconds });
    expect((await catchFault(() => serve(LOOK[0]))).name).toBe('RoomNotFoundError');
  });
});
