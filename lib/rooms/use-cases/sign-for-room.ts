/**
 * Signs for somebody whom a room lets in. Knows no event and no environment.
 */
import { Fault } from '../../domain/faults.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { IssuedToken, SignToken } from '../../use-cases/issue-token.ts';
import type { Room } from '../domain/room.ts';
import { hasMoved } from './find-room.ts';

export type JoinedRoom = IssuedToken & { readonly room: string };

export interface Admitted {
  readonly room: Room;
  readonly token: TokenRequest;
  /** Throws where the right to the room has ended by the time of signing. */
  readonly assertStillAdmitted: (nowSeconds: number) => void;
}

/**
 * @throws what `signToken` throws, and Fault `CredentialsChangingError` where the secret has become another
 *   project's since the room was found
 */
export async function signForRoom(
  signToken: SignToken,
  { room, token, assertStillAdmitted }: Admitted,
  invocation: Invocation,
): Promise<JoinedRoom> {
  const { name, sessionId } = room;
  try {
    const issued = await signToken({ ...token, sessionId }, invocation, assertStillAdmitted);
    return { ...issued, room: name };
  } catch (error) {
    const isOfAnother = error instanceof Fault && error.name === 'SessionNotFoundError';
    throw isOfAnother ? hasMoved(room) : error;
  }
}
