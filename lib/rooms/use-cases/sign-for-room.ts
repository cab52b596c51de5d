/**
 * Signs a token for a caller that a room admits. Knows no event and no environment.
 */
import type { Credentials } from '../../credentials/credentials.ts';
import type { TokenGrant } from '../../domain/access.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { IssuedToken, SignToken } from '../../use-cases/issue-token.ts';
import type { Room } from '../domain/room.ts';

export type JoinedRoom = IssuedToken & { readonly room: string };

export interface Admitted {
  readonly room: Room;
  /** The token as the room's rules allow it. */
  readonly token: TokenRequest;
  /** The role and the data that were decided for the caller. */
  readonly grant: TokenGrant;
  /** Those of the room's project. */
  readonly credentials: Credentials;
  /** Throws if the caller is not admitted any more at the time of signing. */
  readonly assertStillAdmitted: (nowSeconds: number) => void;
}

/** Throws what `signToken` throws. */
export async function signForRoom(
  signToken: SignToken,
  { room: { name, sessionId }, token, grant, credentials, assertStillAdmitted }: Admitted,
  { nowSeconds }: Pick<Invocation, 'nowSeconds'>,
): Promise<JoinedRoom> {
  const options = { credentials, nowSeconds, assertStillGood: assertStillAdmitted };
  return { ...(await signToken({ ...token, ...grant, sessionId }, options)), room: name };
}
