/**
 * A table of rooms in this process, for tests of what several containers do to it; its calls can be
 * stepped between. And the secret and the platform that go with it.
 */

import { expect } from 'vitest';
import { type Credentials, parseCredentials } from '../../lib/credentials/credentials.ts';
import type { SecretCache } from '../../lib/credentials/secret-cache.ts';
import type { Project } from '../../lib/domain/project.ts';
import type { Room } from '../../lib/rooms/domain/room.ts';
import type { RoomRemoval, RoomStore } from '../../lib/rooms/table/room-store.ts';
import { createSeatCaller, type SeatCaller } from '../../lib/rooms/use-cases/take-seat.ts';
import type { MakeSession } from '../../lib/use-cases/create-session.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';

export interface Shelf extends RoomStore, RoomRemoval {
  readonly rooms: Map<string, Room>;
  /** What was to be put last, whatever came of it. */
  readonly lastPut: Room | undefined;
  /** Sessions of deleted rooms; their invites and knocks were removed. */
  readonly cleared: { readonly room: string; readonly sessionId: string }[];
  /** Names of the calls, in order. */
  readonly calls: string[];
  /** Run before the call of that name is answered, once each. */
  readonly before: Partial<Record<'get' | 'put' | 'remove', (() => unknown)[]>>;
  /** Run after the call of that name was carried out, before it is answered, once each. */
  readonly after: Partial<Record<'get' | 'put' | 'remove', (() => unknown)[]>>;
}

export function createShelf(): Shelf {
  const rooms = new Map<string, Room>();
  const calls: string[] = [];
  const cleared: Shelf['cleared'][number][] = [];
  let lastPut: Room | undefined;
  const before: Shelf['before'] = {};
  const after: Shelf['after'] = {};
  const step = async <Result>(
    name: 'get' | 'put' | 'remove',
    run: () => Result,
  ): Promise<Result> => {
    calls.push(name);
    await before[name]?.shift()?.();
    const result = run();
    await after[name]?.shift()?.();
    return result;
  };
  return {
    rooms,
    calls,
    cleared,
    before,
    after,
    get: (name) => step('get', () => rooms.get(name)),
    get lastPut() {
      return lastPut;
    },
    put: (room, replaced) => {
      lastPut = room;
      return step('put', () => {
        const there = rooms.get(room.name);
        if (!isSame(there, replaced)) return false;
        rooms.set(room.name, room);
        return true;
      });
    },
    replace: (room) => {
      lastPut = room;
      return step('put', () => {
        if (rooms.get(room.name)?.sessionId !== room.sessionId) return false;
        rooms.set(room.name, room);
        return true;
      });
    },
    remove: async (name) => {
      const sessionId = rooms.get(name)?.sessionId;
      return step('remove', () => {
        if (rooms.get(name)?.sessionId === sessionId) rooms.delete(name);
        return sessionId;
      });
    },
    removeIfStill: (room) =>
      step('remove', () => isSame(rooms.get(room.name), room) && rooms.delete(room.name)),
    removeRest: async (of) => {
      cleared.push(of);
    },
  };
}

function isSame(one: Room | undefined, other: Room | undefined): boolean {
  return one?.sessionId === other?.sessionId && one?.revision === other?.revision;
}

/** A secret that is read once, and that another may take the place of when it is renewed. */
export async function createSecret(secret: object = OPENTOK_SECRET, renewed: object = secret) {
  let current = await parseCredentials(JSON.stringify(secret));
  const next = await parseCredentials(JSON.stringify(renewed));
  let renewals = 0;
  const projectSecret: SecretCache<Credentials> = {
    get: async () => current,
    renew: async () => expect.fail('No credential was refused.'),
    confirm: async (doubted) => {
      renewals += 1;
      if (renewed === secret) return { outcome: 'unchanged', value: doubted };
      current = next;
      return { outcome: 'renewed', value: next };
    },
  };
  return { projectSecret, renewals: () => renewals };
}

/** Creates sessions without the platform. `made` lists their ids. */
export function createSessions() {
  const made: string[] = [];
  const makeSession: MakeSession = async (_options, credentials) => {
    const sessionId = mintSessionId({ projectId: credentials.project.id });
    made.push(sessionId);
    return { sessionId, credentials };
  };
  return { makeSession, made };
}

/** For rooms that any number of people fit into. */
export const noLimit: SeatCaller = createSeatCaller(
  () => expect.fail('No room here has maxParticipants.'),
  { store: { free: () => expect.fail('No seat was taken.') }, newId: () => 'id' },
);

/** A room that is in the table already. */
export function shelve(shelf: Shelf, project: Project, changed: Partial<Room> = {}): Room {
  const room: Room = {
    name: 'standup',
    sessionId: mintSessionId({ projectId: project.id }),
    projectId: project.id,
    options: { mediaMode: 'relayed', archiveMode: 'manual', e2ee: false },
    createdAtSeconds: 1_600_000_000,
    expiresAtSeconds: undefined,
    rules: undefined,
    revision: undefined,
    ...changed,
  };
  shelf.rooms.set(room.name, room);
  return room;
}
