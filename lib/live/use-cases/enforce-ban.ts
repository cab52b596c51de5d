/**
 * Disconnects a banned person who connects, for example with a token from before the ban.
 *
 * A host bans first and then disconnects the connections that the platform lists. A connection that the list does not
 * have yet is reported here later, when the ban can be read. So one of the two finds every connection.
 */
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { type Callback, toParticipantId } from '../domain/callback.ts';
import type { DisconnectConnection } from './disconnect-connection.ts';

/** Whether a person is banned from a room, as long as the room has this session. Strongly consistent. */
export type IsBanned = (
  of: {
    readonly room: { readonly name: string; readonly sessionId: string };
    readonly personId: string;
  },
  remainingMs: RemainingMs,
) => Promise<boolean>;

export interface EnforceBanDeps {
  readonly isBanned: IsBanned;
  readonly disconnect: DisconnectConnection;
}

/**
 * Disconnects the connection of a `connectionCreated` callback if its person is banned from the room. Can be
 * repeated: disconnecting a connection that has ended succeeds.
 *
 * @param room the name of the session's room; `null` for none
 * @returns how many connections were disconnected
 * @throws Fault `Platform…Error`, `CredentialsRefusedError`, and what a call to the table throws
 */
export type EnforceBan = (
  callback: Callback,
  room: string | null,
  invocation: Invocation,
) => Promise<0 | 1>;

export function createEnforceBan({ isBanned, disconnect }: EnforceBanDeps): EnforceBan {
  return async (callback, room, invocation) => {
    const { event, sessionId, connection } = callback;
    if (event !== 'connectionCreated' || sessionId === undefined || room === null) return 0;
    // A person who is not known cannot be banned.
    if (!connection?.identity) return 0;
    const person = { room: { name: room, sessionId }, personId: toParticipantId(connection) };
    if (!(await isBanned(person, invocation.remainingMs))) return 0;
    await disconnect(callback, { sessionId, connectionId: connection.id }, invocation);
    return 1;
  };
}
