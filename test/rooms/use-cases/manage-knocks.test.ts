/** The waiting room as hosts see it, and the effects of their decisions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toKnockId } from '../../../lib/rooms/domain/knock.ts';
import { manageKnocks } from '../../../lib/rooms/use-cases/manage-knocks.ts';
import { catchFault } from '../../support/faults.ts';
import { type GuestRooms, newKnock, startGuestRooms } from '../guest-rooms.ts';

const knock = { admission: 'knock' };
const room = 'ward';
let rooms: GuestRooms;
beforeEach(async () => {
  rooms = await startGuestRooms();
  await rooms.room(room, knock);
});
afterEach(() => rooms.close());

const decideAll = (decision: 'admit' | 'deny', knockIds?: readonly string[]) =>
  rooms.host.knocks({ action: 'decideKnocks', room, decision, knockIds });
const decideOne = (knockId: string, decision: 'admit' | 'deny') =>
  rooms.host.knocks({ action: 'decideKnock', room, knockId, decision });
const names = async () => (await rooms.listed(room)).map(({ name }) => name);

/** Guests who wait, by name, with the body of their next request. */
async function arrive(...guests: readonly string[]) {
  const { invite } = await rooms.invite(room, { maxGuests: 100 });
  const bodies: Record<string, { invite: string; knock: string; name: string }> = {};
  for (const name of guests) {
    const body = { invite, name, knock: newKnock(invite) };
    bodies[name] = body;
    expect((await rooms.guest(body)).end).toBe('waiting');
    rooms.clock.seconds += 1;
  }
  return { poll: (name: string) => rooms.guest(bodies[name] ?? {}), bodies };
}

describe('the list of people who wait', () => {
  it('is in the order of arrival, without people who have left or were decided about', async () => {
    await arrive('Ada', 'Bob', 'Eve');
    expect(await names()).toEqual(['Ada', 'Bob', 'Eve']);
    const [first] = await rooms.listed(room);
    await decideOne(first?.knockId ?? '', 'admit');
    expect(await names()).toEqual(['Bob', 'Eve']);
    rooms.clock.seconds += 29;
    expect(await names()).toEqual(['Eve']);
    rooms.clock.seconds += 1;
    expect(await names()).toEqual([]);
  });

  it('costs the same with 12,000 past knocks', async () => {
    const { dynamoDb, capacity } = rooms;
    await arrive('Past');
    const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
    const items = Items as Record<string, { S: string }>[];
    const past = items.filter(({ item }) => /^(?:knock|waiting|line)#/.test(item?.S ?? ''));
    expect(past).toHaveLength(3);
    const ids = Array.from({ length: 4_000 }, (_, index) => String(index).padStart(22, '0'));
    await rooms.putItems(
      ids.flatMap((id) =>
        past.map((item) => ({
          ...item,
          item: { S: item['item']?.S.replace(/[^#]*$/, id) ?? '' },
        })),
      ),
    );
    rooms.clock.seconds += 100;
    await arrive('Ada', 'Bob');
    capacity.reset();
    expect(await names()).toEqual(['Ada', 'Bob']);
    // The room, the index, and two people.
    expect(capacity.read()).toBe(4);
  }, 120_000);

  it('is left at once by a guest who joins while the room is open', async () => {
    const { poll } = await arrive('Ada', 'Bob');
    await rooms.room(room);
    expect((await poll('Ada')).end).toBe('in');
    await rooms.room(room, knock);
    expect(await names()).toEqual(['Bob']);
    await decideAll('deny');
    await rooms.room(room);
    expect((await poll('Ada')).end).toBe('in');
    await rooms.room(room, knock);
    expect((await poll('Ada')).end).toBe('waiting');
    expect((await poll('Bob')).end).toBe('AdmissionDeniedError');
  });
});

describe('a decision about everyone', () => {
  it('applies to everyone who waits', async () => {
    const { poll } = await arrive('Ada', 'Bob');
    await decideAll('admit');
    expect([(await poll('Ada')).end, (await poll('Bob')).end]).toEqual(['in', 'in']);
  });

  it('applies to those with the given ids who still wait, and ignores all other ids', async () => {
    const { poll } = await arrive('Ada', 'Bob', 'Eve');
    const [ada, , eve] = (await rooms.listed(room)).map(({ knockId }) => knockId);
    await decideOne(eve ?? '', 'deny');
    await decideAll('admit', [ada ?? '', eve ?? '', ada ?? '', toKnockId('unknown'), 'no id', '']);
    expect((await poll('Ada')).end).toBe('in');
    expect((await poll('Bob')).end).toBe('waiting');
    expect((await poll('Eve')).end).toBe('AdmissionDeniedError');
    await decideAll('admit', []);
    expect((await poll('Bob')).end).toBe('waiting');
  });

  it.each([false, true])(
    'does not override a denial by another host that comes in between, with ids: %s',
    async (hasIds) => {
      const { poll } = await arrive('Ada', 'Bob');
      const listed = await rooms.listed(room);
      const [ada] = listed;
      const { deps, decisions } = rooms;
      let isDenied = false;
      const between = async () => {
        if (isDenied) return;
        isDenied = true;
        await decideOne(ada?.knockId ?? '', 'deny');
      };
      await manageKnocks(
        {
          ...deps,
          knocks: {
            ...decisions,
            decide: async (...given) => {
              await between();
              return decisions.decide(...given);
            },
          },
        },
        {
          action: 'decideKnocks',
          room,
          decision: 'admit',
          ...(hasIds && { knockIds: listed.map(({ knockId }) => knockId) }),
        },
        rooms.invocation(),
      );
      expect((await poll('Ada')).end).toBe('AdmissionDeniedError');
      expect((await poll('Bob')).end).toBe('in');
    },
  );
});

describe('a decision about one person', () => {
  it.each(['x'.repeat(22), 'x', ''])('is an error for the unknown id %j', async (knockId) => {
    const fault = await catchFault(() => decideOne(knockId, 'admit'));
    expect(fault.name).toBe('KnockNotFoundError');
  });
});

describe('an admission', () => {
  it('is for the name that the host saw', async () => {
    const { bodies } = await arrive('Ada Patient');
    await decideAll('admit');
    const body = { ...bodies['Ada Patient'], name: 'Dr House (host)' };
    const joined = await rooms.guest(body);
    expect([joined.end, joined.identity?.name]).toEqual(['in', 'Ada Patient']);
  });

  it('is for the name that the host saw, though the guest knocks again by another', async () => {
    const { bodies } = await arrive('Ada Patient');
    rooms.clock.seconds += 31;
    const body = { ...bodies['Ada Patient'], name: 'Dr House (host)' };
    expect((await rooms.guest(body)).end).toBe('waiting');
    expect(await names()).toEqual(['Ada Patient']);
  });

  it('is for the role that the guest asked for when knocking', async () => {
    const { invite } = await rooms.invite(room, { role: 'publisher' });
    const own = newKnock(invite);
    await rooms.guest({ invite, knock: own, role: 'subscriber' });
    await decideAll('admit');
    const joined = await rooms.guest({ invite, knock: own, role: 'publisher' });
    expect([joined.end, joined.role]).toEqual(['in', 'subscriber']);
  });

  it('is for the invite that the guest knocked with', async () => {
    const { bodies } = await arrive('Ada');
    await decideAll('admit');
    const other = await rooms.invite(room, { name: 'Dr House' });
    const { knock: own = '' } = bodies['Ada'] ?? {};
    const moved = newKnock(other.invite).replace(/[^.]*$/, own.slice(own.lastIndexOf('.') + 1));
    expect((await rooms.guest({ invite: other.invite, knock: moved })).end).toBe('waiting');
    expect((await rooms.guest({ invite: other.invite, knock: own })).end).toBe(
      'InviteNotFoundError',
    );
  });

  it('admits once: the guest has to wait again, and keeps the place', async () => {
    const { invite } = await rooms.invite(room, { maxGuests: 1 });
    const own = newKnock(invite);
    await rooms.guest({ invite, knock: own, name: 'Ada' });
    await decideAll('admit');
    const joined = await rooms.guest({ invite, knock: own });
    expect(joined.end).toBe('in');
    expect((await rooms.guest({ guest: joined.guest })).end).toBe('waiting');
    await decideAll('admit');
    expect((await rooms.guest({ guest: joined.guest })).identity?.name).toBe('Ada');
    expect(await rooms.countGuests(room)).toEqual([1]);
  });

  it.each([3, 4, 5, 6, 7, 8, 9])(
    'is not lost when all responses after the first %i are lost and the guest retries',
    async (answered) => {
      await rooms.close();
      rooms = await startGuestRooms({ isPatient: false });
      await rooms.room(room, knock);
      const { invite } = await rooms.invite(room, { maxGuests: 1 });
      const body = { invite, knock: newKnock(invite) };
      expect((await rooms.guest(body)).end).toBe('waiting');
      await decideAll('admit');
      rooms.dynamoDb.fail({ kind: 'delay', delayMs: 0 }, { times: answered });
      rooms.dynamoDb.fail({ kind: 'truncated' }, { times: 1_000_000 });
      const first = await rooms.guest(body);
      rooms.dynamoDb.recover();
      if (first.end !== 'in') expect((await rooms.guest(body)).end).toBe('in');
      expect((await rooms.guest(body)).end).toBe('waiting');
      expect(await rooms.countGuests(room)).toEqual([1]);
    },
    30_000,
  );

  it('binds the name that the host saw, when two requests of a guest knock at once', async () => {
    const { capacity } = rooms;
    const ends: string[] = [];
    for (let knockAt = 0; knockAt < 9; knockAt += 1) {
      const name = `ward-${knockAt}`;
      await rooms.room(name, knock);
      const { invite } = await rooms.invite(name);
      const body = { invite, knock: newKnock(invite) };
      const seen: unknown[] = [];
      const admitAll = async () => {
        seen.push(...(await rooms.listed(name)).map((one) => one.name));
        await rooms.host.knocks({ action: 'decideKnocks', room: name, decision: 'admit' });
      };
      let calls = 0;
      capacity.before = async () => {
        calls += 1;
        if (calls !== knockAt + 1) return;
        capacity.before = undefined;
        await rooms.guest({ ...body, name: 'Ada Patient' });
        await admitAll();
      };
      let { end, identity } = await rooms.guest({ ...body, name: 'Dr House (host)' });
      capacity.before = undefined;
      ends.push(end);
      await admitAll();
      if (end === 'waiting') ({ end, identity } = await rooms.guest(body));
      expect([end, identity?.name]).toEqual(['in', seen[0]]);
    }
    expect(new Set(ends)).toEqual(new Set(['in', 'waiting']));
  }, 60_000);

  it('costs no place if it is revoked before any of the calls that use it', async () => {
    const { capacity } = rooms;
    const ends: string[] = [];
    for (let denyAt = 0; denyAt < 9; denyAt += 1) {
      const name = `ward-${denyAt}`;
      const room = await rooms.room(name, knock);
      const { invite } = await rooms.invite(name, { maxGuests: 1 });
      const body = { invite, knock: newKnock(invite) };
      await rooms.guest(body);
      const [{ knockId } = { knockId: '' }] = await rooms.listed(name);
      await rooms.host.knocks({ action: 'decideKnocks', room: name, decision: 'admit' });
      let calls = 0;
      capacity.before = async () => {
        calls += 1;
        if (calls !== denyAt + 1) return;
        const { nowSeconds } = rooms.invocation();
        const given = { room, knockId, decision: 'deny', nowSeconds, waiting: undefined } as const;
        await rooms.decisions.decide(given, () => 600_000);
      };
      const { end } = await rooms.guest(body);
      capacity.before = undefined;
      ends.push(end);
      if (end === 'in') continue;
      expect((await rooms.guest(body)).end).toBe('AdmissionDeniedError');
      expect(await rooms.countGuests(name)).toEqual([0]);
    }
    // Before the first call, and before the last one that the guest made.
    expect(ends.slice(0, 5)).not.toContain('in');
    expect(ends.at(-1)).toBe('in');
  }, 30_000);
});
