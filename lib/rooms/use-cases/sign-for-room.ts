/**
 * Signs a token for a caller whom a room admits. Knows no event and no environment.
 */
import type { Credentials } from '../../credentials/credentials.ts';
import type { TokenGrant } from '../../domain/access.ts';
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
  /** Of the room's project. Default: read for this request. */
  readonly credentials?: Credentials;
  /** Default: decided for the invocation's caller. */
  readonly grant?: TokenGrant;
  /** Throws if the caller is not admitted any more at the time of signing. */
  readonly assertStillAdmitted: (nowSeconds: number) => void;
}

/**
 * @throws what `signToken` throws, and Fault `CredentialsChangingError` if the credentials that were read
 *   are of another project than the room
 */
export async function signForRoom(
  signToken: SignToken,
  { room, token, credentials, grant, assertStillAdmitted }: Admitted,
  invocation: Invocation,
): Promise<JoinedRoom> {
  const { name, sessionId } = room;
  try {
    const options = { credentials, grant, assertStillGood: assertStillAdmitted };
    return { ...(await signToken({ ...token, sessionId }, invocation, options)), room: name };
  } catch (error) {
    const isOfAnother = error instanceof Fault && error.name === 'SessionNotFoundError';
    throw isOfAnother ? hasMoved(room) : error;
  }
}
