import { describe, expect, it, vi } from 'vitest';
import { ANONYMOUS, type Caller, TRUSTED } from '../../../lib/domain/access.ts';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import { roomFault } from '../../../lib/rooms/faults.ts';
import { createReadNamedRooms, type ReadRooms } from '../../../lib/rooms/table/room-list.ts';
import { listRooms } from '../../../lib/rooms/use-cases/list-rooms.ts';
import { catchFault } from '../../support/faults.ts';
import { APPLICATION_ID, NOW_SECONDS, OPENTOK_SECRET } from '../../support/fixtures.ts';
import { VONAGE_SECRET } from '../../support/keys.ts';
import { roomOf } from '../room-of.ts';
import { createSecret } from '../shelf.ts';

const PROJECT = '123456';
const gone = { expiresAtSeconds: NOW_SECONDS };
const moderator = (rooms?: readonly string[]): Caller => ({
  ...{ kind: 'user', subject: 'ada', maxRole: 'moderator', roomsOnly: rooms !== undefined, rooms },
});

interface Options {
  readonly rooms: readonly Room[];
  readonly caller?: Caller;
  readonly limit?: number;
  readonly after?: string;
  readonly secret?: Awaited<ReturnType<typeof createSecret>>;
}

async function list({ rooms, caller = TRUSTED, limit = 100, after, secret }: Options) {
  const byName = new Map(rooms.map((room) => [room.name, room]));
  const get = vi.fn(async (name: string) => byName.get(name));
  const readAllRooms = vi.fn<ReadRooms>(
    createReadNamedRooms({ get: async (name) => byName.get(name) }, [...byName.keys()]),
  );
  const { projectSecret } = secret ?? (await createSecret());
  const onMalformed = vi.fn();
  const invocation = {
    ...{ requestId: 'request', nowSeconds: NOW_SECONDS, remainingMs: () => 10_000 },
    ...{ caller, maxTokenSeconds: 60 },
  };
  const overview = await listRooms(
    { projectSecret, store: { get }, readAllRooms, onMalformed },
    { action: 'listRooms', limit, ...(after !== undefined && { after }) },
    invocation,
  );
  const names = overview.rooms.map(({ name }) => name);
  return { names, next: overview.next, overview, get, readAllRooms, onMalformed };
}

const many = (count: number, changed: Partial<Room> = {}, prefix = 'room') =>
  Array.from({ length: count }, (_, index) => roomOf(`${prefix}-${1000 + index}`, changed));

describe('listRooms', () => {
  it('shows a room as GET /rooms/{name} does', async () => {
    const rules = { admission: 'closed', reference: 'r-1' } as const;
    const { overview } = await list({ rooms: [roomOf('a', { rules, revision: 'x' })] });
    expect(overview).toMatchObject({
      rooms: [{ name: 'a', apiKey: PROJECT, admission: 'closed', reference: 'r-1', etag: /./ }],
      next: null,
    });
  });

  it('returns an empty page where there are no rooms', async () => {
    expect((await list({ rooms: [] })).overview).toEqual({ rooms: [], next: null });
  });

  it.each([
    [0, 0, false],
    [99, 99, false],
    [100, 100, false],
    [101, 100, true],
  ])('of %d rooms shows %d; a next page: %s', async (count, shown, hasNext) => {
    const { names, next } = await list({ rooms: many(count) });
    expect(names).toHaveLength(shown);
    expect(next).toBe(hasNext ? names.at(-1) : null);
  });

  it.each([1, 2, 30])('shows each room once over pages of %d', async (limit) => {
    const rooms = many(61).map((room, index) => (index % 3 === 0 ? { ...room, ...gone } : room));
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const page = await list({ rooms, limit, ...(after !== undefined && { after }) });
      expect(page.names.length).toBeLessThanOrEqual(limit);
      listed.push(...page.names);
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(listed).toEqual(
      rooms
        .filter(({ expiresAtSeconds }) => expiresAtSeconds === undefined)
        .map(({ name }) => name),
    );
  });

  it.each([
    [NOW_SECONDS - 1, []],
    [NOW_SECONDS, []],
    [NOW_SECONDS + 1, ['a']],
  ])('omits a room that has expired: at %d', async (expiresAtSeconds, expected) => {
    expect((await list({ rooms: [roomOf('a', { expiresAtSeconds })] })).names).toEqual(expected);
  });

  it('fills a page past expired rooms', async () => {
    const { names, next } = await list({
      rooms: [...many(100, gone, 'a'), ...many(3, {}, 'b')],
      limit: 3,
    });
    expect(names).toEqual(['b-1000', 'b-1001', 'b-1002']);
    expect(next).toBeNull();
  });

  it('reads at most five batches for a page, and continues on the next one', async () => {
    const rooms = [...many(1_000, gone, 'a'), roomOf('b')];
    const first = await list({ rooms });
    expect(first.readAllRooms).toHaveBeenCalledTimes(5);
    expect(first.names).toEqual([]);
    expect(first.next).toBe('a-1504');
    const second = await list({ rooms, after: first.next ?? '' });
    expect(second).toMatchObject({ names: ['b'], next: null });
  });

  it('omits malformed rooms, and reports them once', async () => {
    const fault = roomFault('InvalidRoomItemError', 'The room cannot be read.');
    const { projectSecret } = await createSecret();
    const onMalformed = vi.fn();
    const { rooms } = await listRooms(
      {
        ...{ projectSecret, onMalformed, store: { get: async () => undefined } },
        readAllRooms: async () => ({ rooms: [roomOf('a')], malformed: [fault], next: undefined }),
      },
      { action: 'listRooms', limit: 100 },
      {
        ...{ requestId: 'request', nowSeconds: NOW_SECONDS, remainingMs: () => 10_000 },
        ...{ caller: TRUSTED, maxTokenSeconds: 60 },
      },
    );
    expect(rooms).toHaveLength(1);
    expect(onMalformed.mock.calls).toEqual([[[fault]]]);
  });
});

describe('the rooms that a caller sees', () => {
  const rooms = ['a', 'b', 'c'].map((name) => roomOf(name));

  it.each<[string, Caller, readonly string[]]>([
    ['a trusted caller: all', TRUSTED, ['a', 'b', 'c']],
    ['a moderator without a claim: all', moderator(), ['a', 'b', 'c']],
    ['a moderator with a claim: those of the claim', moderator(['c', 'a', 'c', 'x']), ['a', 'c']],
    ['a moderator with an empty claim: none', moderator([]), []],
    ['a publisher: none', { ...moderator(), maxRole: 'publisher' } as Caller, []],
    [
      'a guest: none',
      { kind: 'guest', subject: 'guest:1', name: undefined, maxRole: 'moderator', room: 'a' },
      [],
    ],
    ['an anonymous caller: none', ANONYMOUS, []],
  ])('%s', async (_, caller, expected) => {
    const { names, next, readAllRooms } = await list({ rooms, caller });
    expect(names).toEqual(expected);
    expect(next).toBeNull();
    expect(readAllRooms.mock.calls.length > 0).toBe(expected.length === 3);
  });

  it('are read directly for a claim, at most 505 of a page', async () => {
    const claim = Array.from({ length: 600 }, (_, index) => `a-${1000 + index}`);
    const { names, next, get } = await list({ rooms, caller: moderator(claim) });
    expect(names).toEqual([]);
    expect(get).toHaveBeenCalledTimes(505);
    expect(next).toBe('a-1504');
  });

  it('are not another caller’s, whatever `after` names', async () => {
    const { names } = await list({ rooms, caller: moderator(['a', 'c']), after: 'a' });
    expect(names).toEqual(['c']);
  });
});

describe('rooms of another project', () => {
  const ofOther = { projectId: APPLICATION_ID };

  it('are omitted once the secret is confirmed', async () => {
    const secret = await createSecret();
    const { names } = await list({ rooms: [roomOf('a'), roomOf('b', ofOther)], secret });
    expect(names).toEqual(['a']);
    expect(secret.renewals()).toBe(1);
  });

  it('are shown, and those of the former project omitted, if the cached secret is out of date', async () => {
    const secret = await createSecret(OPENTOK_SECRET, VONAGE_SECRET);
    const rooms = [roomOf('a'), ...many(200, gone), roomOf('z', ofOther)];
    expect((await list({ rooms, secret })).names).toEqual(['z']);
  });

  it('read the secret once per page', async () => {
    const secret = await createSecret();
    await list({ rooms: many(300, ofOther), secret });
    expect(secret.renewals()).toBe(1);
  });

  it('do not make the secret be read if they have expired', async () => {
    const secret = await createSecret();
    await list({ rooms: many(3, { ...ofOther, ...gone }), secret });
    expect(secret.renewals()).toBe(0);
  });

  it('throw CredentialsChangingError if the secret cannot be read', async () => {
    const { projectSecret } = await createSecret();
    const confirm: typeof projectSecret.confirm = async (value) => ({
      ...{ outcome: 'unreachable', value },
    });
    const secret = { projectSecret: { ...projectSecret, confirm }, renewals: () => 0 };
    const fault = await catchFault(() => list({ rooms: [roomOf('a', ofOther)], secret }));
    expect(fault.name).toBe('CredentialsChangingError');
  });
});
