/**
 * Seats by the platform's callbacks: a person keeps their seat while they are connected, and a connection without
 * a seat needs one. Knows no event and no environment.
 */
import type { RemainingMs } from '../../domain/deadline.ts';
import { toPersonId, toUnknownPersonId } from '../../domain/identity.ts';
import { hasOpenGrant, type SeatLimit } from '../domain/seats.ts';
import type { SeatStore } from '../table/seat-store.ts';
import type { SeatCounting } from './count-seats.ts';
import type { TakeSeat } from './take-seat.ts';

/** A connection of a callback. */
export interface SeatedConnection {
  /** The name of the session's room. */
  readonly room: string;
  readonly sessionId: string;
  readonly connectionId: string;
  /** The person's subject; `undefined` for an unknown connection. */
  readonly sub: string | undefined;
  /** When it began, in milliseconds since the UNIX epoch. */
  readonly createdAtMs: number;
}

/** Every method can be repeated, and throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface SeatConnections {
  /**
   * Gives a connection that was created the seat of its person, or a free one. An unknown connection gets one in
   * a full room too.
   * @returns false if there is none, so the connection is surplus
   */
  readonly connect: (of: SeatedConnection, remainingMs: RemainingMs) => Promise<boolean>;
  /** Takes a connection that was destroyed off its seat, and frees the seat after the last one. */
  readonly disconnect: (of: SeatedConnection, remainingMs: RemainingMs) => Promise<void>;
}

export interface ConnectSeatDeps {
  readonly store: SeatStore;
  readonly counting: Pick<SeatCounting, 'backOff'>;
  readonly takeSeat: TakeSeat;
  /** Whether a callback has reported the end of a connection. Strongly consistent. */
  readonly isGone: (
    of: Pick<SeatedConnection, 'sessionId' | 'connectionId'>,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

export function createConnectSeat({
  store,
  counting,
  takeSeat,
  isGone,
  now,
}: ConnectSeatDeps): SeatConnections {
  const findLimit = async ({ room, sessionId }: SeatedConnection, remainingMs: RemainingMs) => {
    const limit = await store.readLimit(room, remainingMs);
    return limit?.sessionId === sessionId ? limit : undefined;
  };

  const leave = async (of: SeatedConnection, limit: SeatLimit, remainingMs: RemainingMs) => {
    const { connectionId, createdAtMs } = of;
    const seat = { limit, id: toSeatId(of), connectionId, createdAtMs };
    const left = await store.disconnect(seat, remainingMs);
    if (!left || left.after.connectionIds.length > 0) return;
    const { before, after } = left;
    // The callback about its creation may never arrive.
    const hasUsedGrant =
      !before.connectionIds.includes(connectionId) && createdAtMs >= (before.grantedAtMs ?? 0);
    // The person has a newer token: they have reloaded the page, for example.
    if (hasOpenGrant(after, now()) && !hasUsedGrant) return;
    const { shard } = after;
    for (let attempt = 0; ; attempt += 1) {
      const { outcome } = await store.free({ limit, seats: [after], shard }, remainingMs);
      if (outcome !== 'conflict') return;
      await counting.backOff(attempt);
    }
  };

  /** Gives an unknown connection the seat of a token without a person, which it probably has used. */
  const takeOver = async (of: SeatedConnection, limit: SeatLimit, remainingMs: RemainingMs) => {
    const nowMs = now();
    const seats = await store.list(limit, { ofTokens: true }, remainingMs);
    const unused = seats
      .filter((seat) => hasOpenGrant(seat, nowMs))
      .toSorted((one, other) => (one.grantedAtMs ?? 0) - (other.grantedAtMs ?? 0));
    for (const replaced of unused) {
      const by = {
        ...{ id: toSeatId(of), shard: replaced.shard, version: nowMs },
        ...{ grantedAtMs: undefined, connectedAtMs: nowMs, connectionIds: [of.connectionId] },
      };
      const result = await store.replace({ limit, replaced, by, nowMs }, remainingMs);
      if (result.outcome === 'applied') return true;
      // The connection has a seat.
      if (result.outcome === 'rejected' && result.failed[1]) return false;
    }
    return false;
  };

  const isSeated = async (
    of: SeatedConnection,
    limit: SeatLimit,
    remainingMs: RemainingMs,
  ): Promise<boolean> => {
    const { connectionId, createdAtMs, sub } = of;
    const connection = { connectionId, createdAtMs };
    const id = toSeatId(of);
    if (await store.connect({ limit, id, ...connection, nowMs: now() }, remainingMs)) return true;
    const isUnknown = sub === undefined;
    if (isUnknown && (await takeOver(of, limit, remainingMs))) return true;
    const request = { limit, id, connection, isAlwaysIn: isUnknown };
    return (await takeSeat(request, remainingMs)).outcome === 'in';
  };

  return {
    connect: async (of, remainingMs) => {
      const limit = await findLimit(of, remainingMs);
      if (!limit) return true;
      const isIn = await isSeated(of, limit, remainingMs);
      // After the seat was written: the callbacks of a connection arrive in any order, so its end may have been
      // handled before or meanwhile.
      if (!(await isGone(of, remainingMs))) return isIn;
      if (isIn) await leave(of, limit, remainingMs);
      return true;
    },
    disconnect: async (of, remainingMs) => {
      const limit = await findLimit(of, remainingMs);
      if (limit) await leave(of, limit, remainingMs);
    },
  };
}

function toSeatId({ sub, connectionId }: SeatedConnection): string {
  return sub === undefined ? toUnknownPersonId(connectionId) : toPersonId(sub);
}
