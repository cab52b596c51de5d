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

export interface TokenSignerDeps {
  /** The clock at the moment of signing, in milliseconds since the UNIX epoch. */
  readonly now: () => number;
  readonly newTokenIds: () => TokenIds;
}

export interface IssueTokenDeps extends TokenSignerDeps {
  readonly projectSecret: Pick<SecretCache<Credentials>, 'get'>;
}

export type IssueToken = (
  request: DirectTokenRequest,
  invocation: Invocation,
) => Promise<IssuedToken>;

/** A token with the role and the data that were decided for the caller. */
export type TokenToSign = Omit<DirectTokenRequest, 'role' | 'data'> & TokenGrant;

export interface SignOptions {
  /** Those of the session's project. */
  readonly credentials: Credentials;
  /** Issue time of the token, in whole seconds since the UNIX epoch. */
  readonly nowSeconds: number;
  /**
   * Throws if the caller has lost the right to the token by the time of signing, in whole seconds since
   * the UNIX epoch. By then the token's expiry has passed as well, but that error says less.
   */
  readonly assertStillGood?: (nowSeconds: number) => void;
}

export type SignToken = (token: TokenToSign, options: SignOptions) => Promise<IssuedToken>;

/**
 * For callers who name the session. The use case throws what `createTokenSigner`'s function throws, Fault
 * `ForbiddenError` for callers who get tokens by room only and for a role or data that the caller may not
 * have, and `ValidationError` for a malformed id.
 */
export function createTokenIssuer({ projectSecret, ...deps }: IssueTokenDeps): IssueToken {
  const signToken = createTokenSigner(deps);
  return async (request, { caller, nowSeconds, remainingMs }) => {
    assertMayNameSession(caller);
    assertWellFormed(request.sessionId);
    const token = { ...request, ...decideToken(caller, request) };
    return signToken(token, { credentials: await projectSecret.get(remainingMs), nowSeconds });
  };
}

/**
 * Signs tokens for callers with a decided right to the session. The function throws Fault
 * `SessionNotFoundError` for a session of another project, and `ValidationError` for a T1 token of a Vonage
 * application and for an expiry that has passed by the time of signing.
 */
export function createTokenSigner({ now, newTokenIds }: TokenSignerDeps): SignToken {
  return async (
    { sessionId, role, data, expireTime, initialLayoutClassList, tokenType },
    { credentials, nowSeconds, assertStillGood },
  ) => {
    const { project } = credentials;
    if (!isSessionOf(project.id, sessionId)) {
      throw new Fault('SessionNotFoundError', 'This project has no session of that id.');
    }
    const signedAtSeconds = Math.floor(now() / 1000);
    assertStillGood?.(signedAtSeconds);
    assertNotExpired(expireTime, signedAtSeconds);
    const clientToken: ClientToken = {
      ...{ sessionId, role, data, expireTime, initialLayoutClassList },
      issuedAtSeconds: nowSeconds,
    };
    const token =
      tokenType === 'T1'
        ? signT1(credentials, clientToken, newTokenIds().nonce)
        : await credentials.signJwt(buildClientClaims(project, clientToken, newTokenIds()));
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
