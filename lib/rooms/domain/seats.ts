/**
 * Seats of a room with `maxParticipants`: who holds one, and how they are counted. Pure: no I/O.
 *
 * A person holds a seat from the token on, and keeps it while they are connected. The count of the seats is
 * split into shards, so that joins of a large room write to different items. Each shard has a capacity,
 * and a join needs a shard that holds fewer seats than that:
 *
 * - At every moment the sum over all shards of the larger one of `held` and `capacity` is at most
 *   `maxParticipants`, or the number of seats that were held when the capacities were last set.
 * - A seat that is taken regardless of the limit, by a host or an unknown connection, sets all capacities to 0.
 *   The next join sets them again, from the number of seats that are held then.
 */
import { hash } from 'node:crypto';
import type { Room } from './room.ts';

/** The room's rule, and which count it is about. */
export interface SeatLimit {
  readonly room: string;
  readonly sessionId: string;
  /** Identifies the count, which begins again when a room gets the rule. */
  readonly countId: string;
  readonly maxParticipants: number;
  /** The room's revision when the rule was read. */
  readonly revision: string | undefined;
}

/** Returns the rule of a room; `undefined` if any number of people fit. */
export function toSeatLimit({
  name,
  sessionId,
  rules,
  revision,
  seatCountId = sessionId,
}: Pick<Room, 'name' | 'sessionId' | 'rules' | 'revision' | 'seatCountId'>): SeatLimit | undefined {
  const { maxParticipants } = rules ?? {};
  if (maxParticipants === undefined) return undefined;
  return { room: name, sessionId, countId: seatCountId, maxParticipants, revision };
}

export interface Seat {
  /** The person's `participantId`; of a token without a person the one of `toTokenSeatId`. */
  readonly id: string;
  /** Index of the shard that counts the seat. */
  readonly shard: number;
  /** When a token was issued that no connection has used yet, in milliseconds since the UNIX epoch. */
  readonly grantedAtMs: number | undefined;
  readonly connectionIds: readonly string[];
  /** When a connection was last added, in milliseconds since the UNIX epoch. */
  readonly connectedAtMs: number | undefined;
  /** Changes with the seat. */
  readonly version: number;
}

/** A part of the count. */
export interface Shard {
  readonly index: number;
  readonly maxParticipants: number;
  readonly capacity: number;
  readonly held: number;
  /** Changes with the shard. */
  readonly version: number;
}

/** How long a token holds a seat without a connection. */
export const GRANT_MS = 60_000;
/** About the joins per second of one item that rarely conflict, for a room that fills within seconds. */
const SEATS_PER_SHARD = 50;
/** All shards are changed by one transaction, and read by one query of less than 4 KiB. */
const MAX_SHARDS = 16;

export function toShardCount(maxParticipants: number): number {
  return Math.min(Math.ceil(maxParticipants / SEATS_PER_SHARD), MAX_SHARDS);
}

/** Returns the shard that a person tries first: the same one each time, and any of them equally often. */
export function toHomeShard(seatId: string, maxParticipants: number): number {
  return (
    Number.parseInt(hash('sha256', seatId, 'hex').slice(0, 8), 16) % toShardCount(maxParticipants)
  );
}

/** No id of a participant contains it. */
export const TOKEN_SEAT_PREFIX = '?';

/**
 * Returns the seat id of a token that names no person: one of a trusted caller, with connection data that is not
 * in our form.
 */
export function toTokenSeatId(id: string): string {
  return TOKEN_SEAT_PREFIX + id;
}

/** What a join does next, by the state of the count. */
export type CountState =
  /** The capacities are those of another rule. */
  | { readonly state: 'of another rule' }
  /** The free seats are in no shard that a join may use. */
  | { readonly state: 'unbalanced' }
  | { readonly state: 'free'; readonly shard: number }
  | { readonly state: 'full' };

/** @param home the shard to prefer */
export function judgeCount(
  shards: readonly Shard[],
  { maxParticipants }: Pick<SeatLimit, 'maxParticipants'>,
  home: number,
): CountState {
  if (shards.some((shard) => shard.maxParticipants !== maxParticipants)) {
    return { state: 'of another rule' };
  }
  const held = shards.reduce((sum, shard) => sum + shard.held, 0);
  if (held >= maxParticipants) return { state: 'full' };
  const free = shards.filter((shard) => shard.held < shard.capacity).map(({ index }) => index);
  // The next one from home on, so concurrent joins do not all choose the same shard.
  const shard = free.find((index) => index >= home) ?? free[0];
  return shard === undefined ? { state: 'unbalanced' } : { state: 'free', shard };
}

/**
 * Returns the capacity of each shard, in their order. Free seats are split evenly among the shards that the rule
 * uses. Without free seats every capacity is 0.
 */
export function splitCapacity(
  shards: readonly Pick<Shard, 'index' | 'held'>[],
  maxParticipants: number,
): readonly number[] {
  const free = maxParticipants - shards.reduce((sum, { held }) => sum + held, 0);
  const inUse = toShardCount(maxParticipants);
  return shards.map(({ index, held }) => {
    if (free <= 0 || index >= inUse) return 0;
    return held + Math.floor(free / inUse) + (index < free % inUse ? 1 : 0);
  });
}

/** Whether a token was issued within the last 60 seconds that no connection has used yet. */
export function hasOpenGrant({ grantedAtMs }: Seat, nowMs: number): boolean {
  return grantedAtMs !== undefined && nowMs < grantedAtMs + GRANT_MS;
}

/**
 * Whether a seat is not in use: its token was not used in time, or its connections have ended.
 * @param isLive whether a connection exists
 */
export function isAbandoned(
  seat: Seat,
  nowMs: number,
  isLive: (connectionId: string) => boolean,
): boolean {
  return !hasOpenGrant(seat, nowMs) && !seat.connectionIds.some(isLive);
}
