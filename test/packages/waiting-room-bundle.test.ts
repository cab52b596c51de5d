/**
 * The waiting room, through the packaged functions and a real table: users and guests who wait, hosts who
 * decide.
 */
import { describe, expect, it } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import {
  guestEvent,
  type RoomAnswer,
  type RoomCall,
  readRoomAnswer,
  roomEvent,
} from '../rooms/room-events.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const { use, dynamoDb } = usePackagedFunctions(['joinAsGuest', 'manageRoom', 'joinRoom']);
let rooms = 0;
let addresses = 0;

async function asHost(call: RoomCall | string): Promise<RoomAnswer> {
  const asked = typeof call === 'string' ? { route: call } : call;
  const event = roomEvent({ ...asked, claims: { opentok_role: 'moderator' } });
  return readRoomAnswer(await use('manageRoom').invoke(event));
}

async function openRoom(rules: object = { admission: 'knock' }): Promise<string> {
  rooms += 1;
  const room = `ward-${rooms}`;
  expect((await asHost({ route: `PUT /rooms/${room}`, body: rules })).status).toBe(201);
  return room;
}

async function asUser(room: string, sub: string, body: object = {}): Promise<RoomAnswer> {
  const claims = { sub, opentok_role: 'publisher' };
  const event = roomEvent({ route: `POST /rooms/${room}/tokens`, body, claims });
  return readRoomAnswer(await use('joinRoom').invoke(event));
}

async function asGuest(body: object): Promise<RoomAnswer> {
  addresses += 1;
  const address = `198.51.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
  return readRoomAnswer(await use('joinAsGuest').invoke(guestEvent({ body, address })));
}

async function invite(room: string, body: object = {}): Promise<string> {
  const made = await asHost({ route: `POST /rooms/${room}/invites`, body });
  return String(made.body['invite']);
}

async function knocksAt(room: string): Promise<Record<string, string>[]> {
  const { status, body } = await asHost(`GET /rooms/${room}/knocks`);
  expect(status).toBe(200);
  return body['knocks'] as Record<string, string>[];
}

const decide = (room: string, decision: string, knockId?: string) =>
  asHost({
    route: `PUT /rooms/${room}/knocks${knockId === undefined ? '' : `/${knockId}`}`,
    body: { decision },
  });

async function countGuests(room: string): Promise<unknown> {
  const { body } = await asHost(`GET /rooms/${room}/invites`);
  return Object(body['invites'])[0]?.guests;
}

describe('a user in the waiting room', () => {
  it('waits until a host admits them, and gets one token', async () => {
    const room = await openRoom();
    const first = await asUser(room, 'ada', { role: 'subscriber' });
    expect([first.status, first.body['status'], first.body['pollAfterSeconds']]).toEqual([
      ...[202, 'waiting', 3],
    ]);
    const { knock } = first.body;
    const [waiting] = await knocksAt(room);
    expect(waiting).toEqual({
      ...{ knockId: expect.any(String), sub: 'ada', name: null },
      since: expect.any(Number),
    });
    expect((await asUser(room, 'ada', { role: 'subscriber', knock })).status).toBe(202);
    expect((await decide(room, 'admit', waiting?.['knockId'])).status).toBe(204);
    const joined = await asUser(room, 'ada', { role: 'subscriber', knock });
    expect(joined.status).toBe(201);
    expect(verifyHs256(String(joined.body['token']), madeUpProject.apiSecret)).toMatchObject({
      role: 'subscriber',
    });
    expect((await asUser(room, 'ada', { knock })).status).toBe(202);
  });

  it('is identified by their subject, not by the knock they send', async () => {
    const room = await openRoom();
    const { knock } = (await asUser(room, 'ada')).body;
    await decide(room, 'admit');
    expect((await asUser(room, 'eve', { knock })).status).toBe(202);
    expect((await asUser(room, 'ada', { knock: 'something else' })).status).toBe(201);
  });

  it('stays denied until a host admits them', async () => {
    const room = await openRoom();
    await asUser(room, 'ada');
    const [{ knockId } = { knockId: '' }] = await knocksAt(room);
    await decide(room, 'deny', knockId);
    for (const body of [{}, { knock: 'x' }]) {
      const { status, body: problem } = await asUser(room, 'ada', body);
      expect([status, problem['type']]).toEqual([
        403,
        'urn:opentok-sessions:admission-denied-error',
      ]);
    }
    expect(await knocksAt(room)).toEqual([]);
    await decide(room, 'admit', knockId);
    expect((await asUser(room, 'ada')).status).toBe(201);
  });

  it('follows a change of the admission to closed and open', async () => {
    const room = await openRoom();
    await asUser(room, 'ada');
    await decide(room, 'admit');
    await asHost({ route: `PUT /rooms/${room}`, body: { admission: 'closed' } });
    expect((await asUser(room, 'ada')).body['type']).toBe('urn:opentok-sessions:room-locked-error');
    await asHost({ route: `PUT /rooms/${room}`, body: {} });
    expect((await asUser(room, 'bob')).status).toBe(201);
  });

  it('does not wait after a rejected request', async () => {
    const room = await openRoom();
    expect((await asUser(room, 'ada', { role: 'moderator' })).status).toBe(403);
    expect((await asUser(room, 'ada', { knock: 7 })).status).toBe(400);
    expect(await knocksAt(room)).toEqual([]);
  });
});

describe('a guest in the waiting room', () => {
  it('waits without taking a place, and returns with their guest secret', async () => {
    const room = await openRoom();
    const text = await invite(room, { name: 'Ada' });
    const first = await asGuest({ invite: text });
    expect([first.status, await countGuests(room)]).toEqual([202, 0]);
    const { knock } = first.body;
    const again = await asGuest({ invite: text, knock });
    expect(again.body).toEqual(first.body);
    const waiting = await knocksAt(room);
    expect(waiting).toMatchObject([{ name: 'Ada', sub: expect.stringMatching(/^guest:/) }]);
    await decide(room, 'admit', waiting[0]?.['knockId']);
    const joined = await asGuest({ invite: text, knock });
    expect([joined.status, joined.body['guest'], await countGuests(room)]).toEqual([201, knock, 1]);
    const claims = verifyHs256(String(joined.body['token']), madeUpProject.apiSecret);
    expect(JSON.parse(String(claims['connection_data']))['sub']).toBe(waiting[0]?.['sub']);
    const back = await asGuest({ guest: joined.body['guest'] });
    expect([back.status, back.body['knock']]).toEqual([202, knock]);
  });

  it('is not admitted by the admission of another guest', async () => {
    const room = await openRoom();
    const text = await invite(room, { maxGuests: 9 });
    const { knock } = (await asGuest({ invite: text })).body;
    await decide(room, 'admit');
    expect((await asGuest({ invite: text })).status).toBe(202);
    const other = await openRoom();
    const elsewhere = await invite(other);
    expect((await asGuest({ invite: elsewhere, knock })).status).toBe(404);
    expect((await asGuest({ invite: text, knock: String(knock).replace(/.$/, '!') })).status).toBe(
      404,
    );
    expect((await asGuest({ invite: text, knock })).status).toBe(201);
  });

  it('is rejected once the invite is revoked, also if admitted', async () => {
    const room = await openRoom();
    const made = await asHost({ route: `POST /rooms/${room}/invites`, body: {} });
    const { invite: text, inviteId } = made.body;
    const { knock } = (await asGuest({ invite: text })).body;
    await decide(room, 'admit');
    await asHost({ route: `DELETE /rooms/${room}/invites/${inviteId}` });
    expect((await asGuest({ invite: text, knock })).status).toBe(404);
  });

  it('is rejected once all places are taken', async () => {
    const room = await openRoom();
    const text = await invite(room, { maxGuests: 1 });
    const [one, other] = [await asGuest({ invite: text }), await asGuest({ invite: text })];
    expect([one.status, other.status]).toEqual([202, 429]);
    await decide(room, 'admit');
    // The first no longer waits, so another can, and both can be admitted.
    const next = await asGuest({ invite: text });
    expect(next.status).toBe(202);
    await decide(room, 'admit');
    const knocks = [one, next].map(({ body }) => body['knock']);
    const ends = await Promise.all(knocks.map((knock) => asGuest({ invite: text, knock })));
    expect(ends.map(({ status }) => status).sort()).toEqual([201, 404]);
    expect((await asGuest({ invite: text })).status).toBe(404);
  });
});

describe('hosts', () => {
  it('admit everyone who waits, in order, except those already decided', async () => {
    const room = await openRoom();
    const text = await invite(room, { maxGuests: 9 });
    for (const sub of ['ada', 'bob', 'eve']) await asUser(room, sub);
    const { knock } = (await asGuest({ invite: text, name: 'Guest' })).body;
    const waiting = await knocksAt(room);
    expect(waiting.map(({ name, sub }) => name ?? sub)).toEqual(['ada', 'bob', 'eve', 'Guest']);
    const eve = waiting.find(({ sub }) => sub === 'eve')?.['knockId'];
    await decide(room, 'deny', eve);
    expect((await decide(room, 'admit')).status).toBe(204);
    expect(await knocksAt(room)).toEqual([]);
    expect((await asUser(room, 'ada')).status).toBe(201);
    expect((await asUser(room, 'eve')).status).toBe(403);
    expect((await asGuest({ invite: text, knock })).status).toBe(201);
  });

  it('who decide concurrently leave one decision', async () => {
    const room = await openRoom();
    await asUser(room, 'ada');
    const [{ knockId } = { knockId: '' }] = await knocksAt(room);
    const decisions = ['admit', 'deny', 'admit', 'deny', 'admit', 'deny'];
    const answers = await Promise.all(decisions.map((one) => decide(room, one, knockId)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    const first = (await asUser(room, 'ada')).status;
    expect([201, 403]).toContain(first);
    if (first === 403) expect((await asUser(room, 'ada')).status).toBe(403);
  });

  it('are the only callers who can list and decide', async () => {
    const room = await openRoom();
    await asUser(room, 'ada');
    for (const call of [
      { route: `GET /rooms/${room}/knocks` },
      { route: `PUT /rooms/${room}/knocks`, body: { decision: 'admit' } },
      { route: `PUT /rooms/${room}/knocks/${'x'.repeat(22)}`, body: { decision: 'admit' } },
    ]) {
      const event = roomEvent({ ...call, claims: { sub: 'ada', opentok_role: 'publisher' } });
      expect(readRoomAnswer(await use('manageRoom').invoke(event)).status).toBe(403);
    }
    expect((await asUser(room, 'ada')).status).toBe(202);
  });

  it.each([
    ['an unknown id', 'x'.repeat(22), 404],
    ['a malformed id', 'x', 404],
  ])('get 404 for %s', async (_what, id, status) => {
    const room = await openRoom();
    const answer = await decide(room, 'admit', id);
    expect([answer.status, answer.body['type']]).toEqual([
      status,
      'urn:opentok-sessions:knock-not-found-error',
    ]);
  });

  it.each([{}, { decision: 'perhaps' }, { decision: null }, { decision: 'admit', all: true }])(
    'get 400 for the decision %j',
    async (body) => {
      const room = await openRoom();
      await asUser(room, 'ada');
      expect((await asHost({ route: `PUT /rooms/${room}/knocks`, body })).status).toBe(400);
      expect((await asUser(room, 'ada')).status).toBe(202);
    },
  );

  it('can invoke every route’s action directly', async () => {
    const room = await openRoom();
    await asUser(room, 'ada');
    const host = use('manageRoom');
    const { knocks } = await host.invoke({ action: 'listKnocks', room });
    const [{ knockId }] = knocks as [{ knockId: string }];
    const decision = { action: 'decideKnock', room, knockId, decision: 'deny' };
    expect(await host.invoke(decision)).toEqual({});
    expect((await asUser(room, 'ada')).status).toBe(403);
    await host.invoke({ action: 'decideKnocks', room, decision: 'admit' });
    expect((await asUser(room, 'ada')).status).toBe(403);
    const made = await host.invoke({ action: 'createInvite', room, maxGuests: 2, name: 'Ada' });
    const listed = await host.invoke({ action: 'listInvites', room });
    const { invite: text, ...shown } = made;
    expect(listed).toEqual({ invites: [shown] });
    expect(await use('joinAsGuest').invoke({ invite: text })).toMatchObject({ status: 'waiting' });
    const removal = { action: 'deleteInvite', room, inviteId: made['inviteId'] };
    expect(await host.invoke(removal)).toEqual({});
    await expect(host.invoke(removal)).rejects.toMatchObject({ name: 'InviteNotFoundError' });
    const byId = (knockId?: string) =>
      host.invoke({ action: 'decideKnock', room, decision: 'admit', ...(knockId && { knockId }) });
    await expect(byId('unknown')).rejects.toMatchObject({ name: 'KnockNotFoundError' });
    await expect(byId()).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('#/knockId must be '),
    });
  });

  it('and trusted callers need no admission', async () => {
    const room = await openRoom();
    const claims = { sub: 'host', opentok_role: 'moderator' };
    const event = roomEvent({ route: `POST /rooms/${room}/tokens`, claims });
    expect(readRoomAnswer(await use('joinRoom').invoke(event)).status).toBe(201);
    expect(await use('joinRoom').invoke({ room })).toHaveProperty('token');
  });
});

describe('a room that is removed', () => {
  it('drops its waiting and admitted users', async () => {
    const room = await openRoom();
    const text = await invite(room);
    for (const sub of ['ada', 'bob']) await asUser(room, sub);
    await decide(room, 'admit');
    expect((await asHost(`DELETE /rooms/${room}`)).status).toBe(204);
    const { Items } = await dynamoDb().ask('Scan', { TableName: 'Rooms' });
    expect(Object(Items).filter((item: { room: { S: string } }) => item.room.S === room)).toEqual(
      [],
    );
    await asHost({ route: `PUT /rooms/${room}`, body: { admission: 'knock' } });
    expect((await asUser(room, 'ada')).status).toBe(202);
    expect((await asGuest({ invite: text })).status).toBe(404);
  });
});

describe('time that passes during a request', () => {
  /** Delays one call of the table by more than two seconds, after the given number of calls. */
  function delayTable(skipped: number): void {
    dynamoDb().fail({ kind: 'delay', delayMs: 0 }, { times: skipped });
    dynamoDb().fail({ kind: 'hang' }, { times: 2 });
  }
  const soon = () => Math.floor(Date.now() / 1000) + 2;

  it('can reach closesAt, for a user', async () => {
    const room = await openRoom();
    await asUser(room, 'ada');
    await decide(room, 'admit');
    await asHost({ route: `PUT /rooms/${room}`, body: { admission: 'knock', closesAt: soon() } });
    delayTable(1);
    const { status, body } = await asUser(room, 'ada');
    expect([status, body['type']]).toEqual([410, 'urn:opentok-sessions:room-closed-error']);
  });

  it.each([
    ['the end of the room', 'closesAt', 410, 'room-closed-error'],
    ['the expiry of the invite', 'expireTime', 404, 'invite-not-found-error'],
  ])('can reach %s, for a guest', async (_of, name, wanted, type) => {
    const room = await openRoom();
    const end = soon();
    const text = await invite(room, name === 'expireTime' ? { expireTime: end } : {});
    const { knock } = (await asGuest({ invite: text })).body;
    await decide(room, 'admit');
    if (name === 'closesAt') {
      await asHost({ route: `PUT /rooms/${room}`, body: { admission: 'knock', closesAt: end } });
    }
    delayTable(3);
    const { status, body } = await asGuest({ invite: text, knock });
    expect([status, body['type']]).toEqual([wanted, `urn:opentok-sessions:${type}`]);
    expect(await countGuests(room)).toBe(name === 'closesAt' ? 0 : undefined);
  });
});
