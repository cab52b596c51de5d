/**
 * Keeps the count of a room's seats right: begins it, sets its capacities, and frees seats that are not in use.
 * Knows no event and no environment.
 *
 * None of it is on the way of a usual join. It runs when a join meets a shard without a free seat, a rule that
 * has changed, or a count that has not begun. Every step can be repeated by any container after a crash.
 */
import type { RemainingMs } from '../../domain/deadline.ts';
import { Fault } from '../../domain/faults.ts';
import { toPersonId, toUnknownPersonId } from '../../domain/identity.ts';
import {
  isAbandoned,
  judgeCount,
  type Seat,
  type SeatLimit,
  toHomeShard,
} from '../domain/seats.ts';
import type { SeatCount, SeatStore } from '../table/seat-store.ts';

/** A connection that the platform's callbacks have reported, and not as destroyed. */
export interface ReportedConnection {
  readonly connectionId: string;
  /** The person's subject; `undefined` for an unknown connection. */
  readonly sub: string | undefined;
}

export interface CountSeatsDeps {
  readonly store: SeatStore;
  /** Lists the connections to a session that callbacks have reported. Strongly consistent. */
  readonly listReported: (
    sessionId: string,
    remainingMs: RemainingMs,
  ) => Promise<readonly ReportedConnection[]>;
  /** Lists the ids of the connections to a session that the platform has now. */
  readonly listConnected: (
    sessionId: string,
    remainingMs: RemainingMs,
  ) => Promise<ReadonlySet<string>>;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** A number from 0 to below 1. */
  readonly random: () => number;
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface SeatCounting {
  /**
   * Returns the rule as it is now, and a count that fits it.
   * @returns `undefined` if the session is not that of a room with the rule any more
   */
  readonly prepare: (
    limit: SeatLimit,
    remainingMs: RemainingMs,
  ) => Promise<{ readonly limit: SeatLimit; readonly count: SeatCount } | undefined>;
  /** Sets the capacities by the seats that are held. */
  readonly balance: (limit: SeatLimit, count: SeatCount, remainingMs: RemainingMs) => Promise<void>;
  /** Frees the seats that are not in use, at most once a second. @returns whether any was freed */
  readonly sweep: (
    limit: SeatLimit,
    count: SeatCount,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Waits before a write that conflicted is retried. */
  readonly backOff: (attempt: number) => Promise<void>;
}

/** Reading all seats of the largest room takes 600 read units. */
const SWEEP_INTERVAL_MS = 1_000;
/** A call to the platform, for callbacks that were lost. */
const COMPARISON_INTERVAL_MS = 60_000;
/** A connection of which no callback came for this long may be compared with the platform's list. */
const LOST_AFTER_MS = 5 * 60_000;
/** A seat that is freed costs two write units, and a partition has 1,000 a second. */
const MAX_FREED = 300;
/** How long one container may take to seat the people who are in, before another one helps. */
const TAKE_OVER_MS = 3_000;
/** A transaction has at most 100 writes, of which two are not seats. */
const BATCH_SIZE = 90;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

export function createSeatCounting(deps: CountSeatsDeps): SeatCounting {
  const { store, listReported, listConnected, now, pause, random } = deps;

  const backOff: SeatCounting['backOff'] = async (attempt) => {
    const longestMs = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
    await pause(longestMs * (0.5 + random() / 2));
  };

  /** Takes seats for the people who are in, however many fit. */
  const seatPresent = async (limit: SeatLimit, remainingMs: RemainingMs): Promise<void> => {
    const seats = toSeats(await listReported(limit.sessionId, remainingMs), limit, now());
    await inBatches(seats, async (batch, shard) => {
      const taken = { limit, seats: batch, shard, taking: 'while opening', nowMs: now() } as const;
      return store.take(taken, remainingMs);
    });
  };

  /** Returns how many items a transaction per batch has changed. An item that has changed since is omitted. */
  const inBatches = async (
    seats: readonly Seat[],
    write: (batch: readonly Seat[], shard: number) => ReturnType<SeatStore['take']>,
  ): Promise<number> => {
    let written = 0;
    for (const [shard, ofShard = []] of Map.groupBy(seats, (seat) => seat.shard)) {
      for (let start = 0; start < ofShard.length; start += BATCH_SIZE) {
        let batch: readonly Seat[] = ofShard.slice(start, start + BATCH_SIZE);
        for (let attempt = 0; batch.length > 0; attempt += 1) {
          const result = await write(batch, shard);
          if (result.outcome === 'applied') {
            written += batch.length;
            break;
          }
          if (result.outcome === 'conflict') {
            await backOff(attempt);
            continue;
          }
          const left = batch.filter((_, index) => !result.failed[index]);
          // Not a seat but the count has changed, so another container has gone on.
          if (left.length === batch.length) return written;
          batch = left;
        }
      }
    }
    return written;
  };

  /** Returns the seats of connections that have ended without a callback. */
  const findLost = async (
    limit: SeatLimit,
    seats: readonly Seat[],
    remainingMs: RemainingMs,
  ): Promise<readonly Seat[]> => {
    const nowMs = now();
    const silent = seats.filter(
      ({ connectionIds, connectedAtMs = nowMs }) =>
        connectionIds.length > 0 && nowMs - connectedAtMs >= LOST_AFTER_MS,
    );
    const task = {
      limit,
      task: 'comparedAtMs',
      intervalMs: COMPARISON_INTERVAL_MS,
      nowMs,
    } as const;
    if (silent.length === 0 || !(await store.claim(task, remainingMs))) return [];
    let connected: ReadonlySet<string>;
    try {
      // After the seats were read: a connection of a seat that is not listed has ended.
      connected = await listConnected(limit.sessionId, remainingMs);
    } catch (error) {
      // A join does not fail because the platform does.
      if (error instanceof Fault) return [];
      throw error;
    }
    return silent.filter((seat) => isAbandoned(seat, nowMs, (id) => connected.has(id)));
  };

  const balance: SeatCounting['balance'] = async (limit, count, remainingMs) => {
    const { outcome } = await store.balance({ limit, count, nowMs: now() }, remainingMs);
    if (outcome !== 'applied') await backOff(0);
  };

  const open = async (limit: SeatLimit, remainingMs: RemainingMs): Promise<void> => {
    await seatPresent(limit, remainingMs);
    const seated = await store.readCount(limit, remainingMs);
    if (seated?.openingSinceMs !== undefined) await balance(limit, seated, remainingMs);
  };

  return {
    backOff,
    balance,
    prepare: async (known, remainingMs) => {
      let limit = known;
      for (let attempt = 0; ; attempt += 1) {
        const count = await store.readCount(limit, remainingMs);
        const fits =
          count !== undefined &&
          count.openingSinceMs === undefined &&
          judgeCount(count.shards, limit, 0).state !== 'of another rule';
        if (fits) return { limit, count };
        // The rule may have changed since it was read; an older one must not take the place of a newer one.
        const current = await store.readLimit(limit.room, remainingMs);
        if (current?.sessionId !== limit.sessionId) return undefined;
        const isSame =
          current.countId === limit.countId && current.maxParticipants === limit.maxParticipants;
        limit = current;
        if (!isSame) continue;
        if (!count) {
          const { outcome } = await store.beginCount(limit, { nowMs: now() }, remainingMs);
          if (outcome === 'applied') await open(limit, remainingMs);
          else await backOff(attempt);
        } else if (count.openingSinceMs !== undefined) {
          // Another container does it, unless it has crashed.
          if (now() - count.openingSinceMs < TAKE_OVER_MS) await backOff(attempt);
          else await open(limit, remainingMs);
        } else {
          await balance(limit, count, remainingMs);
        }
      }
    },
    sweep: async (limit, count, remainingMs) => {
      const nowMs = now();
      // Spares a full room one write for each join.
      if (nowMs - count.sweptAtMs < SWEEP_INTERVAL_MS) return false;
      const task = { limit, task: 'sweptAtMs', intervalMs: SWEEP_INTERVAL_MS, nowMs } as const;
      if (!(await store.claim(task, remainingMs))) return false;
      // In this order: a connection of a seat is recorded before it is added to the seat.
      const seats = await store.list(limit, { ofTokens: false }, remainingMs);
      const reported = await listReported(limit.sessionId, remainingMs);
      const live = new Set(reported.map(({ connectionId }) => connectionId));
      let isCorrected = false;
      for (const shard of count.shards) {
        // Seats can be missing that DynamoDB has expired, or that were lost with a backup.
        const held = seats.filter((seat) => seat.shard === shard.index).length;
        if (held === shard.held) continue;
        if (await store.correct({ limit, shard, held }, remainingMs)) isCorrected = true;
      }
      const abandoned = seats.filter((seat) => isAbandoned(seat, nowMs, (id) => live.has(id)));
      const freed = await inBatches(
        (abandoned.length > 0 ? abandoned : await findLost(limit, seats, remainingMs)).slice(
          0,
          MAX_FREED,
        ),
        (batch, shard) => store.free({ limit, seats: batch, shard }, remainingMs),
      );
      return isCorrected || freed > 0;
    },
  };
}

/** Returns one seat per person, and one per unknown connection. */
function toSeats(
  connections: readonly ReportedConnection[],
  { maxParticipants }: SeatLimit,
  nowMs: number,
): readonly Seat[] {
  const byPerson = Map.groupBy(connections, ({ connectionId, sub }) =>
    sub === undefined ? toUnknownPersonId(connectionId) : toPersonId(sub),
  );
  return [...byPerson].map(([id, ofPerson]) => ({
    ...{ id, shard: toHomeShard(id, maxParticipants), grantedAtMs: undefined },
    connectionIds: ofPerson.map(({ connectionId }) => connectionId),
    ...{ connectedAtMs: nowMs, version: nowMs },
  }));
}
