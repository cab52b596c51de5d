/**
 * Makes the room of a name, with a session of its own; whoever asks for it puts it into the table.
 */
import { TRUSTED } from '../../domain/access.ts';
import type { SessionOptions } from '../../domain/session-request.ts';
import type { CreateSession } from '../../use-cases/create-session.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { Room } from '../domain/room.ts';

export type MakeRoom = (
  name: string,
  options: SessionOptions,
  invocation: Invocation,
) => Promise<Room>;

export interface MakeRoomDeps {
  readonly createSession: CreateSession;
  /** For how long a new room lasts; `undefined` for ever. */
  readonly roomTtlSeconds: number | undefined;
}

/** The use case throws what creating a session throws. */
export function makeRoomWith({ createSession, roomTtlSeconds }: MakeRoomDeps): MakeRoom {
  return async (name, options, invocation) => {
    // Whether the caller may create the room is decided; the session is the room's, not the caller's.
    const session = await createSession(options, { ...invocation, caller: TRUSTED });
    const { nowSeconds } = invocation;
    return {
      name,
      sessionId: session.sessionId,
      // Of the session, not of the secret: creating it may have found out that the secret is another.
      projectId: 'apiKey' in session ? session.apiKey : session.applicationId,
      options,
      createdAtSeconds: nowSeconds,
      expiresAtSeconds: roomTtlSeconds === undefined ? undefined : nowSeconds + roomTtlSeconds,
      rules: undefined,
      revision: undefined,
    };
  };
}
