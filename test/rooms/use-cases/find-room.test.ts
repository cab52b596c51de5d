import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../../lib/credentials/credentials.ts';
import { createSecretCache } from '../../../lib/credentials/secret-cache.ts';
import { findRoom, requireRoom } from '../../../lib/rooms/use-cases/find-room.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_SECONDS, OPENTOK_SECRET } from '../../support/fixtures.ts';
import { createSecret, createShelf, shelve } from '../shelf.ts';

const PROJECT = { kind: 'opentok', id: '123456' } as const;
const OTHER_PROJECT = { kind: 'opentok', id: '654321' } as const;
const OTHER_SECRET = { ...OPENTOK_SECRET, apiKey: '654321' };
const ample = () => 10_000;
const invocation = { nowSeconds: NOW_SECONDS, remainingMs: ample };

async function open(renewed: object = OPENTOK_SECRET) {
  const { projectSecret, renewals } = await createSecret(OPENTOK_SECRET, renewed);
  let requested = 0;
  const counting = {
    ...projectSecret,
    get: (remainingMs: () => number) => {
      requested += 1;
      return projectSecret.get(remainingMs);
    },
  };
  const store = createShelf();
  return { projectSecret: counting, store, renewals, requested: () => requested };
}

describe('findRoom', () => {
  it('returns a room with the credentials of its project', async () => {
    const deps = await open();
    const room = shelve(deps.store, PROJECT);
    const found = await findRoom(deps, 'standup', invocation);
    expect(found).toMatchObject({ stored: room, room, credentials: { project: PROJECT } });
    expect(deps.renewals()).toBe(0);
  });

  it('returns nothing for an unknown name', async () => {
    const found = await findRoom(await open(), 'standup', invocation);
    expect(found).toMatchObject({ stored: undefined, room: undefined });
  });

  it.each([
    ['expired this second', NOW_SECONDS, false],
    ['expires in a second', NOW_SECONDS + 1, true],
  ])('returns whether a room that %s exists', async (_when, expiresAtSeconds, exists) => {
    const deps = await open();
    const stored = shelve(deps.store, PROJECT, { expiresAtSeconds });
    const found = await findRoom(deps, 'standup', invocation);
    expect(found).toMatchObject({ stored, room: exists ? stored : undefined });
  });

  it('uses the credentials that the request has read', async () => {
    const deps = await open();
    const known = await deps.projectSecret.get(ample);
    shelve(deps.store, PROJECT);
    expect((await findRoom(deps, 'standup', invocation, { known })).credentials).toBe(known);
    expect(deps.requested()).toBe(1);
  });

  it.each([true, false])(
    'treats a room of another project as gone once the secret is confirmed (replaces: %s)',
    async (mayReplace) => {
      const deps = await open();
      const stored = shelve(deps.store, OTHER_PROJECT);
      const found = await findRoom(deps, 'standup', invocation, { mayReplace });
      expect(found).toMatchObject({ stored, room: undefined, credentials: { project: PROJECT } });
      expect(deps.renewals()).toBe(1);
    },
  );

  it('reads the secret once for many attempts to replace a room within a second', async () => {
    const { store } = await open();
    shelve(store, OTHER_PROJECT, { createdAtSeconds: NOW_SECONDS - 60 });
    let reads = 0;
    const projectSecret = createSecretCache({
      read: async () => {
        reads += 1;
        return JSON.stringify(OPENTOK_SECRET);
      },
      parse: parseCredentials,
      ...{ ttlMs: 60_000, staleMs: 0, now: () => NOW_SECONDS * 1000 },
      onStale: () => expect.fail('The secret can be read.'),
    });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await findRoom({ projectSecret, store }, 'standup', invocation, { mayReplace: true });
    }
    expect(reads).toBe(1);
  });

  it('returns the new credentials with a room of the project that the secret has moved to', async () => {
    const deps = await open(OTHER_SECRET);
    const room = shelve(deps.store, OTHER_PROJECT);
    const found = await findRoom(deps, 'standup', invocation);
    expect(found).toMatchObject({ room, credentials: { project: OTHER_PROJECT } });
  });

  it.each([
    ['created long ago', NOW_SECONDS - 1_000, NOW_SECONDS - 30, NOW_SECONDS - 1],
    ['created 20 seconds ago', NOW_SECONDS - 20, NOW_SECONDS - 15, NOW_SECONDS - 1],
    ['created 5 seconds ago', NOW_SECONDS - 5, NOW_SECONDS, NOW_SECONDS - 1],
    ['created 4 seconds ago', NOW_SECONDS - 4, NOW_SECONDS, undefined],
    ['created now', NOW_SECONDS, NOW_SECONDS, undefined],
    ['created in the future', NOW_SECONDS * 2, NOW_SECONDS, undefined],
  ])(
    'accepts a read since then for a room %s',
    async (...[, createdAtSeconds, found, replaced]) => {
      const deps = await open();
      shelve(deps.store, OTHER_PROJECT, { createdAtSeconds });
      const since: unknown[] = [];
      const projectSecret: typeof deps.projectSecret = {
        ...deps.projectSecret,
        confirm: (doubted, remainingMs, sinceMs) => {
          since.push(sinceMs);
          return deps.projectSecret.confirm(doubted, remainingMs, sinceMs);
        },
      };
      await findRoom({ ...deps, projectSecret }, 'standup', invocation);
      await findRoom({ ...deps, projectSecret }, 'standup', invocation, { mayReplace: true });
      expect(since).toEqual([found * 1_000, replaced && replaced * 1_000]);
    },
  );

  it.each(['unreachable', 'too-soon'] as const)(
    'rejects a room of another project if the secret is %s',
    async (outcome) => {
      const deps = await open();
      shelve(deps.store, OTHER_PROJECT);
      const projectSecret: typeof deps.projectSecret = {
        ...deps.projectSecret,
        confirm: async (value) => ({ outcome, value }),
      };
      expect(
        await catchFault(() => findRoom({ ...deps, projectSecret }, 'standup', invocation)),
      ).toMatchObject({
        ...{ name: 'CredentialsChangingError', status: 503, retryAfterSeconds: 1 },
        message: "The project's credentials are changing. Retry in a second.",
        reason: expect.stringMatching(/standup is of project 654321, the secret of 123456/),
      });
    },
  );
});

describe('requireRoom', () => {
  it('returns the room, or throws if there is none', async () => {
    const deps = await open();
    const by = { ...invocation, requestId: 'request', caller: { kind: 'trusted' } as const };
    const full = { ...by, maxTokenSeconds: 60 };
    expect((await catchFault(() => requireRoom(deps, 'standup', full))).name).toBe(
      'RoomNotFoundError',
    );
    const room = shelve(deps.store, PROJECT);
    expect(await requireRoom(deps, 'standup', full)).toEqual(room);
  });
});
