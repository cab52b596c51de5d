/**
 * The rules of a room, through the packaged functions and a real table: admission on every route, hosts
 * who change the rules concurrently, and a failing table.
 */
import { describe, expect, it } from 'vitest';
import type { Role } from '../../lib/domain/token-request.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import { guestEvent, type RoomCall, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { storeInvite } from '../rooms/stored-invite.ts';
import { entryPoints } from '../support/entry-points.ts';
import { type FunctionName, LambdaError } from '../support/lambda.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const HOUR = 3_600;
const ROUTES = ['POST /rooms/door/tokens', 'GET /room/door', 'GET /session/door'] as const;
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

/** Sends a request as an end user with the role, to the function of the route. */
async function ask(role: Role, call: Omit<RoomCall, 'claims'>): Promise<Seen> {
  const name = /^\w+ \/rooms\/[^/]+$/.test(call.route) ? 'manageRoom' : 'joinRoom';
  const event = roomEvent({ ...call, claims: { opentok_role: role } });
  return readRoomAnswer(await use(name).invoke(event));
}

/** Invokes as a trusted caller; returns the error name as `fault` if the function throws. */
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

/** Writes rules into the table, also those that a request could not set any more. */
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

/** Expects 202, or on a sample route, which cannot wait, 403. */
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

/** Joins the room `door` by an invite, from a new address. */
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

describe('admission to a room', () => {
  const [past, future] = [nowSeconds() - 1, nowSeconds() + HOUR];
  type End = 'in' | 'waits' | 'room-not-open-error' | 'room-locked-error' | 'room-closed-error';
  /** A row per end. test/rooms/domain/room-rules.test.ts has the full table. */
  const rows: [rules: object, hosts: End, others: End][] = [
    [{ admission: 'open', opensAt: past, closesAt: future }, 'in', 'in'],
    [{ admission: 'knock' }, 'in', 'waits'],
    [{ admission: 'closed' }, 'in', 'room-locked-error'],
    [{ admission: 'knock', opensAt: future }, 'in', 'room-not-open-error'],
    [{ admission: 'open', closesAt: past }, 'room-closed-error', 'room-closed-error'],
  ];
  const statuses = {
    'room-not-open-error': 403,
    'room-locked-error': 403,
    'room-closed-error': 410,
  };

  it.each(rows)(
    'with %j: hosts %s, others %s, on every route',
    async (rules, hosts, others) => {
      await setRules('door', rules);
      for (const maxRole of ['moderator', 'publisher'] as const) {
        for (const route of ROUTES) {
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
            expectToWait(seen, route === ROUTES[0]);
            continue;
          }
          expect([seen.status, faultOf(seen)]).toEqual([statuses[end], end]);
          expect(JSON.stringify(seen.body)).not.toContain('token');
          if (end === 'room-not-open-error') {
            expect(seen.body['opensAt']).toBe(future);
            const waitSeconds = Number(seen.headers['retry-after']);
            expect(Math.abs(future - nowSeconds() - waitSeconds)).toBeLessThanOrEqual(1);
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

  it('grants the room’s default role if the caller may have it', async () => {
    await setRules('door', { admission: 'open', defaultRole: 'moderator' });
    for (const role of ['moderator', 'publisher'] as const) {
      expect((await ask(role, { route: ROUTES[0] })).body['role']).toBe(role);
    }
  });

  it('limits a default expiry to closesAt, and rejects a later expireTime', async () => {
    const closesAt = nowSeconds() + HOUR;
    await put('door', { closesAt });
    for (const maxRole of ['moderator', 'subscriber'] as const) {
      const { body } = await ask(maxRole, { route: ROUTES[0] });
      expect(body['expireTime']).toBe(closesAt);
      const late = await ask(maxRole, { route: ROUTES[0], body: { expireTime: closesAt + 1 } });
      expect(late.status).toBe(400);
      expect(late.body['errors']).toMatchObject([{ pointer: '#/expireTime' }]);
      const early = await ask(maxRole, { route: ROUTES[0], body: { expireTime: closesAt } });
      expect(early.body['expireTime']).toBe(closesAt);
    }
  });
});

describe('the session of a room with rules', () => {
  it('is protected by them at every entry point', async () => {
    const { body } = await put('door', { admission: 'closed' });
    const sessionId = String(body['sessionId']);
    for (const { entry, who } of entryPoints) {
      if (who === 'trusted') continue;
      const room = entry === 'GET /session' ? 'session' : 'door';
      await put(room, { admission: 'closed' });
      const route = entry.replace('{name}', room).replace('{sessionId}', sessionId);
      const body = entry.startsWith('POST /v2/') ? { body: { roomName: room } } : {};
      const event = roomEvent({ route, ...body, claims: { opentok_role: 'publisher' } });
      const name = entry.includes('{sessionId}') ? 'issueToken' : 'joinRoom';
      const seen = readRoomAnswer(await use(name).invoke(event));
      expect([entry, seen.status, 'token' in seen.body]).toEqual([entry, 403, false]);
    }
  });

  it('cannot be restricted where tokens are issued by session id', async () => {
    const openById = await start('manageRoom', { ROOMS_ONLY: 'false' });
    const opener = await start('openRoom', { ROOMS_ONLY: 'false' });
    const withClaim = await start('manageRoom', { ROOMS_ONLY: 'false', ROOMS_CLAIM: 'rooms' });
    try {
      for (const rules of [{ closesAt: nowSeconds() + HOUR }, { admission: 'knock' }]) {
        const call = { route: 'PUT /rooms/byid', body: rules };
        const claims = { opentok_role: 'moderator', rooms: 'byid' };
        const rejected = readRoomAnswer(await openById.invoke(roomEvent({ ...call, claims })));
        expect(rejected.status).toBe(400);
        expect(JSON.stringify(rejected.body['errors'])).toMatch(/session id.*roomsOnly=true/);
        const direct = openById.invoke({ action: 'putRoom', room: 'byid', ...rules });
        await expect(direct).rejects.toMatchObject({ name: 'ValidationError' });
        const message = opener.invoke({ room: 'byid', ...rules });
        await expect(message).rejects.toMatchObject({ name: 'ValidationError' });
        const claimed = readRoomAnswer(await withClaim.invoke(roomEvent({ ...call, claims })));
        expect([200, 201]).toContain(claimed.status);
      }
    } finally {
      await Promise.all([openById.close(), opener.close(), withClaim.close()]);
    }
  }, 30_000);
});

describe('hosts', () => {
  it('are the only callers who can read, change and remove a room', async () => {
    await put('hosts', {});
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect((await ask('publisher', { route: `${method} /rooms/hosts` })).status).toBe(403);
    }
    const seen = await ask('moderator', { route: 'GET /rooms/hosts' });
    expect([seen.status, seen.headers['etag']]).toEqual([200, seen.body['etag']]);
  });

  it('who change a room concurrently with the same If-Match: one succeeds', async () => {
    const { headers } = await put('race', {});
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put('race', { opensAt: index + 1 }, headers['etag'])),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...new Array(7).fill(412)]);
    const winner = answers.find(({ status }) => status === 200);
    const { body } = await ask('moderator', { route: 'GET /rooms/race' });
    expect(body['opensAt']).toBe(winner?.body['opensAt']);
  });

  it('can invoke every route’s action directly', async () => {
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

  it('create rooms by messages, which never change an existing room', async () => {
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

describe('a room that is closed', () => {
  it('rejects every join that starts afterwards, in every container', async () => {
    const other = await start('joinRoom');
    const event = roomEvent({ route: ROUTES[0], claims: { opentok_role: 'publisher' } });
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

  it('rejects joins once the cache entry of an unconfigured room expires', async () => {
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
    'rejects joins while its rules are malformed: %j',
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
    ['denies access', dynamoFaults.accessDenied, 500],
    ['hangs', { kind: 'hang' }, 503],
  ];
  const calls: readonly RoomCall[] = [
    { route: 'POST /rooms/failing/tokens' },
    { route: 'GET /rooms/failing' },
    { route: 'PUT /rooms/failing', body: { opensAt: 1 } },
    { route: 'DELETE /rooms/failing' },
  ];

  it.each(faults)(
    'returns an error if it %s, and changes nothing',
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
    'applies each change once if one response is %s',
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
