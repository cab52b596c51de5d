/**
 * Guests, through the packaged functions and a real table: who can invite, and which invites are accepted.
 */
import { describe, expect, it } from 'vitest';
import type { Role } from '../../lib/domain/token-request.ts';
import { readGuestSecret, toGuestSubject } from '../../lib/rooms/domain/invite-secret.ts';
import { toKnockId } from '../../lib/rooms/domain/knock.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import {
  guestEvent,
  type RoomAnswer,
  type RoomCall,
  readRoomAnswer,
  roomEvent,
} from '../rooms/room-events.ts';
import { storeInvite } from '../rooms/stored-invite.ts';
import { strangerDoors, userDoors } from '../support/callers.ts';
import { functionUrlEvent, httpApiEvent, restApiEvent } from '../support/http-events.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const HOUR = 3_600;
const always = { times: Number.POSITIVE_INFINITY };
const NO_SUCH_INVITE =
  'This invite is invalid, expired, revoked or already used. Ask the host for a new one.';

const { use, dynamoDb, logged } = usePackagedFunctions([
  'joinAsGuest',
  'manageRoom',
  'joinRoom',
  'issueToken',
]);
let addresses = 0;
/** Returns a new address for each request; the rate limit is per address. */
const newAddress = () => `198.51.${Math.floor(addresses / 250)}.${(addresses++ % 250) + 1}`;

/** The requests of an address in this minute and in the next, so that a test may cross into it. */
async function countRequests(address: string, requests: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000);
  for (const at of [minute, minute + 1]) {
    await dynamoDb().ask('PutItem', {
      TableName: 'Rooms',
      Item: {
        ...{ room: { S: `source#${address}` }, item: { S: `minute#${at}` } },
        requests: { N: String(requests) },
      },
    });
  }
}

/** The requests of a known guest, counted until the end of the next minute. */
async function countRequestsOf(guest: string, requests: number): Promise<void> {
  const secret = readGuestSecret(guest) ?? expect.fail();
  await dynamoDb().ask('UpdateItem', {
    TableName: 'Rooms',
    Key: { room: { S: secret.room }, item: { S: `knock#${toKnockId(toGuestSubject(secret))}` } },
    UpdateExpression: 'SET #minute = :minute, requests = :requests',
    ExpressionAttributeNames: { '#minute': 'minute' },
    ExpressionAttributeValues: {
      ':minute': { N: String(Math.floor(Date.now() / 60_000) + 1) },
      ':requests': { N: String(requests) },
    },
  });
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Sends a request as an end user with the role, by default a moderator. */
async function ask(call: RoomCall | string, role: Role = 'moderator'): Promise<RoomAnswer> {
  const asked = typeof call === 'string' ? { route: call } : call;
  const name = /\/tokens$/.test(asked.route) ? 'joinRoom' : 'manageRoom';
  const event = roomEvent({ ...asked, claims: { opentok_role: role } });
  return readRoomAnswer(await use(name).invoke(event));
}

async function join(body: object | undefined, address = newAddress()): Promise<RoomAnswer> {
  return readRoomAnswer(await use('joinAsGuest').invoke(guestEvent({ body, address })));
}

async function putRoom(room: string, rules: object = {}): Promise<string> {
  const { status, body } = await ask({ route: `PUT /rooms/${room}`, body: rules });
  expect([200, 201]).toContain(status);
  return String(body['sessionId']);
}

async function invite(room: string, body: object = {}): Promise<Record<string, string>> {
  const made = await ask({ route: `POST /rooms/${room}/invites`, body });
  expect(made.status).toBe(201);
  return made.body as Record<string, string>;
}

async function listInvites(room: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await ask(`GET /rooms/${room}/invites`);
  expect(status).toBe(200);
  return body['invites'] as Record<string, unknown>[];
}

const claimsOf = ({ body }: RoomAnswer) =>
  verifyHs256(String(body['token']), madeUpProject.apiSecret) as Record<string, unknown>;
const identityOf = (answer: RoomAnswer) =>
  JSON.parse(String(claimsOf(answer)['connection_data'])) as Record<string, string>;

describe('a guest', () => {
  it('joins the room of the invite with its name and role', async () => {
    const sessionId = await putRoom('visit');
    const made = await invite('visit', { name: 'Ada', role: 'publisher' });
    const joined = await join({ invite: made['invite'], name: 'Eve', data: 'seat 7' });
    expect(joined).toMatchObject({
      status: 201,
      body: { sessionId, room: 'visit', role: 'publisher', expireTime: made['expireTime'] },
    });
    const identity = identityOf(joined);
    expect(Object.keys(identity)).toEqual(['sub', 'name', 'data']);
    expect(identity).toEqual({
      sub: expect.stringMatching(/^guest:[\w-]{22}$/),
      ...{ name: 'Ada', data: 'seat 7' },
    });
    expect(claimsOf(joined)).toMatchObject({
      session_id: sessionId,
      role: 'publisher',
      exp: made['expireTime'],
    });
  });

  it('sets the name if the invite has none', async () => {
    await putRoom('visit');
    const { invite: text } = await invite('visit', { maxGuests: 2 });
    expect(identityOf(await join({ invite: text, name: 'Bob' }))['name']).toBe('Bob');
    expect(Object.keys(identityOf(await join({ invite: text })))).toEqual(['sub']);
  });

  it('gets a token that expires when the room closes', async () => {
    const closesAt = nowSeconds() + HOUR;
    await putRoom('short', { closesAt });
    const { invite: text, expireTime } = await invite('short');
    expect(Number(expireTime)).toBeGreaterThan(closesAt);
    const joined = await join({ invite: text });
    expect([joined.body['expireTime'], claimsOf(joined)['exp']]).toEqual([closesAt, closesAt]);
  });

  it('returns with the same subject and takes no other place', async () => {
    await putRoom('return');
    const { invite: text } = await invite('return', { maxGuests: 1 });
    const first = await join({ invite: text });
    const { guest } = first.body;
    for (const body of [{ guest }, { guest, invite: text }, { guest, role: 'subscriber' }]) {
      const again = await join(body);
      expect([again.status, again.body['guest']]).toEqual([201, guest]);
      expect(identityOf(again)['sub']).toBe(identityOf(first)['sub']);
    }
    expect(await listInvites('return')).toMatchObject([{ guests: 1, maxGuests: 1 }]);
    expect((await join({ invite: text })).status).toBe(404);
  });

  it('gets the role of the invite by default and at most', async () => {
    await putRoom('visit');
    const { invite: text } = await invite('visit', { role: 'publisher' });
    const { guest, role: granted } = (await join({ invite: text })).body;
    expect(granted).toBe('publisher');
    expect((await join({ guest, role: 'subscriber' })).body['role']).toBe('subscriber');
    expect((await join({ guest, role: 'moderator' })).status).toBe(403);
  });

  it('can send data up to what subject and name leave of 1,000 characters', async () => {
    await putRoom('visit');
    const { invite: text } = await invite('visit', { maxGuests: 9, name: '"'.repeat(64) });
    const { guest, sessionId } = (await join({ invite: text })).body;
    expect(sessionId).toBeDefined();
    const fixed = JSON.stringify({
      sub: `guest:${'x'.repeat(22)}`,
      name: '"'.repeat(64),
      data: '',
    });
    const left = 1_000 - fixed.length;
    expect((await join({ guest, data: 'a'.repeat(left) })).status).toBe(201);
    const { status, body } = await join({ guest, data: 'a'.repeat(left + 1) });
    expect([status, body['errors']]).toEqual([
      400,
      [{ pointer: '#/data', detail: expect.stringContaining(`at most ${left} characters`) }],
    ]);
  });

  it.each(userDoors)('stays a guest if an authorizer names a user: %s', async (_door, build) => {
    await putRoom('visit');
    const { invite: text } = await invite('visit');
    const call = { path: '/invites/tokens', body: { invite: text } };
    const event = build(call, { opentok_role: 'moderator' });
    const joined = readRoomAnswer(await use('joinAsGuest').invoke(event));
    expect(joined.body['role']).toBe('publisher');
    expect(identityOf(joined)['sub']).toMatch(/^guest:/);
  });

  it.each([
    ['HTTP API', httpApiEvent],
    ['REST API', restApiEvent],
    ['function URL', functionUrlEvent],
  ])('joins by a route without an authorizer: %s', async (_name, door) => {
    await putRoom('visit');
    const { invite: text } = await invite('visit');
    const event = guestEvent({ body: { invite: text }, address: newAddress(), door });
    expect(readRoomAnswer(await use('joinAsGuest').invoke(event)).status).toBe(201);
  });

  it('gets 401 on every other route', async () => {
    const sessionId = await putRoom('visit');
    const { invite: text } = await invite('visit', { maxGuests: 9 });
    const { guest } = (await join({ invite: text })).body;
    for (const [, build] of strangerDoors) {
      for (const [name, event] of [
        ['issueToken', build({ sessionId, body: {} })],
        ['joinRoom', build({ room: 'visit', body: {} })],
        ['joinRoom', build({ room: 'visit', body: { knock: guest } })],
      ] as const) {
        expect(readRoomAnswer(await use(name).invoke(event)).status).toBe(401);
      }
    }
    for (const route of [
      'GET /rooms/visit/invites',
      'GET /rooms/visit',
      'GET /rooms/visit/knocks',
    ]) {
      const { authorizer: _, ...context } = Object(roomEvent(route)['requestContext']);
      const event = { ...roomEvent(route), requestContext: context };
      expect(readRoomAnswer(await use('manageRoom').invoke(event)).status).toBe(401);
    }
  });

  it('cannot be impersonated by the subject of a user', async () => {
    await putRoom('visit');
    const claims = { sub: 'guest:0J8yE2m4Qf1b7nT5rVxKpA', opentok_role: 'publisher' };
    const event = roomEvent({ route: 'POST /rooms/visit/tokens', claims });
    const { status, body } = readRoomAnswer(await use('joinRoom').invoke(event));
    expect([status, body['detail']]).toEqual([403, expect.stringContaining('guest:')]);
  });
});

describe('an invalid invite', () => {
  const wrongs: [what: string, make: (text: string) => Promise<object> | object][] = [
    ['unknown', (text) => ({ invite: text.replace(/.$/, text.endsWith('A') ? 'Q' : 'A') })],
    ['of an unknown id', (text) => ({ invite: text.replace(/\.[^.]+\./, `.${'x'.repeat(16)}.`) })],
    ['of another room', (text) => ({ invite: text.replace('visit', 'other') })],
    ['of a room that does not exist', (text) => ({ invite: text.replace('visit', 'nowhere') })],
    ['malformed', () => ({ invite: 'visit' })],
    ['empty', () => ({ invite: '' })],
    ['huge', () => ({ invite: 'x'.repeat(30_000) })],
    [
      'the secret of a guest',
      async (text) => ({ invite: (await join({ invite: text })).body['guest'] }),
    ],
    [
      'valid, with the guest of another invite',
      async (text) => {
        const { invite: other } = await invite('visit');
        return { invite: text, guest: (await join({ invite: other })).body['guest'] };
      },
    ],
    ['sent as a guest', (text) => ({ guest: text })],
    ['valid, with an invalid guest', (text) => ({ invite: text, guest: text })],
    [
      'wrong, with a valid guest',
      async (text) => {
        const { guest } = (await join({ invite: text })).body;
        return { invite: text.replace(/.$/, text.endsWith('A') ? 'Q' : 'A'), guest };
      },
    ],
    ['expired', async () => ({ invite: await stored({ expiresAt: { N: String(nowSeconds()) } }) })],
    [
      'of an earlier room of that name',
      async () => ({
        invite: await stored({
          sessionId: { S: '1_MX4xMjM0NTZ-flNhdCBNYXIgMTUgMTQ6NDI6MjMgUERUIDIwMTR-MC40OTAxMzAyNX4' },
        }),
      }),
    ],
    [
      'used up',
      async () => {
        const { invite: text } = await invite('visit');
        await join({ invite: text });
        return { invite: text };
      },
    ],
    [
      'revoked',
      async () => {
        const { invite: text, inviteId } = await invite('visit');
        expect((await ask(`DELETE /rooms/visit/invites/${inviteId}`)).status).toBe(204);
        return { invite: text };
      },
    ],
    [
      'revoked, by a guest who has joined',
      async () => {
        const { invite: text, inviteId } = await invite('visit');
        const { guest } = (await join({ invite: text })).body;
        await ask(`DELETE /rooms/visit/invites/${inviteId}`);
        return { guest };
      },
    ],
  ];

  async function stored(changed: Record<string, object>): Promise<string> {
    return storeInvite(dynamoDb(), { room: 'visit', sessionId: await putRoom('visit'), changed });
  }

  it.each(wrongs)('returns the same 404 without a reason: %s', async (_what, make) => {
    await putRoom('visit');
    await putRoom('other');
    const { invite: text } = await invite('visit', { maxGuests: 9 });
    const body = await make(String(text));
    const before = dynamoDb().requests.length;
    const { status, headers, body: problem } = await join(body);
    const { requestId: _, ...told } = problem;
    expect([status, told]).toEqual([
      404,
      {
        type: 'urn:opentok-sessions:invite-not-found-error',
        ...{ title: 'No such invite', status: 404, detail: NO_SUCH_INVITE },
      },
    ]);
    expect(headers['retry-after']).toBeUndefined();
    // The invite is read and the request is counted in every case.
    const operations = dynamoDb()
      .requests.slice(before)
      .map(({ operation }) => operation);
    expect([operations[0], operations.at(-1)]).toEqual(['GetItem', 'UpdateItem']);
  });

  it.each([
    ['neither secret', {}, '#/invite'],
    ['a number', { invite: 7 }, '#/invite'],
    ['null', { invite: null }, '#/invite'],
    ['a guest that is not a string', { guest: {} }, '#/guest'],
    ['an expiry', { invite: 'x', expireTime: 0 }, '#/expireTime'],
    ['a form of token', { invite: 'x', tokenType: 'T1' }, '#/tokenType'],
    ['a session', { invite: 'x', session: {} }, '#/session'],
    ['a name that is too long', { invite: 'x', name: 'a'.repeat(65) }, '#/name'],
  ])('returns 400 for %s', async (_what, body, pointer) => {
    const { status, body: problem } = await join(body);
    expect([status, Object(problem['errors'])[0]?.pointer]).toEqual([400, pointer]);
  });
});

describe('a malformed room item', () => {
  it('is a 500 for its guests, and a 404 for wrong invites', async () => {
    await putRoom('broken');
    const { invite: text } = await invite('broken');
    await dynamoDb().ask('UpdateItem', {
      TableName: 'Rooms',
      Key: { room: { S: 'broken' }, item: { S: 'room' } },
      UpdateExpression: 'SET #options = :none',
      ExpressionAttributeNames: { '#options': 'options' },
      ExpressionAttributeValues: { ':none': { S: '{' } },
    });
    expect((await join({ invite: text })).body['type']).toBe(
      'urn:opentok-sessions:invalid-room-item-error',
    );
    const wrong = String(text).replace(/.$/, '!');
    for (const guess of [wrong, text?.replace(/\.[^.]+\./, `.${'x'.repeat(16)}.`)]) {
      expect((await join({ invite: guess })).status).toBe(404);
    }
  });
});

describe('inviting', () => {
  it('is limited to hosts, and a moderator’s invite to trusted callers', async () => {
    await putRoom('visit');
    const call = (role: Role) => ({ route: 'POST /rooms/visit/invites', body: { role } });
    expect((await ask(call('publisher'))).status).toBe(201);
    expect((await ask(call('moderator'))).status).toBe(403);
    for (const request of [
      call('subscriber'),
      'GET /rooms/visit/invites',
      `DELETE /rooms/visit/invites/${'x'.repeat(16)}`,
    ]) {
      expect((await ask(request, 'publisher')).status).toBe(403);
      if (typeof request === 'string') expect((await ask(request)).status).not.toBe(403);
    }
  });

  it('does not make a guest with the role moderator a host', async () => {
    await putRoom('visit', { admission: 'closed' });
    const direct = await use('manageRoom').invoke({
      ...{ action: 'createInvite', room: 'visit', role: 'moderator' },
    });
    expect(await join({ invite: direct['invite'] })).toMatchObject({
      status: 403,
      body: { type: 'urn:opentok-sessions:room-locked-error' },
    });
    await putRoom('visit');
    const joined = await join({ invite: direct['invite'] });
    expect(joined.body['role']).toBe('moderator');
  });

  it('returns 404 without the room', async () => {
    for (const route of ['GET /rooms/nowhere/invites', 'POST /rooms/nowhere/invites']) {
      expect((await ask(route)).body['type']).toBe('urn:opentok-sessions:room-not-found-error');
    }
  });

  it('returns the secret once; table and logs never contain it', async () => {
    await putRoom('visit');
    const made = await invite('visit', { name: 'Ada Lovelace' });
    const { guest } = (await join({ invite: made['invite'], data: 'seat 7' })).body;
    expect(JSON.stringify(await listInvites('visit'))).not.toContain(made['invite']);
    const table = JSON.stringify(await dynamoDb().ask('Scan', { TableName: 'Rooms' }));
    const logs = logged().join('\n');
    for (const text of [String(made['invite']), String(guest)]) {
      const secret = text.split('.').at(-1) ?? expect.fail('no secret');
      const hex = Buffer.from(secret, 'base64url').toString('base64');
      for (const form of [secret, hex]) {
        expect(table).not.toContain(form);
        expect(logs).not.toContain(form);
      }
    }
    for (const told of ['Ada Lovelace', 'seat 7', 'guest:']) expect(logs).not.toContain(told);
  });

  it('lists invites in the order of creation, also within a second', async () => {
    await putRoom('queue');
    const names = ['Ada', 'Bob', 'Eve', 'Dan', 'Joe'];
    for (const name of names) await invite('queue', { name });
    expect((await listInvites('queue')).map(({ name }) => name)).toEqual(names);
  });

  it('omits expired invites, and returns 404 for revoking an unknown one', async () => {
    const sessionId = await putRoom('fresh');
    await storeInvite(dynamoDb(), {
      ...{ room: 'fresh', sessionId },
      changed: { expiresAt: { N: String(nowSeconds()) } },
    });
    expect(await listInvites('fresh')).toEqual([]);
    for (const id of ['x'.repeat(16), 'x', 'a%2Fb']) {
      const { status, body } = await ask(`DELETE /rooms/fresh/invites/${id}`);
      expect([status, body['type']]).toEqual([404, 'urn:opentok-sessions:invite-not-found-error']);
    }
  });

  it('never removes the room for an invite id with a slash', async () => {
    const sessionId = await putRoom('kept');
    for (const inviteId of ['x/y', '/rooms/kept', 'x/rooms/kept']) {
      const route = `DELETE /rooms/kept/invites/${encodeURIComponent(inviteId)}`;
      for (const door of [httpApiEvent, restApiEvent]) {
        const event = roomEvent({ route, claims: { opentok_role: 'moderator' } }, door);
        const named = { ...event, pathParameters: { name: 'kept', inviteId } };
        const { status } = readRoomAnswer(await use('manageRoom').invoke(named));
        expect([inviteId, status]).toEqual([inviteId, 404]);
      }
    }
    expect((await ask('GET /rooms/kept')).body['sessionId']).toBe(sessionId);
  });
});

describe('an address', () => {
  it('has thirty failed requests a minute; then valid and invalid invites get 429', async () => {
    await putRoom('visit');
    const { invite: text } = await invite('visit', { maxGuests: 9 });
    const { guest } = (await join({ invite: text })).body;
    const address = newAddress();
    const wrong = { invite: String(text).replace(/.$/, '!') };
    await countRequests(address, 25);
    expect((await join(wrong, address)).status).toBe(404);
    await countRequests(address, 30);
    for (const body of [wrong, { invite: text }, { guest: String(guest).replace(/.$/, '!') }]) {
      const { status, headers, body: problem } = await join(body, address);
      expect([status, problem['type']]).toEqual([
        429,
        'urn:opentok-sessions:too-many-requests-error',
      ]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
    }
    expect((await join({ invite: text })).status).toBe(201);
    // Known guests have a separate limit.
    expect((await join({ guest }, address)).status).toBe(201);
  });

  it('is taken from API Gateway, not from headers', async () => {
    const address = newAddress();
    const statuses = new Set<number>();
    await countRequests(address, 25);
    for (let times = 0; times < 16; times += 1) {
      const event = guestEvent({ body: { invite: 'x' }, address });
      const headers = { ...Object(event['headers']), 'x-forwarded-for': `203.0.113.${times}` };
      const answer = await use('joinAsGuest').invoke({ ...event, headers });
      statuses.add(readRoomAnswer(answer).status);
    }
    expect([...statuses]).toEqual([404, 429]);
  });

  it('does not limit known guests, who have thirty requests a minute each', async () => {
    await putRoom('visit');
    const { invite: text } = await invite('visit', { maxGuests: 2 });
    const address = newAddress();
    const [ada, bob] = [
      (await join({ invite: text }, address)).body['guest'],
      (await join({ invite: text }, address)).body['guest'],
    ];
    await countRequests(address, 30);
    await countRequestsOf(String(ada), 25);
    const statuses: number[] = [];
    for (let times = 0; times < 8; times += 1) {
      statuses.push((await join({ guest: ada }, newAddress())).status);
    }
    // A retried call counts twice.
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(5);
    expect([...new Set(statuses)]).toEqual([201, 429]);
    expect((await join({ guest: bob }, address)).status).toBe(201);
  });

  it('does not apply to trusted callers', async () => {
    for (let times = 0; times < 32; times += 1) {
      const asking = use('joinAsGuest').invoke({ invite: 'x' });
      await expect(asking).rejects.toMatchObject({ name: 'InviteNotFoundError' });
    }
  });
});

describe('a table that fails', () => {
  it.each([
    ['throttled', dynamoFaults.throttling],
    ['reset', { kind: 'reset' }],
    ['cut off', { kind: 'truncated' }],
  ] as const)('takes no extra place if each call is %s once', async (_what, fault) => {
    await putRoom('visit');
    const { invite: text, inviteId } = await invite('visit');
    dynamoDb().fail(fault, { times: 3 });
    const joined = await join({ invite: text });
    expect(joined.status).toBe(201);
    expect((await join({ guest: joined.body['guest'] })).status).toBe(201);
    const listed = await listInvites('visit');
    expect(listed.find((one) => one['inviteId'] === inviteId)).toMatchObject({ guests: 1 });
  });

  it('returns 503 while it is unavailable', async () => {
    await putRoom('visit');
    const { invite: text } = await invite('visit');
    dynamoDb().fail(dynamoFaults.internal, always);
    try {
      const { status, body } = await join({ invite: text });
      expect([status, body['type']]).toEqual([
        503,
        'urn:opentok-sessions:room-store-unavailable-error',
      ]);
    } finally {
      dynamoDb().recover();
    }
    expect((await join({ invite: text })).status).toBe(201);
  });
});

describe('an invite with opensAt', () => {
  it('returns 403 with the time', async () => {
    await putRoom('visit');
    const opensAt = nowSeconds() + HOUR;
    const { invite: text } = await invite('visit', { opensAt });
    const { status, headers, body } = await join({ invite: text });
    expect([status, body['type'], body['opensAt']]).toEqual([
      403,
      'urn:opentok-sessions:room-not-open-error',
      opensAt,
    ]);
    expect(Math.abs(Number(headers['retry-after']) - HOUR)).toBeLessThanOrEqual(2);
    expect(await listInvites('visit')).toContainEqual(
      expect.objectContaining({ opensAt, guests: 0 }),
    );
  });
});
