/**
 * Keeps as many people in a room as fit: a connection keeps the seat of its person, and a connection without a
 * seat is disconnected, for example one with a token from before.
 */
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { type Callback, readTimeMs } from '../domain/callback.ts';
import type { DisconnectConnection } from './disconnect-connection.ts';

/** A connection to the session of a room. */
interface SeatedConnection {
  readonly room: string;
  readonly sessionId: string;
  readonly connectionId: string;
  /** The person's subject; `undefined` for an unknown connection. */
  readonly sub: string | undefined;
  /** When it began, in milliseconds since the UNIX epoch. */
  readonly createdAtMs: number;
}

export interface EnforceCapacityDeps {
  readonly seats: {
    /** Gives a connection the seat of its person, or a free one. @returns false if the connection is surplus */
    readonly connect: (of: SeatedConnection, remainingMs: RemainingMs) => Promise<boolean>;
    /** Takes a connection that was destroyed off its seat, and frees the seat after the last one. */
    readonly disconnect: (of: SeatedConnection, remainingMs: RemainingMs) => Promise<void>;
  };
  readonly disconnect: DisconnectConnection;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
}

/**
 * Updates the seats of a room by a callback about a connection. Can be repeated.
 *
 * @param room the name of the session's room; `null` for none
 * @returns how many connections were disconnected
 * @throws Fault `Platform…Error`, `CredentialsRefusedError`, and what a call to the table throws
 */
export type EnforceCapacity = (
  callback: Callback,
  room: string | null,
  invocation: Invocation,
) => Promise<0 | 1>;

export function createEnforceCapacity({
  seats,
  disconnect,
  now,
}: EnforceCapacityDeps): EnforceCapacity {
  return async (callback, room, invocation) => {
    const { event, sessionId, connection, timestamp } = callback;
    if (sessionId === undefined || room === null || !connection) return 0;
    const { id: connectionId, createdAt, identity } = connection;
    const createdAtMs = readTimeMs(createdAt) ?? readTimeMs(timestamp) ?? now();
    const of = { room, sessionId, connectionId, sub: identity?.sub, createdAtMs };
    if (event === 'connectionDestroyed') await seats.disconnect(of, invocation.remainingMs);
    if (event !== 'connectionCreated' || (await seats.connect(of, invocation.remainingMs))) {
      return 0;
    }
    await disconnect(callback, { sessionId, connectionId }, invocation);
    return 1;
  };
}
