import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../../lib/credentials/credentials.ts';
import { createSecretCache } from '../../../lib/credentials/secret-cache.ts';
import { Fault } from '../../../lib/domain/faults.ts';
import type { RoomCreation } from '../../../lib/rooms/domain/room-access.ts';
import { parseRequestedSession } from '../../../lib/rooms/domain/room-request.ts';
import { createRoomCache } from '../../../lib/rooms/table/room-cache.ts';
import { createEnsureRoom } from '../../../lib/rooms/use-cases/ensure-room.ts';
import { createMakeRoom } from '../../../lib/rooms/use-cases/make-room.ts';
import { makeFault } from '../../../tools/openapi/texts/faults.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_MS, NOW_SECONDS, OPENTOK_SECRET, sessionIds } from '../../support/fixtures.ts';
import { createSecret, createSessions, createShelf, type Shelf, shelve } from '../shelf.ts';

const ample = () => 10_000;
const PROJECT = { kind: 'opentok', id: '123456' } as const;
const OTHER_SECRET = { ...OPENTOK_SECRET, apiKey: '654321' };
const OTHER_PROJECT = { kind: 'opentok', id: '654321' } as const;

interface ContainerOptions {
  readonly shelf?: Shelf;
  readonly secret?: object;
  readonly renewed?: object;
  readonly cacheSeconds?: number;
  readonly roomTtlSeconds?: number;
}

/** A container with its own cache, secret and clock, on a table that it may share. */
async function startContainer({
  shelf = createShelf(),
  secret = OPENTOK_SECRET,
  renewed = secret,
  cacheSeconds = 60,
  roomTtlSeconds,
}: ContainerOptions = {}) {
  let nowMs = NOW_MS;
  const now = () => nowMs;
  const { projectSecret, renewals } = await createSecret(secret, renewed);
  const { makeSession, made } = createSessions();
  const cache = createRoomCache(cacheSeconds * 1000, now);
  const ensureRoom = createEnsureRoom({
    ...{ projectSecret, store: shelf, cache, now },
    makeRoom: createMakeRoom({ makeSession, roomTtlSeconds }),
  });
  return {
    shelf,
    made,
    renewals,
    cache,
    pass: (ms: number) => {
      nowMs += ms;
    },
    open: async ({
      session,
      creation = 'any options',
    }: {
      session?: object;
      creation?: RoomCreation;
    } = {}) => {
      const invocation = { nowSeconds: Math.floor(nowMs / 1000), remainingMs: ample };
      const credentials = await projectSecret.get(ample);
      const { room, credentials: own } = await ensureRoom(
        { name: 'standup', session: parseRequestedSession(session), creation, credentials },
        invocation,
      );
      expect(own.project.id).toBe(room.projectId);
      return room;
    },
  };
}

describe('a room that does not exist yet', () => {
  it('is created with a session of the options asked for', async () => {
    const { open, shelf, made } = await startContainer();
    const room = await open({ session: { mediaMode: 'routed' } });
    expect(room).toEqual({
      name: 'standup',
      sessionId: made[0],
      projectId: '123456',
      options: { mediaMode: 'routed', archiveMode: 'manual', e2ee: false },
      createdAtSeconds: NOW_SECONDS,
      expiresAtSeconds: undefined,
    });
    expect(shelf.rooms.get('standup')).toEqual(room);
  });

  it('lasts for as long as it is configured to', async () => {
    const { open } = await startContainer({ roomTtlSeconds: 86_400 });
    expect(await open()).toMatchObject({ expiresAtSeconds: NOW_SECONDS + 86_400 });
  });

  it('is not created for someone who may not, nor is a session', async () => {
    const { open, shelf, made } = await startContainer();
    const fault = await catchFault(() => open({ creation: 'none' }));
    expect(fault).toMatchObject({ name: 'RoomNotFoundError', status: 404 });
    expect(made).toEqual([]);
    expect(shelf.rooms.size).toBe(0);
  });
});

describe('a room that may be opened with the default options only', () => {
  const creation = 'default options';
  const routed = { mediaMode: 'routed' };

  it.each([undefined, {}, { mediaMode: 'relayed' }])('is opened with %j', async (session) => {
    const { open, made } = await startContainer();
    const room = await open({ creation, ...(session && { session }) });
    expect(room).toMatchObject({ sessionId: made[0], options: { mediaMode: 'relayed' } });
  });

  it('is not opened with others, and nothing is made', async () => {
    const { open, made, shelf } = await startContainer();
    const fault = await catchFault(() => open({ creation, session: routed }));
    expect(fault).toMatchObject({ name: 'ForbiddenError', status: 403 });
    expect([made, shelf.calls]).toEqual([[], ['get']]);
  });

  it.each([
    ['past its time', { expiresAtSeconds: NOW_SECONDS }],
    ['of another project', { projectId: '654321' }],
  ])('is not replaced with others when it is %s', async (_gone, changed) => {
    const { open, made, shelf } = await startContainer();
    const gone = shelve(shelf, PROJECT, changed);
    expect((await catchFault(() => open({ creation, session: routed }))).name).toBe(
      'ForbiddenError',
    );
    expect([made, shelf.rooms.get('standup')]).toEqual([[], gone]);
  });

  it.each([
    ['relayed', 'RoomConflictError'],
    ['routed', undefined],
  ] as const)('is compared where it exists: %s', async (mediaMode, name) => {
    const { open, shelf } = await startContainer();
    const options = { mediaMode, archiveMode: 'manual', e2ee: false } as const;
    const room = shelve(shelf, PROJECT, { options });
    if (!name) return expect(await open({ creation, session: routed })).toEqual(room);
    expect((await catchFault(() => open({ creation, session: routed }))).name).toBe(name);
  });

  it('is not opened with others when it was closed since this container saw it', async () => {
    const { open, shelf, made, pass } = await startContainer();
    shelve(shelf, PROJECT, {
      options: { mediaMode: 'routed', archiveMode: 'manual', e2ee: false },
    });
    await open({ creation, session: routed });
    shelf.rooms.clear();
    pass(60_000);
    expect((await catchFault(() => open({ creation, session: routed }))).name).toBe(
      'ForbiddenError',
    );
    expect(made).toEqual([]);
  });

  it('has the default options also when it is closed between find and put', async () => {
    const { open, shelf, made } = await startContainer();
    shelf.before.put = [
      () => shelve(shelf, PROJECT),
      // The second put finds it closed again.
      () => shelf.rooms.clear(),
    ];
    shelf.after.put = [() => shelf.rooms.clear()];
    const room = await open({ creation });
    expect(room).toMatchObject({ sessionId: made[0], options: { mediaMode: 'relayed' } });
  });
});

describe('a room that exists', () => {
  it('is the same for everyone, and no second session is made', async () => {
    const first = await startContainer();
    const other = await startContainer({ shelf: first.shelf });
    const room = await first.open();
    expect(await first.open({ creation: 'none' })).toEqual(room);
    expect(await other.open()).toEqual(room);
    expect(other.made).toEqual([]);
  });

  it('conflicts with requested options that differ, and only with those', async () => {
    const { open, shelf } = await startContainer();
    const room = shelve(shelf, PROJECT, {
      options: { mediaMode: 'routed', archiveMode: 'manual', e2ee: true },
    });
    expect(await open({ session: { mediaMode: 'routed' } })).toEqual(room);
    expect(await open({ session: {} })).toEqual(room);
    const fault = await catchFault(() => open({ session: { mediaMode: 'relayed', e2ee: false } }));
    expect(fault).toMatchObject({
      name: 'RoomConflictError',
      errors: [
        { pointer: '#/session/mediaMode', detail: 'the room has "routed"' },
        { pointer: '#/session/e2ee', detail: 'the room has true' },
      ],
    });
  });

  it.each(['any options', 'none'] as const)(
    'counts as gone past its time (may be opened: %s)',
    async (creation) => {
      const { open, shelf, made } = await startContainer();
      const old = shelve(shelf, PROJECT, { expiresAtSeconds: NOW_SECONDS });
      if (creation === 'none') {
        expect((await catchFault(() => open({ creation }))).name).toBe('RoomNotFoundError');
        expect(shelf.rooms.get('standup')).toEqual(old);
        return;
      }
      expect(await open({ creation })).toMatchObject({ sessionId: made[0] });
      expect(shelf.rooms.get('standup')?.sessionId).toBe(made[0]);
    },
  );

  it('is replaced by exactly one of several concurrent requests after its expiry', async () => {
    const shelf = createShelf();
    shelve(shelf, PROJECT, { expiresAtSeconds: NOW_SECONDS });
    const containers = await Promise.all(
      Array.from({ length: 5 }, () => startContainer({ shelf })),
    );
    const rooms = await Promise.all(containers.map(({ open }) => open()));
    expect(new Set(rooms.map(({ sessionId }) => sessionId)).size).toBe(1);
  });
});

describe('a room of another project', () => {
  it('counts as gone once the secret was read again and is still the one known', async () => {
    const { open, shelf, made, renewals } = await startContainer();
    shelve(shelf, OTHER_PROJECT);
    expect(await open()).toMatchObject({ sessionId: made[0], projectId: '123456' });
    expect(renewals()).toBe(1);
  });

  it('is not replaced by a container that has the old secret still', async () => {
    const { open, shelf, made } = await startContainer({ renewed: OTHER_SECRET });
    const room = shelve(shelf, OTHER_PROJECT);
    expect(await open()).toEqual(room);
    expect(made).toEqual([]);
  });

  it('is found by callers who may not create rooms', async () => {
    const { open, shelf } = await startContainer({ renewed: OTHER_SECRET });
    const room = shelve(shelf, OTHER_PROJECT);
    expect(await open({ creation: 'none' })).toEqual(room);
  });

  it('is not served from memory after a move to another project', async () => {
    const shelf = createShelf();
    const before = await startContainer({ shelf });
    const room = await before.open();
    const after = await startContainer({ shelf, secret: OTHER_SECRET });
    after.cache.set(room, NOW_MS);
    expect(await after.open()).toMatchObject({ projectId: '654321', sessionId: after.made[0] });
  });
});

/** Secrets Manager and the platform as all containers see them, and a table that they share. */
function openWorld() {
  const world = { secret: OPENTOK_SECRET as object, isDown: false, reads: 0 };
  const shelf = createShelf();
  let nowMs = NOW_MS;
  const start = () => {
    const now = () => nowMs;
    const projectSecret = createSecretCache({
      read: async () => {
        world.reads += 1;
        if (world.isDown) throw new Fault('SecretUnavailableError', 'Out of reach.');
        return JSON.stringify(world.secret);
      },
      parse: parseCredentials,
      ...{ ttlMs: 300_000, staleMs: 3_600_000, now, onStale: () => {} },
    });
    const { makeSession, made } = createSessions();
    const ensureRoom = createEnsureRoom({
      ...{ projectSecret, store: shelf, now },
      makeRoom: createMakeRoom({ makeSession, roomTtlSeconds: undefined }),
      cache: createRoomCache(0, now),
    });
    const open = async (
      name = 'standup',
      creation: RoomCreation = 'any options',
      session: object = {},
    ) => {
      const credentials = await projectSecret.get(ample);
      const { room } = await ensureRoom(
        { name, session: parseRequestedSession(session), creation, credentials },
        { nowSeconds: Math.floor(nowMs / 1000), remainingMs: ample },
      );
      return room;
    };
    return { open, made, projectSecret };
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { world, shelf, start, pass };
}

describe('rooms while a project moves', () => {
  const unsettled = {
    ...{ name: 'CredentialsChangingError', status: 503, retryAfterSeconds: 1 },
    message: "The project's credentials are changing. Retry in a second.",
  };

  it('are one to all containers after a move there and back within seconds', async () => {
    const { world, start, pass } = openWorld();
    const [stayed, moved] = [start(), start()];
    await stayed.open();
    await moved.open();
    world.secret = OTHER_SECRET;
    pass(1_000);
    // The container with the new secret replaces the room.
    const knowing = start();
    const there = await knowing.open();
    expect(there.projectId).toBe('654321');
    expect(await moved.open()).toEqual(there);
    world.secret = OPENTOK_SECRET;
    pass(1_000);
    const back = await start().open();
    expect(back.projectId).toBe('123456');
    for (let round = 0; round < 3; round += 1) {
      pass(1_000);
      expect(await knowing.open()).toEqual(back);
      expect(await stayed.open()).toEqual(back);
      expect(await moved.open()).toEqual(back);
    }
  });

  it('are left alone by a container that cannot read the secret again', async () => {
    const { world, shelf, start, pass } = openWorld();
    const old = start();
    await old.open('lobby');
    const room = shelve(shelf, OTHER_PROJECT);
    world.isDown = true;
    for (const creation of ['any options', 'none'] as const) {
      pass(400_000);
      const fault = await catchFault(() => old.open('standup', creation));
      expect(fault).toMatchObject(unsettled);
      expect(fault.reason).toMatch(/room standup is of project 654321, the secret of 123456/);
      expect(shelf.rooms.get('standup')).toEqual(room);
    }
    world.isDown = false;
    // The back-off after the failed reads.
    pass(10_000);
    expect(await old.open()).toMatchObject({ projectId: '123456' });
  });

  it('of a third project do not use up the renewal that a refusal needs', async () => {
    const { world, shelf, start } = openWorld();
    const container = start();
    const known = await container.projectSecret.get(() => 10_000);
    const leftovers = ['a', 'b', 'c'];
    for (const name of leftovers) shelve(shelf, { kind: 'opentok', id: '999' }, { name });
    for (const name of leftovers) expect(await container.open(name)).toMatchObject({ name });
    world.secret = OTHER_SECRET;
    const { outcome, value } = await container.projectSecret.renew(known, () => 10_000);
    expect([outcome, value.project]).toEqual(['renewed', OTHER_PROJECT]);
  });

  it('of another project cause at most one read of the secret a second, and those of this one none', async () => {
    const { world, shelf, start, pass } = openWorld();
    const { open } = start();
    const openAll = async (names: readonly string[]) => {
      for (const name of names) shelve(shelf, OTHER_PROJECT, { name });
      for (let round = 0; round < 3; round += 1) for (const name of names) await open(name);
      return world.reads;
    };
    expect(await openAll(['a', 'b'])).toBe(1);
    pass(1_000);
    expect(await openAll(['c', 'd'])).toBe(1);
    pass(1_000);
    expect(await openAll(['e', 'f'])).toBe(2);
  });
});

describe('a room of a former project, joined by callers who may not replace it', () => {
  const refused = [
    ['none', {}, 'RoomNotFoundError'],
    ['default options', { mediaMode: 'routed' }, 'ForbiddenError'],
  ] as const;

  it.each(refused)(
    'causes one read of the secret in 30 seconds: %s',
    async (creation, session, name) => {
      const { world, shelf, start, pass } = openWorld();
      const { open } = start();
      const names = ['a', 'b', 'c'];
      for (const room of names) shelve(shelf, OTHER_PROJECT, { name: room });
      const joinAll = async () => {
        for (const room of names) {
          expect((await catchFault(() => open(room, creation, session))).name).toBe(name);
        }
      };
      for (let second = 0; second < 60; second += 1) {
        await joinAll();
        pass(1_000);
      }
      // At the start and 31 seconds later.
      expect(world.reads).toBe(2);
      expect([...shelf.rooms.values()].map(({ projectId }) => projectId)).toEqual(
        names.map(() => OTHER_PROJECT.id),
      );
    },
  );

  it.each(refused)('is found if the project has moved there: %s', async (creation, session) => {
    const { world, shelf, start, pass } = openWorld();
    const { open } = start();
    await open('lobby');
    world.secret = OTHER_SECRET;
    pass(1_000);
    const options = { mediaMode: 'routed', archiveMode: 'manual', e2ee: false } as const;
    // Newer than the last read, so it may be of the new project.
    const createdAtSeconds = NOW_SECONDS + 1;
    const room = shelve(shelf, OTHER_PROJECT, { options, createdAtSeconds });
    expect(await open('standup', creation, session)).toEqual(room);
    pass(1_000);
    expect(await open('standup', creation, session)).toEqual(room);
  });

  it('causes one read a second if its time is in the future', async () => {
    const { world, shelf, start, pass } = openWorld();
    const { open } = start();
    shelve(shelf, OTHER_PROJECT, { createdAtSeconds: NOW_SECONDS * 2 });
    for (let second = 0; second < 6; second += 1) {
      for (let call = 0; call < 3; call += 1) await catchFault(() => open('standup', 'none'));
      pass(500);
    }
    // Three seconds, which touch up to four whole ones.
    expect(world.reads).toBeLessThanOrEqual(4);
  });

  it('causes few reads while the secret cannot be read', async () => {
    const { world, shelf, start, pass } = openWorld();
    const { open } = start();
    await open('lobby');
    shelve(shelf, OTHER_PROJECT);
    world.isDown = true;
    pass(60_000);
    for (let second = 0; second < 60; second += 1) {
      expect((await catchFault(() => open('standup', 'none'))).name).toBe(
        'CredentialsChangingError',
      );
      pass(1_000);
    }
    // Pauses of 1, 2, 4, 8, 16 and 32 seconds, after the first read.
    expect(world.reads).toBe(7);
  });
});

describe('a race', () => {
  it('is won by the first put; the loser takes the winner’s session', async () => {
    const shelf = createShelf();
    const [winner, loser] = [await startContainer({ shelf }), await startContainer({ shelf })];
    shelf.before.put = [() => winner.open()];
    const room = await loser.open();
    expect(room.sessionId).toBe(winner.made[0]);
    expect(loser.made).toHaveLength(1);
    expect(await loser.open()).toEqual(room);
  });

  it('has one winner however many take part', async () => {
    const shelf = createShelf();
    const containers = await Promise.all(
      Array.from({ length: 20 }, () => startContainer({ shelf })),
    );
    const rooms = await Promise.all(containers.map(({ open }) => open()));
    expect(new Set(rooms.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect([...shelf.rooms.values()]).toEqual([rooms[0]]);
  });

  it('lost against an earlier attempt keeps its session: a put with a lost response', async () => {
    const container = await startContainer();
    const { shelf, made, open } = container;
    const { put } = shelf;
    const flaky: Shelf = {
      ...shelf,
      put: async (...order) => {
        await put(...order);
        return put(...order);
      },
    };
    const other = await startContainer({ shelf: flaky });
    expect(await other.open()).toMatchObject({ sessionId: other.made[0] });
    expect((await open()).sessionId).toBe(other.made[0]);
    expect([other.made.length, made.length]).toEqual([1, 0]);
  });

  it('may leave a room behind with a lost put response; the next join uses it', async () => {
    const { open, shelf, made } = await startContainer();
    shelf.after.put = [
      () => {
        throw makeFault('RoomStoreUnavailableError', 'Out of reach.');
      },
    ];
    expect((await catchFault(() => open())).name).toBe('RoomStoreUnavailableError');
    expect(await open()).toMatchObject({ sessionId: made[0] });
    expect(made).toHaveLength(1);
  });

  it('is judged by the winner’s options', async () => {
    const shelf = createShelf();
    const [winner, loser] = [await startContainer({ shelf }), await startContainer({ shelf })];
    shelf.before.put = [() => winner.open({ session: { mediaMode: 'routed' } })];
    const fault = await catchFault(() => loser.open({ session: { mediaMode: 'relayed' } }));
    expect(fault.name).toBe('RoomConflictError');
  });

  it('with someone who closes the room each time makes one session and ends', async () => {
    const { open, shelf, made } = await startContainer();
    const rival = () => shelve(shelf, PROJECT);
    const close = () => shelf.rooms.delete('standup');
    shelf.before.put = [rival, rival, rival];
    shelf.after.put = [close, close, close];
    expect(await catchFault(() => open())).toMatchObject({
      name: 'RoomStoreUnavailableError',
      retryAfterSeconds: 1,
    });
    expect(made).toHaveLength(1);
  });

  it('within one container makes one session', async () => {
    const { open, made, shelf } = await startContainer({ cacheSeconds: 0 });
    const rooms = await Promise.all(Array.from({ length: 10 }, () => open()));
    expect(new Set(rooms.map(({ sessionId }) => sessionId))).toEqual(new Set(made));
    expect(made).toHaveLength(1);
    expect(shelf.calls.filter((call) => call === 'put')).toHaveLength(1);
  });

  it('within one container goes on when the first one fails', async () => {
    const { open, made, shelf } = await startContainer();
    shelf.before.get = [
      () => {
        throw makeFault('RoomStoreUnavailableError', 'Out of reach.');
      },
    ];
    const ends = await Promise.allSettled([open(), open(), open()]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(made).toHaveLength(1);
  });
});

describe('the memory of a container', () => {
  it('makes a busy room one read a minute', async () => {
    const { open, shelf, pass } = await startContainer();
    shelve(shelf, PROJECT);
    for (let second = 0; second < 180; second += 1) {
      await open();
      pass(1_000);
    }
    expect(shelf.calls).toEqual(['get', 'get', 'get']);
  });

  it('spares a room that was just created the first read, too', async () => {
    const { open, shelf } = await startContainer();
    await open();
    await open();
    expect(shelf.calls).toEqual(['get', 'put']);
  });

  it('does not remember that there is no room', async () => {
    const { open, shelf } = await startContainer();
    await catchFault(() => open({ creation: 'none' }));
    const room = shelve(shelf, PROJECT);
    expect(await open({ creation: 'none' })).toEqual(room);
  });

  it('serves a room that was closed elsewhere for its time and no longer', async () => {
    const { open, shelf, pass, made } = await startContainer();
    const room = shelve(shelf, PROJECT);
    await open();
    shelf.rooms.clear();
    pass(59_999);
    expect(await open()).toEqual(room);
    pass(1);
    expect(await open()).toMatchObject({ sessionId: made[0] });
  });

  it('counts that time from the request to the table, not from its response', async () => {
    const { open, shelf, pass } = await startContainer();
    shelve(shelf, PROJECT);
    shelf.after.get = [
      () => {
        shelf.rooms.clear();
        pass(3_000);
      },
    ];
    await open({ creation: 'none' });
    pass(57_000);
    expect((await catchFault(() => open({ creation: 'none' }))).name).toBe('RoomNotFoundError');
  });

  it('does not outlive the room', async () => {
    const { open, shelf, pass, made } = await startContainer();
    shelve(shelf, PROJECT, { expiresAtSeconds: NOW_SECONDS + 10 });
    await open();
    pass(10_000);
    expect(await open()).toMatchObject({ sessionId: made[0] });
  });

  it('never rejects: a room that another container has replaced is read before a conflict', async () => {
    const { open, shelf } = await startContainer();
    shelve(shelf, PROJECT);
    await open();
    const renewed = shelve(shelf, PROJECT, {
      options: { mediaMode: 'routed', archiveMode: 'manual', e2ee: false },
    });
    expect(await open({ session: { mediaMode: 'routed' } })).toEqual(renewed);
  });

  it('is of no use when switched off', async () => {
    const { open, shelf } = await startContainer({ cacheSeconds: 0 });
    shelve(shelf, PROJECT, { sessionId: sessionIds.openTok });
    await open();
    await open();
    expect(shelf.calls).toEqual(['get', 'get']);
  });
});
