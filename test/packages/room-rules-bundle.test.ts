/**
 * The rules of a room, through the functions as they are deployed, against a real table: who comes in
 * when, on every way to the room's session; hosts who change the rules at once; a table that fails.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../lib/domain/token-request.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import { guestEvent, type RoomCall, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { storeInvite } from '../rooms/stored-invite.ts';
import { tokenWays } from '../support/access-table.ts';
import { type FunctionName, type Lambda, LambdaError } from '../support/lambda.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const HOUR = 3_600;
const WAYS = ['POST /rooms/door/tokens', 'GET /room/door', 'GET /session/door'] as const;
const always = { times: Number.POSITIVE_INFINITY };

const { use, dynamoDb, start } = usePackagedFunctions(
  ['joinRoom', 'joinAsGuest', 'manageRoom', 'openRoom', 'issueToken'],
  { SAMPLE_ROUTES: 'true' },
);
let addresses = 0;

const nowSeconds = () => Math.floor(Date.now() / 1000);

interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks as an end user with that role, by the function that the route leads to. */
async function ask(role: Role, call: Omit<RoomCall, 'claims'>): Promise<Seen> {
  const name = /^\w+ \/rooms\/[^/]+$/.test(call.route) ? 'manageRoom' : 'joinRoom';
  const event = roomEvent({ ...call, claims: { opentok_role: role } });
  return readRoomAnswer(await use(name).invoke(event));
}

/** Asks as a trusted caller, and takes a thrown fault for the answer that it is. */
async function askDirectly(name: FunctionName, request: object): Promise<Record<string, unknown>> {
  try {
    return await use(name).invoke(request);
  } catch (error) {
    if (error instanceof LambdaError) return { fault: error.name };
    throw error;
  }
}

const put = (room: string, body: object, ifMatch?: string) =>
  ask('moderator', { route: `PUT /rooms/${room}`, body, ...(ifMatch && { ifMatch }) });

/** Rules as they are in the table, whenever they were put. */
async function setRules(room: string, rules: object): Promise<void> {
  expect([200, 201]).toContain((await put(room, {})).status);
  await dynamoDb().ask('UpdateItem', {
    TableName: 'Rooms',
    Key: { room: { S: room }, item: { S: 'room' } },
    UpdateExpression: 'SET #rules = :rules, revision = :revision',
    ExpressionAttributeNames: { '#rules': 'rules' },
    ExpressionAttributeValues: {
      ':rules': { S: JSON.stringify(rules) },
      ':revision': { S: JSON.stringify(rules) },
    },
  });
}

/** A sample cannot wait, so that it is turned away. */
function expectToWait(seen: Seen, canWait: boolean): void {
  expect(JSON.stringify(seen.body)).not.toContain('token"');
  if (!canWait) {
    expect([seen.status, faultOf(seen)]).toEqual([403, 'room-locked-error']);
    return;
  }
  expect(seen.status).toBe(202);
  expect(seen.body).toEqual({
    ...{ status: 'waiting', pollAfterSeconds: 3 },
    knock: expect.any(String),
  });
}

/** By an invite to the room `door`, from an address of its own. */
async function joinAsGuest(): Promise<Seen> {
  const { Item } = await dynamoDb().ask('GetItem', {
    TableName: 'Rooms',
    Key: { room: { S: 'door' }, item: { S: 'room' } },
  });
  const sessionId = String(Object(Item).sessionId.S);
  const invite = await storeInvite(dynamoDb(), { room: 'door', sessionId });
  addresses += 1;
  const event = guestEvent({ body: { invite }, address: `198.51.100.${addresses}` });
  return readRoomAnswer(await use('joinAsGuest').invoke(event));
}

const faultOf = ({ body }: Seen) =>
  String(body['type'] ?? 'none').replace('urn:opentok-sessions:', '');

describe('the door of a room', () => {
  const windows = {
    always: {},
    'not yet': { opensAt: nowSeconds() + HOUR },
    now: { opensAt: nowSeconds() - 1, closesAt: nowSeconds() + HOUR },
    'no longer': { closesAt: nowSeconds() - 1 },
  };
  type End = 'in' | 'waits' | 'room-not-open-error' | 'room-locked-error' | 'room-closed-error';
  /** By admission and window: hosts, then all others. */
  const table: Record<string, Record<keyof typeof windows, [hosts: End, others: End]>> = {
    open: {
      always: ['in', 'in'],
      'not yet': ['in', 'room-not-open-error'],
      now: ['in', 'in'],
      'no longer': ['room-closed-error', 'room-closed-error'],
    },
    knock: {
      always: ['in', 'waits'],
      'not yet': ['in', 'room-not-open-error'],
      now: ['in', 'waits'],
      'no longer': ['room-closed-error', 'room-closed-error'],
    },
    closed: {
      always: ['in', 'room-locked-error'],
      'not yet': ['in', 'room-not-open-error'],
      now: ['in', 'room-locked-error'],
      'no longer': ['room-closed-error', 'room-closed-error'],
    },
  };
  const rows = Object.entries(table).flatMap(([admission, row]) =>
    Object.entries(row).map(([window, [hosts, others]]) => ({
      ...{ admission, window: window as keyof typeof windows, hosts, others },
    })),
  );
  const statuses = {
    'room-not-open-error': 403,
    'room-locked-error': 403,
    'room-closed-error': 410,
  };

  it.each(rows)(
    'that is $admission, open $window: for hosts $hosts, for others $others',
    async ({ admission, window, hosts, others }) => {
      const rules = { ...windows[window], admission };
      await setRules('door', rules);
      for (const maxRole of ROLES) {
        for (const route of WAYS) {
          const end = maxRole === 'moderator' ? hosts : others;
          const seen = await ask(maxRole, { route });
          if (end === 'in') {
            expect([200, 201]).toContain(seen.status);
            const claims = verifyHs256(String(seen.body['token']), madeUpProject.apiSecret);
            const { closesAt = Number.POSITIVE_INFINITY } = rules as { closesAt?: number };
            expect(Number(claims['exp'])).toBeLessThanOrEqual(closesAt);
            continue;
          }
          if (end === 'waits') {
            expectToWait(seen, route === WAYS[0]);
            continue;
          }
          expect([seen.status, faultOf(seen)]).toEqual([statuses[end], end]);
          expect(JSON.stringify(seen.body)).not.toContain('token');
          if (end === 'room-not-open-error') {
            const { opensAt } = windows['not yet'];
            expect(seen.body['opensAt']).toBe(opensAt);
            const waitSeconds = Number(seen.headers['retry-after']);
            expect(Math.abs(opensAt - nowSeconds() - waitSeconds)).toBeLessThanOrEqual(1);
          }
        }
      }
      const guest = await joinAsGuest();
      if (others === 'in') expect(guest.status).toBe(201);
      else if (others === 'waits') expectToWait(guest, true);
      else expect([guest.status, faultOf(guest)]).toEqual([statuses[others], others]);
      const direct = await askDirectly('joinRoom', { room: 'door', role: 'moderator' });
      expect('token' in direct ? 'in' : direct['fault']).toBe(
        hosts === 'in' ? 'in' : 'RoomClosedError',
      );
    },
    30_000,
  );

  it('gives who asks for no role the room’s, within their own', async () => {
    await setRules('door', { admission: 'open', defaultRole: 'moderator' });
    for (const maxRole of ROLES) {
      const { body } = await ask(maxRole, { route: WAYS[0] });
      expect(body['role']).toBe(maxRole === 'moderator' ? 'moderator' : maxRole);
    }
    await setRules('door', { admission: 'open', defaultRole: 'subscriber' });
    for (const [maxRole, role] of [
      ...[['moderator', 'subscriber'] as const, ['publisher', 'subscriber'] as const],
      ...[['subscriber', 'subscriber'] as const, ['publisheronly', 'publisheronly'] as const],
    ]) {
      expect((await ask(maxRole, { route: WAYS[0] })).body['role']).toBe(role);
    }
  });

  it('cuts a default expiry, and refuses one that was asked for', async () => {
    const closesAt = nowSeconds() + HOUR;
    await put('door', { closesAt });
    for (const maxRole of ['moderator', 'subscriber'] as const) {
      const { body } = await ask(maxRole, { route: WAYS[0] });
      expect(body['expireTime']).toBe(closesAt);
      const late = await ask(maxRole, { route: WAYS[0], body: { expireTime: closesAt + 1 } });
      expect(late.status).toBe(400);
      expect(late.body['errors']).toMatchObject([{ pointer: '#/expireTime' }]);
      const early = await ask(maxRole, { route: WAYS[0], body: { expireTime: closesAt } });
      expect(early.body['expireTime']).toBe(closesAt);
    }
  });
});

describe('the session of a room with rules', () => {
  it('is not come to past them, on any way to a token', async () => {
    const { body } = await put('door', { admission: 'closed' });
    const sessionId = String(body['sessionId']);
    for (const { way, who } of tokenWays) {
      if (who === 'trusted') continue;
      const room = way === 'GET /session' ? 'session' : 'door';
      await put(room, { admission: 'closed' });
      const route = way.replace('{name}', room).replace('{sessionId}', sessionId);
      const body = way.startsWith('POST /v2/') ? { body: { roomName: room } } : {};
      const event = roomEvent({ route, ...body, claims: { opentok_role: 'publisher' } });
      const name = way.includes('{sessionId}') ? 'issueToken' : 'joinRoom';
      const seen = readRoomAnswer(await use(name).invoke(event));
      expect([way, seen.status, 'token' in seen.body]).toEqual([way, 403, false]);
    }
  });

  it.each([
    { opensAt: 1 },
    { closesAt: nowSeconds() + HOUR },
    { admission: 'closed' },
    { admission: 'knock' },
  ])(
    'gets none that keep nobody out where tokens are issued by session id: %j',
    async (rules) => {
      const openById = await start('manageRoom', { ROOMS_ONLY: 'false' });
      const opener = await start('openRoom', { ROOMS_ONLY: 'false' });
      const withClaim = await start('manageRoom', { ROOMS_ONLY: 'false', ROOMS_CLAIM: 'rooms' });
      try {
        const call = { route: 'PUT /rooms/byid', body: rules };
        const claims = { opentok_role: 'moderator', rooms: 'byid' };
        const refused = readRoomAnswer(await openById.invoke(roomEvent({ ...call, claims })));
        expect(refused.status).toBe(400);
        expect(JSON.stringify(refused.body['errors'])).toMatch(/session id.*roomsOnly=true/);
        const direct = openById.invoke({ action: 'putRoom', room: 'byid', ...rules });
        await expect(direct).rejects.toMatchObject({ name: 'ValidationError' });
        const message = opener.invoke({ room: 'byid', ...rules });
        await expect(message).rejects.toMatchObject({ name: 'ValidationError' });
        const claimed = readRoomAnswer(await withClaim.invoke(roomEvent({ ...call, claims })));
        expect([200, 201]).toContain(claimed.status);
      } finally {
        await Promise.all([openById.close(), opener.close(), withClaim.close()]);
      }
    },
    30_000,
  );
});

describe('hosts', () => {
  it('alone see, change and remove a room', async () => {
    await put('hosts', {});
    for (const role of ['subscriber', 'publisheronly', 'publisher'] as const) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        expect((await ask(role, { route: `${method} /rooms/hosts` })).status).toBe(403);
      }
    }
    const seen = await ask('moderator', { route: 'GET /rooms/hosts' });
    expect([seen.status, seen.headers['etag']]).toEqual([200, seen.body['etag']]);
  });

  it('of whom eight change a room at once, one has its way', async () => {
    const { headers } = await put('race', {});
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put('race', { opensAt: index + 1 }, headers['etag'])),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...new Array(7).fill(412)]);
    const winner = answers.find(({ status }) => status === 200);
    const { body } = await ask('moderator', { route: 'GET /rooms/race' });
    expect(body['opensAt']).toBe(winner?.body['opensAt']);
  });

  it('reach directly all that the routes do, by the same names', async () => {
    const room = 'direct';
    const created = await askDirectly('manageRoom', { action: 'putRoom', room, opensAt: 5 });
    expect(created).toMatchObject({ created: true, name: room, opensAt: 5 });
    const { created: _, ...shown } = created;
    expect(await askDirectly('manageRoom', { action: 'getRoom', room })).toEqual(shown);
    const stale = { action: 'putRoom', room, ifMatch: '"stale"' };
    expect(await askDirectly('manageRoom', stale)).toEqual({ fault: 'PreconditionFailedError' });
    const removal = { action: 'deleteRoom', room, ifMatch: created['etag'] };
    expect(await askDirectly('manageRoom', removal)).toEqual({});
    expect(await askDirectly('manageRoom', { action: 'getRoom', room })).toEqual({
      fault: 'RoomNotFoundError',
    });
  });

  it('open tomorrow’s rooms by messages, which change no room that exists', async () => {
    const opensAt = nowSeconds() + HOUR;
    const message = { room: 'tomorrow', opensAt, admission: 'closed' };
    const opened = await askDirectly('openRoom', message);
    expect(opened).toMatchObject({ name: 'tomorrow', opensAt, admission: 'closed' });
    expect(await askDirectly('openRoom', message)).toEqual(opened);
    const join = { route: 'POST /rooms/tomorrow/tokens' };
    expect(faultOf(await ask('publisher', join))).toBe('room-not-open-error');
    await put('tomorrow', {});
    expect(await askDirectly('openRoom', message)).toEqual({ fault: 'RoomConflictError' });
    expect((await ask('publisher', join)).status).toBe(201);
  });
});

describe('a door that is closed', () => {
  it('lets nobody in from then on who began after it, in no container', async () => {
    const other = await start('joinRoom');
    const event = roomEvent({ route: WAYS[0], claims: { opentok_role: 'publisher' } });
    try {
      await put('door', {});
      const joinAll = () =>
        Promise.all(
          [use('joinRoom'), other].flatMap((lambda) =>
            Array.from({ length: 10 }, async () => readRoomAnswer(await lambda.invoke(event))),
          ),
        );
      for (const { status } of await joinAll()) expect(status).toBe(201);
      const meanwhile = joinAll();
      expect((await put('door', { admission: 'closed' })).status).toBe(200);
      for (const { status } of await joinAll()) expect(status).toBe(403);
      for (const { status } of await meanwhile) expect([201, 403]).toContain(status);
      await put('door', {});
      for (const { status } of await joinAll()) expect(status).toBe(201);
    } finally {
      await other.close();
    }
  });

  it('closes a room that nobody had put once the memory of it is over', async () => {
    const forgetful = await start('joinRoom', { ROOM_CACHE_SECONDS: '0' });
    try {
      await forgetful.invoke({ room: 'joined' });
      await put('joined', { admission: 'closed' });
      const event = roomEvent({
        route: 'POST /rooms/joined/tokens',
        claims: { opentok_role: 'publisher' },
      });
      expect(readRoomAnswer(await forgetful.invoke(event)).status).toBe(403);
    } finally {
      await forgetful.close();
    }
  });

  it.each(['{', '{}x', 'null', '{"admission":"ajar"}', '{"opensAt":"soon"}', ''])(
    'stays closed while its rules cannot be read: %j',
    async (text) => {
      await put('broken', {});
      await dynamoDb().ask('UpdateItem', {
        TableName: 'Rooms',
        Key: { room: { S: 'broken' }, item: { S: 'room' } },
        UpdateExpression: 'SET #rules = :rules',
        ExpressionAttributeNames: { '#rules': 'rules' },
        ExpressionAttributeValues: { ':rules': text === '' ? { N: '1' } : { S: text } },
      });
      const seen = await ask('publisher', { route: 'POST /rooms/broken/tokens' });
      expect([seen.status, faultOf(seen)]).toEqual([500, 'invalid-room-item-error']);
      expect((await ask('moderator', { route: 'DELETE /rooms/broken' })).status).toBe(204);
    },
  );
});

describe('a table that fails', () => {
  const faults: [name: string, fault: Fault, status: number][] = [
    ['throttles', dynamoFaults.throttling, 503],
    ['resets connections', { kind: 'reset' }, 503],
    ['refuses the role', dynamoFaults.accessDenied, 500],
    ['hangs', { kind: 'hang' }, 503],
  ];
  const calls: readonly RoomCall[] = [
    { route: 'POST /rooms/failing/tokens' },
    { route: 'GET /rooms/failing' },
    { route: 'PUT /rooms/failing', body: { opensAt: 1 } },
    { route: 'DELETE /rooms/failing' },
  ];

  it.each(faults)(
    'when it %s opens no door and changes nothing',
    async (_what, fault, status) => {
      await put('failing', { admission: 'closed' });
      try {
        for (const call of calls) {
          dynamoDb().fail(fault, always);
          const seen = await ask('moderator', call);
          expect([call.route, seen.status]).toEqual([call.route, status]);
          expect('token' in seen.body).toBe(false);
        }
      } finally {
        dynamoDb().recover();
      }
      const { body } = await ask('moderator', { route: 'GET /rooms/failing' });
      expect(body).toMatchObject({ admission: 'closed', opensAt: null });
    },
    60_000,
  );

  it.each(['truncated', 'reset'] as const)(
    'loses no change and makes none twice when one answer is %s',
    async (kind) => {
      for (let skipped = 0; skipped < 3; skipped += 1) {
        const room = `lost-${kind}-${skipped}`;
        const failNext = () => {
          dynamoDb().fail({ kind: 'delay', delayMs: 0 }, { times: skipped });
          dynamoDb().fail({ kind });
        };
        if (skipped > 0) failNext();
        const before = use('manageRoom').platform.counts.requests;
        const created = await put(room, {});
        dynamoDb().recover();
        expect([created.status, use('manageRoom').platform.counts.requests]).toEqual([
          201,
          before + 1,
        ]);
        failNext();
        const changed = await put(room, { opensAt: 1 }, created.headers['etag']);
        dynamoDb().recover();
        expect([changed.status, changed.body['opensAt']]).toEqual([200, 1]);
        failNext();
        const etag = changed.headers['etag'] ?? '';
        const removed = await ask('moderator', { route: `DELETE /rooms/${room}`, ifMatch: etag });
        dynamoDb().recover();
        expect(removed.status).toBe(204);
      }
    },
    60_000,
  );
});

describe('any history of hosts and joiners', () => {
  const [past, future, later] = [nowSeconds() - HOUR, nowSeconds() + HOUR, nowSeconds() + 2 * HOUR];
  const rules = fc.record(
    {
      opensAt: fc.constantFrom(past, future),
      closesAt: fc.constant(later),
      admission: fc.constantFrom('open', 'closed'),
      defaultRole: fc.constantFrom(...ROLES),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), rules, seen: fc.boolean() }),
    fc.record({ kind: fc.constant('delete' as const), seen: fc.boolean() }),
    fc.record({ kind: fc.constant('get' as const) }),
    fc.record({ kind: fc.constant('join' as const), role: fc.constantFrom(...ROLES) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
  type Rules = { opensAt?: number; closesAt?: number; admission?: string; defaultRole?: Role };

  /** What has to come of a step: the status, by the rules that were put last. */
  function createModel() {
    let room: Rules | undefined;
    let isSeen = false;
    return (asked: Step): number => {
      const isStale = 'seen' in asked && asked.seen && !isSeen;
      switch (asked.kind) {
        case 'get':
          isSeen = room !== undefined;
          return room ? 200 : 404;
        case 'put': {
          if (isStale) return 412;
          const status = room ? 200 : 201;
          [room, isSeen] = [asked.rules, true];
          return status;
        }
        case 'delete':
          if (isStale) return 412;
          [room, isSeen] = [undefined, false];
          return 204;
        case 'join': {
          if (asked.role === 'moderator') {
            room ??= {};
            return 201;
          }
          if (!room) return 404;
          return room.opensAt === future || room.admission === 'closed' ? 403 : 201;
        }
      }
    };
  }

  // Without a memory, so that what was removed is gone for the next step.
  let forgetful: Lambda;
  beforeAll(async () => {
    forgetful = await start('joinRoom', { ROOM_CACHE_SECONDS: '0' });
  });
  afterAll(() => forgetful.close());

  it('ends as a model of twenty lines says', async () => {
    let rooms = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        rooms += 1;
        const name = `history${rooms}`;
        const expectedOf = createModel();
        let etag: string | undefined = '"never"';
        for (const asked of steps) {
          const ifMatch = 'seen' in asked && asked.seen ? { ifMatch: etag ?? '"gone"' } : {};
          const seen = await play(name, asked, ifMatch);
          expect([asked, seen.status]).toEqual([asked, expectedOf(asked)]);
          if (seen.status === 204) etag = undefined;
          if (asked.kind === 'get' && seen.status === 404) etag = undefined;
          etag = seen.headers['etag'] ?? etag;
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  async function play(room: string, asked: Step, ifMatch: { ifMatch?: string }): Promise<Seen> {
    switch (asked.kind) {
      case 'put':
        return ask('moderator', { route: `PUT /rooms/${room}`, body: asked.rules, ...ifMatch });
      case 'delete':
        return ask('moderator', { route: `DELETE /rooms/${room}`, ...ifMatch });
      case 'get':
        return ask('moderator', { route: `GET /rooms/${room}` });
      case 'join':
        return readRoomAnswer(
          await forgetful.invoke(
            roomEvent({
              route: `POST /rooms/${room}/tokens`,
              claims: { opentok_role: asked.role },
            }),
          ),
        );
    }
  }
});
