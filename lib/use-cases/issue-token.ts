/**
 * The use case "issue a token for a session". Knows no event and no environment; signs offline.
 */

import type { Credentials } from '../credentials/credentials.ts';
import type { SecretCache } from '../credentials/secret-cache.ts';
import { assertMayNameSession, decideToken, type TokenGrant } from '../domain/access.ts';
import { Fault, validationError } from '../domain/faults.ts';
import { type ProjectField, toProjectField } from '../domain/project.ts';
import { assertWellFormed, isSessionOf } from '../domain/session-id.ts';
import { assembleT1Token, buildT1Data } from '../domain/t1-token.ts';
import { buildClientClaims, type ClientToken, type TokenIds } from '../domain/token-claims.ts';
import { assertNotExpired, type DirectTokenRequest, type Role } from '../domain/token-request.ts';
import type { Invocation } from './invocation.ts';

export type IssuedToken = Readonly<{
  token: string;
  sessionId: string;
  role: Role;
  /** When the token expires, in whole seconds since the UNIX epoch. */
  expireTime: number;
}> &
  ProjectField;

export interface IssueTokenDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'get'>;
  /** The clock at the moment of signing, in milliseconds since the UNIX epoch. */
  readonly now: () => number;
  readonly newTokenIds: () => TokenIds;
}

export type IssueToken = (
  request: DirectTokenRequest,
  invocation: Invocation,
) => Promise<IssuedToken>;

/** What the caller of `signToken` has already read or decided. */
export interface SignOptions {
  /** Default: read for this request. */
  readonly credentials?: Credentials | undefined;
  /** Default: decided for the invocation's caller. */
  readonly grant?: TokenGrant | undefined;
  /**
   * Throws if what the token is for has ended by the time of signing, in whole seconds since the UNIX
   * epoch. By then the token's expiry has passed as well, but that error says less.
   */
  readonly assertStillGood?: (nowSeconds: number) => void;
}

export type SignToken = (
  request: DirectTokenRequest,
  invocation: Invocation,
  options?: SignOptions,
) => Promise<IssuedToken>;

/**
 * For callers who name the session. The use case throws what `signTokenWith` throws, Fault
 * `ForbiddenError` for callers who get tokens by room only, and `ValidationError` for a malformed id.
 */
export function issueTokenWith(deps: IssueTokenDeps): IssueToken {
  const signToken = signTokenWith(deps);
  return async (request, invocation) => {
    assertMayNameSession(invocation.caller);
    assertWellFormed(request.sessionId);
    return signToken(request, invocation);
  };
}

/**
 * Signs after the right to the session is decided, by the caller of `issueTokenWith` or by the room. The use case throws Fault `ForbiddenError` for a role or data that the caller may not have,
 * `SessionNotFoundError` for a session of another project, and `ValidationError` for a T1 token of a
 * Vonage application and for an expiry that has passed by the time of signing.
 */
export function signTokenWith(deps: IssueTokenDeps): SignToken {
  return async (request, { nowSeconds, caller, remainingMs }, options = {}) => {
    const { sessionId, expireTime, initialLayoutClassList } = request;
    const { role, data } = options.grant ?? decideToken(caller, request);
    const credentials = options.credentials ?? (await deps.projectSecret.get(remainingMs));
    const { project } = credentials;
    if (!isSessionOf(project.id, sessionId)) {
      throw new Fault('SessionNotFoundError', 'This project has no session of that id.');
    }
    const signedAtSeconds = Math.floor(deps.now() / 1000);
    options.assertStillGood?.(signedAtSeconds);
    assertNotExpired(expireTime, signedAtSeconds);
    const clientToken: ClientToken = {
      sessionId,
      role,
      issuedAtSeconds: nowSeconds,
      expireTime,
      data,
      initialLayoutClassList,
    };
    const token =
      request.tokenType === 'T1'
        ? signT1(credentials, clientToken, deps.newTokenIds().nonce)
        : await credentials.signJwt(buildClientClaims(project, clientToken, deps.newTokenIds()));
    return { token, sessionId, role, expireTime, ...toProjectField(project) };
  };
}

/** @throws Fault `ValidationError` for a T1 token of a Vonage application */
export function assertTokenType({ signT1: sign }: Credentials, tokenType: string): void {
  if (tokenType === 'T1' && !sign) throw noT1Tokens();
}

function signT1({ project, signT1: sign }: Credentials, token: ClientToken, nonce: number): string {
  if (!sign) throw noT1Tokens();
  const data = buildT1Data(token, nonce);
  return assembleT1Token(project.id, sign(data), data);
}

function noT1Tokens(): Fault {
  return validationError([
    { pointer: '#/tokenType', detail: 'must be JWT: Vonage applications have no T1 tokens' },
  ]);
}
