/**
 * Takes a seat of a room with `maxParticipants`. Knows no event and no environment.
 *
 * A usual join is one transaction, of the person's seat and one shard of the count. Exactly `maxParticipants`
 * people hold a seat, however many ask at once, because the transaction needs a free seat of the shard. A person
 * who holds a seat takes no other one.
 */
import { type Caller, isHost } from '../../domain/access.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import { Fault } from '../../domain/faults.ts';
import { readIdentity, toPersonId } from '../../domain/identity.ts';
import type { Room } from '../domain/room.ts';
import {
  judgeCount,
  type Seat,
  type SeatLimit,
  toHomeShard,
  toSeatLimit,
  toTokenSeatId,
} from '../domain/seats.ts';
import { roomFault } from '../faults.ts';
import type { SeatStore, Taking } from '../table/seat-store.ts';
import type { SeatCounting } from './count-seats.ts';
import { createKeyedMutex } from './keyed-mutex.ts';

export interface TakeSeatDeps {
  readonly store: SeatStore;
  readonly counting: SeatCounting;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export interface SeatRequest {
  readonly limit: SeatLimit;
  readonly id: string;
  /** The connection that needs the seat. Default: a token does. */
  readonly connection?: { readonly connectionId: string; readonly createdAtMs: number };
  /** Whether the seat is taken in a full room too. */
  readonly isAlwaysIn: boolean;
}

/**
 * Takes a seat, or renews the one that is held. Throws Fault `RoomStoreUnavailableError` or
 * `ConfigurationError`.
 * @returns the seat if it was taken now
 */
export type TakeSeat = (
  request: SeatRequest,
  remainingMs: RemainingMs,
) => Promise<{ readonly outcome: 'in' | 'full'; readonly taken?: TakenSeat }>;

interface TakenSeat {
  readonly limit: SeatLimit;
  readonly seat: Seat;
}

export function createTakeSeat({ store, counting, now }: TakeSeatDeps): TakeSeat {
  // Lambda gives a container one request at a time. Where several arrive at once, their transactions would
  // conflict.
  const keyedMutex = createKeyedMutex();

  return (request, remainingMs) =>
    keyedMutex(request.limit.room, remainingMs, () => take(request, remainingMs));

  async function take(
    { limit: known, id, connection, isAlwaysIn }: SeatRequest,
    remainingMs: RemainingMs,
  ): ReturnType<TakeSeat> {
    let limit = known;
    let shard = toHomeShard(id, limit.maxParticipants);
    let taking: Taking = 'if free';
    for (let attempt = 0; ; attempt += 1) {
      const nowMs = now();
      const seat: Seat = {
        ...{ id, shard, version: nowMs },
        ...(connection
          ? {
              grantedAtMs: undefined,
              connectionIds: [connection.connectionId],
              connectedAtMs: nowMs,
            }
          : { grantedAtMs: nowMs, connectionIds: [], connectedAtMs: undefined }),
      };
      const taken = await store.take({ limit, seats: [seat], shard, taking, nowMs }, remainingMs);
      if (taken.outcome === 'applied') return { outcome: 'in', taken: { limit, seat } };
      if (taken.outcome === 'rejected' && taken.failed[0]) {
        const isHeld = connection
          ? await store.connect({ limit, id, ...connection, nowMs }, remainingMs)
          : await store.grant({ limit, id, nowMs }, remainingMs);
        if (isHeld) return { outcome: 'in' };
      }
      if (taken.outcome === 'conflict') await counting.backOff(attempt);
      const next = await choose({ limit, id, isAlwaysIn }, remainingMs);
      if (typeof next === 'string') return { outcome: next };
      ({ limit, shard, taking } = next);
    }
  }

  /** Chooses the shard to try next, after the count was read. */
  async function choose(
    { limit: known, id, isAlwaysIn }: Omit<SeatRequest, 'connection'>,
    remainingMs: RemainingMs,
  ): Promise<'in' | 'full' | { limit: SeatLimit; shard: number; taking: Taking }> {
    for (;;) {
      const prepared = await counting.prepare(known, remainingMs);
      // The room has no limit any more.
      if (!prepared) return 'in';
      const { limit, count } = prepared;
      const home = toHomeShard(id, limit.maxParticipants);
      const judged = judgeCount(count.shards, limit, home);
      if (judged.state === 'free') return { limit, shard: judged.shard, taking: 'if free' };
      if (judged.state !== 'full') {
        await counting.balance(limit, count, remainingMs);
      } else if (!(await counting.sweep(limit, count, remainingMs))) {
        return isAlwaysIn ? { limit, shard: home, taking: { regardless: count.shards } } : 'full';
      }
    }
  }
}

/** The seat of a token that is about to be issued. */
export interface SeatOfToken {
  /** Frees the seat if it was taken for this token, which is not issued. A failure is ignored. */
  readonly release: (remainingMs: RemainingMs) => Promise<void>;
}

/**
 * Takes a seat for a token. Makes no call for a room without `maxParticipants`.
 *
 * @throws Fault `RoomFullError`
 */
export type SeatCaller = (
  of: {
    readonly room: Room;
    readonly caller: Caller;
    /** The connection data of the token. */
    readonly data: string | undefined;
  },
  remainingMs: RemainingMs,
) => Promise<SeatOfToken>;

/** After this time, seats of people who never connected may be free. */
const FULL_RETRY_SECONDS = 5;
const NO_SEAT: SeatOfToken = { release: async () => undefined };

/** @param newId returns a new id, for a token without a person */
export function createSeatCaller(
  takeSeat: TakeSeat,
  { store, newId }: { readonly store: Pick<SeatStore, 'free'>; readonly newId: () => string },
): SeatCaller {
  return async ({ room, caller, data }, remainingMs) => {
    const limit = toSeatLimit(room);
    if (!limit) return NO_SEAT;
    const sub = 'subject' in caller ? caller.subject : readIdentity(data ?? '')?.sub;
    const id = sub === undefined ? toTokenSeatId(newId()) : toPersonId(sub);
    const { outcome, taken } = await takeSeat(
      { limit, id, isAlwaysIn: isHost(caller) },
      remainingMs,
    );
    if (outcome === 'full') {
      throw roomFault(
        'RoomFullError',
        `The room is full: ${limit.maxParticipants} people fit. Retry later.`,
        {
          retryAfterSeconds: FULL_RETRY_SECONDS,
        },
      );
    }
    return taken ? { release: (leftMs) => release(taken, leftMs) } : NO_SEAT;
  };

  async function release({ limit, seat }: TakenSeat, remainingMs: RemainingMs): Promise<void> {
    try {
      await store.free({ limit, seats: [seat], shard: seat.shard }, remainingMs);
    } catch (error) {
      // The seat is free after 60 seconds in any case.
      if (!(error instanceof Fault)) throw error;
    }
  }
}
