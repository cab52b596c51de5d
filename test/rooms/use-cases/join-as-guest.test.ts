/** Guests of an invite: how many get in, what they cost, and who they are. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGuestSecret, toGuestSubject } from '../../../lib/rooms/domain/invite-secret.ts';
import { dynamoFaults } from '../../../stand-ins/dynamodb.ts';
import { type GuestRooms, newKnock, startGuestRooms } from '../guest-rooms.ts';

let rooms: GuestRooms;
beforeEach(async () => {
  rooms = await startGuestRooms();
});
afterEach(() => rooms.close());

/** Sets the number of guests, as if so many had joined, and adds their items. */
async function addGuests(
  { invite, inviteId }: { invite: string; inviteId: string },
  count: number,
) {
  const { dynamoDb } = rooms;
  const first = await rooms.guest({ invite, knock: newKnock(invite) });
  const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
  const example = (Items as Record<string, object>[]).find((item) => 'placeUntil' in item);
  await rooms.putItems(
    Array.from({ length: count - 1 }, (_, index) => ({
      ...example,
      item: { S: `knock#${String(index).padStart(22, '0')}` },
    })),
  );
  await dynamoDb.ask('UpdateItem', {
    TableName: 'Rooms',
    Key: { room: { S: 'visit' }, item: { S: `invite#${inviteId}` } },
    UpdateExpression: 'SET guests = :count',
    ExpressionAttributeValues: { ':count': { N: String(count) } },
  });
  return first;
}

describe('the cost of a guest', () => {
  it.each([10, 1_000, 9_900])(
    'does not grow: with %i guests of an invite',
    async (count) => {
      await rooms.room('visit');
      const made = await rooms.invite('visit', { maxGuests: 10_000 });
      const { guest } = await addGuests(made, count);
      const { capacity } = rooms;
      // More than one generation of the counted set.
      for (let times = 0; times < 40; times += 1) {
        capacity.reset();
        const knock = newKnock(made.invite);
        expect(await rooms.guest({ invite: made.invite, knock }, `client ${times}`)).toMatchObject({
          end: 'in',
        });
        expect(capacity.written(), capacity.calls().join()).toBeLessThanOrEqual(4);
        expect(capacity.read(), capacity.calls().join()).toBeLessThanOrEqual(4);
        rooms.clock.seconds += 1;
      }
      for (const pause of [0, 1, 60, 3_600]) {
        rooms.clock.seconds += pause;
        capacity.reset();
        expect(await rooms.guest({ guest }, 'client')).toMatchObject({ end: 'in' });
        expect(capacity.read(), capacity.calls().join()).toBeLessThanOrEqual(2);
        expect(capacity.calls().filter((call) => /(?:Put|Update)Item invite#/.test(call))).toEqual(
          [],
        );
      }
      expect(await rooms.countGuests('visit')).toEqual([count + 40]);
    },
    60_000,
  );
});

describe('the places of an invite', () => {
  it('are taken by exactly maxGuests guests under concurrent requests', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit', { maxGuests: 30 });
    const outcomes = await Promise.all(
      Array.from({ length: 80 }, () => rooms.guest({ invite, knock: newKnock(invite) })),
    );
    expect(outcomes.filter(({ end }) => end === 'in')).toHaveLength(30);
    expect(await rooms.countGuests('visit')).toEqual([30]);
  }, 30_000);

  it('are taken once by each guest under concurrent requests of the same guest', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit', { maxGuests: 9 });
    const knocks = Array.from({ length: 3 }, () => newKnock(invite));
    const all = [...knocks, ...knocks, ...knocks, ...knocks];
    const outcomes = await Promise.all(all.map((knock) => rooms.guest({ invite, knock })));
    expect(outcomes.map(({ end }) => end)).toEqual(all.map(() => 'in'));
    expect(await rooms.countGuests('visit')).toEqual([3]);
  });

  it('are kept over many generations, for guests who come back', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit', { maxGuests: 60 });
    const secrets: string[] = [];
    for (let count = 1; count <= 60; count += 1) {
      const { guest = '' } = await rooms.guest({ invite, knock: newKnock(invite) });
      secrets.push(guest);
      expect(await rooms.countGuests('visit')).toEqual([count]);
    }
    expect((await rooms.guest({ invite })).end).toBe('InviteNotFoundError');
    for (const guest of secrets) expect((await rooms.guest({ guest })).end).toBe('in');
  }, 30_000);

  it.each([
    ['malformed', 'x'],
    ['unknown', `visit.${'a'.repeat(16)}.${'b'.repeat(43)}`],
  ])('are rejected for a %s invite as for a used-up one', async (_what, invite) => {
    await rooms.room('visit');
    expect((await rooms.guest({ invite })).end).toBe('InviteNotFoundError');
    expect((await rooms.guest({ guest: invite })).end).toBe('InviteNotFoundError');
  });

  it('are completed by later guests after the container of a guest crashed', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit', { maxGuests: 30 });
    const knock = newKnock(invite);
    const subject = toGuestSubject(readGuestSecret(knock) ?? expect.fail());
    const key = readGuestSecret(invite) ?? expect.fail();
    const read = (await rooms.places.get(key, () => 10_000)) ?? expect.fail();
    await rooms.places.count(read, subject, rooms.clock.seconds, () => 10_000);
    for (let times = 0; times < 28; times += 1) {
      expect(await rooms.guest({ invite })).toMatchObject({ end: 'in' });
    }
    const back = await rooms.guest({ invite, knock, name: 'Ada' });
    expect([back.end, back.identity?.name]).toEqual(['in', 'Ada']);
    expect((await rooms.guest({ guest: knock })).identity?.name).toBe('Ada');
    expect(await rooms.countGuests('visit')).toEqual([29]);
  }, 20_000);
});

describe('a table with lost or late responses', () => {
  beforeEach(async () => {
    await rooms.close();
    rooms = await startGuestRooms({ isPatient: false });
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'costs no place when all responses after the first %i are lost and the guest retries',
    async (answered) => {
      await rooms.room('visit');
      const { invite } = await rooms.invite('visit', { maxGuests: 1 });
      const knock = newKnock(invite);
      const { dynamoDb } = rooms;
      dynamoDb.fail({ kind: 'delay', delayMs: 0 }, { times: answered });
      dynamoDb.fail({ kind: 'truncated' }, { times: 1_000_000 });
      const first = await rooms.guest({ invite, knock });
      expect(['RoomStoreUnavailableError', 'in']).toContain(first.end);
      dynamoDb.recover();
      const retried = await rooms.guest({ invite, knock });
      expect(retried.end).toBe('in');
      expect((await rooms.guest({ guest: retried.guest })).end).toBe('in');
      expect(await rooms.countGuests('visit')).toEqual([1]);
      expect((await rooms.guest({ invite })).end).toBe('InviteNotFoundError');
    },
    30_000,
  );

  it('costs no place when responses take 1.5 seconds', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit', { maxGuests: 1 });
    const knock = newKnock(invite);
    rooms.dynamoDb.fail({ kind: 'delay', delayMs: 1_500 }, { times: 1_000_000 });
    const first = await rooms.guest({ invite, knock });
    rooms.dynamoDb.recover();
    expect(first.end).toBe('RoomStoreUnavailableError');
    expect((await rooms.guest({ invite, knock })).end).toBe('in');
    expect(await rooms.countGuests('visit')).toEqual([1]);
  }, 30_000);

  it('returns a secret to retry with, if the guest sent none', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit', { maxGuests: 1 });
    rooms.dynamoDb.fail({ kind: 'truncated' }, { times: 1_000_000 });
    const { end, knock } = await rooms.guest({ invite });
    rooms.dynamoDb.recover();
    expect([end, readGuestSecret(String(knock))?.inviteId]).toEqual([
      'RoomStoreUnavailableError',
      readGuestSecret(invite)?.inviteId,
    ]);
    expect((await rooms.guest({ invite, knock })).end).toBe('in');
    expect(await rooms.countGuests('visit')).toEqual([1]);
  });

  it('costs no place when it throttles every call', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit');
    rooms.dynamoDb.fail(dynamoFaults.throttling, { times: 1_000_000 });
    expect((await rooms.guest({ invite })).end).toBe('RoomStoreUnavailableError');
    rooms.dynamoDb.recover();
    expect((await rooms.guest({ invite })).end).toBe('in');
  });
});

describe('the identity of a guest', () => {
  it('survives a reload, with the name', async () => {
    await rooms.room('visit');
    const { invite } = await rooms.invite('visit');
    const first = await rooms.guest({ invite, knock: newKnock(invite), name: 'Ada' });
    const { guest } = first;
    expect((await rooms.guest({ guest })).identity).toEqual(first.identity);
    expect((await rooms.guest({ guest, name: 'Eve' })).identity).toEqual(first.identity);
    expect((await rooms.guest({ invite, guest })).identity).toEqual(first.identity);
  });

  it('depends on the invite and the secret', async () => {
    await rooms.room('visit');
    const [one, other] = [await rooms.invite('visit'), await rooms.invite('visit')];
    const knock = newKnock(one.invite);
    const secret = knock.slice(knock.lastIndexOf('.'));
    const first = await rooms.guest({ invite: one.invite, knock });
    const second = await rooms.guest({
      invite: other.invite,
      knock: other.invite.slice(0, other.invite.lastIndexOf('.')) + secret,
    });
    expect([first.end, second.end]).toEqual(['in', 'in']);
    expect(second.identity?.sub).not.toBe(first.identity?.sub);
  });

  it('gets tokens that expire with the invite at the latest', async () => {
    await rooms.room('visit');
    const expireTime = rooms.clock.seconds + 600;
    const { invite } = await rooms.invite('visit', { expireTime });
    expect(await rooms.guest({ invite })).toMatchObject({ end: 'in', exp: expireTime });
  });

  it('ends with the invite, for a guest who comes back as well', async () => {
    await rooms.room('visit');
    const { invite, inviteId } = await rooms.invite('visit');
    const { guest } = await rooms.guest({ invite });
    await rooms.host.invites({ action: 'deleteInvite', room: 'visit', inviteId });
    expect((await rooms.guest({ guest })).end).toBe('InviteNotFoundError');
  });
});
