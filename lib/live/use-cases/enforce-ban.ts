/**
 * Disconnects a banned person who connects, for example with a token from before the ban.
 *
 * A host bans first and then disconnects the connections that the platform lists. A connection that the list does not
 * have yet is reported here later, when the ban can be read. So one of the two finds every connection.
 */
import type { Credentials } from '../../credentials/credentials.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { ModerationApi } from '../../platform/moderation-api.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { callWithRenewal } from '../../use-cases/renew-credentials.ts';
import { assertOfProject, type Callback, toParticipantId } from '../domain/callback.ts';

/** Whether a person is banned from a room, as long as the room has this session. Strongly consistent. */
export type IsBanned = (
  of: {
    readonly room: { readonly name: string; readonly sessionId: string };
    readonly personId: string;
  },
  remainingMs: RemainingMs,
) => Promise<boolean>;

export interface EnforceBanDeps<Secret extends Credentials> {
  readonly secret: Pick<SecretCache<Secret>, 'get' | 'renew'>;
  readonly isBanned: IsBanned;
  readonly disconnect: ModerationApi['disconnect'];
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

export function createEnforceBan<Secret extends Credentials>({
  secret,
  isBanned,
  disconnect,
}: EnforceBanDeps<Secret>): EnforceBan {
  return async (callback, room, { nowSeconds, remainingMs }) => {
    const { event, sessionId, connection } = callback;
    if (event !== 'connectionCreated' || sessionId === undefined || room === null) return 0;
    // A person who is not known cannot be banned.
    if (!connection?.identity) return 0;
    const person = { room: { name: room, sessionId }, personId: toParticipantId(connection) };
    if (!(await isBanned(person, remainingMs))) return 0;
    const known = await secret.get(remainingMs);
    await callWithRenewal(secret, known, remainingMs, async (credentials) => {
      // The renewed secret can be that of another project.
      assertOfProject(callback, credentials.project);
      const connectionId = connection.id;
      await disconnect({ credentials, sessionId, connectionId, nowSeconds, remainingMs });
    });
    return 1;
  };
}
