/**
 * Makes the room of a name and its session; the caller puts it into the table.
 */
import type { Credentials } from '../../credentials/credentials.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { SessionOptions } from '../../domain/session-request.ts';
import type { MakeSession } from '../../use-cases/create-session.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { Room } from '../domain/room.ts';

/** A room, and the credentials of the project that its session belongs to. */
export interface RoomOfProject {
  readonly room: Room;
  readonly credentials: Credentials;
}

/** @param credentials of the project that is to own the session; the secret may turn out to have changed */
export type MakeRoom = (
  of: {
    readonly name: string;
    readonly options: SessionOptions;
    readonly credentials: Credentials;
  },
  invocation: Pick<Invocation, 'nowSeconds' | 'remainingMs'>,
) => Promise<RoomOfProject>;

/** Records which room a session is made for, so that callbacks about the session find it. */
export type RecordRoomOfSession = (
  of: { readonly sessionId: string; readonly name: string; readonly nowSeconds: number },
  remainingMs: RemainingMs,
) => Promise<void>;

export interface MakeRoomDeps {
  readonly makeSession: MakeSession;
  /** Lifetime of a new room; `undefined` for unlimited. */
  readonly roomTtlSeconds: number | undefined;
  /** Called before the caller can put the room. Default: nothing is recorded. */
  readonly recordRoomOfSession?: RecordRoomOfSession | undefined;
}

/** The caller decides who may create the room. Throws what creating a session throws, and what recording its room throws. */
export function createMakeRoom({
  makeSession,
  roomTtlSeconds,
  recordRoomOfSession,
}: MakeRoomDeps): MakeRoom {
  return async ({ name, options, credentials: known }, invocation) => {
    const { sessionId, credentials } = await makeSession(options, known, invocation);
    const { nowSeconds, remainingMs } = invocation;
    await recordRoomOfSession?.({ sessionId, name, nowSeconds }, remainingMs);
    const room: Room = {
      ...{ name, sessionId, projectId: credentials.project.id, options },
      createdAtSeconds: nowSeconds,
      expiresAtSeconds: roomTtlSeconds === undefined ? undefined : nowSeconds + roomTtlSeconds,
      rules: undefined,
      revision: undefined,
    };
    return { room, credentials };
  };
}
