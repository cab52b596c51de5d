/**
 * Checks the token with which a client connects to a session, as the platform does: JWTs of both environments, and
 * T1. Signatures are verified with `node:crypto`, apart from the code that signs.
 */
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { decodeToken, NotAToken, type Token } from '../lib/domain/decode-token.ts';
import { readProjectId } from '../lib/domain/session-id.ts';
import { idOf, type Project } from './platform-auth.ts';

export interface ClientToken {
  readonly sessionId: string;
  /** The connection data. */
  readonly data: string;
}

/** Why the platform does not let a client connect. */
export interface TokenRefusal {
  readonly refused: string;
}

export function readClientToken(
  text: string,
  { projects, nowSeconds }: { projects: readonly Project[]; nowSeconds: number },
): ClientToken | TokenRefusal {
  let token: Token;
  try {
    token = decodeToken(text);
  } catch (error) {
    if (error instanceof NotAToken) return { refused: error.message };
    throw error;
  }
  const { projectId, sessionId, expiresAt, data } = token;
  const project = projects.find((known) => idOf(known) === projectId);
  if (!project) return { refused: 'The token is of another project.' };
  if (!isSigned(token, project)) return { refused: "The token's signature is not valid." };
  if (typeof sessionId !== 'string' || readProjectId(sessionId)?.toLowerCase() !== projectId) {
    return { refused: 'The token names no session of its project.' };
  }
  if (token.kind !== 't1' && token.claims['scope'] !== 'session.connect') {
    return { refused: 'The token is not for clients: its scope is not session.connect.' };
  }
  if (typeof expiresAt !== 'number' || expiresAt <= nowSeconds) {
    return { refused: 'The token has expired.' };
  }
  return { sessionId, data: typeof data === 'string' ? data : '' };
}

function isSigned({ kind, header, signedText, signature }: Token, project: Project): boolean {
  if ('privateKey' in project) {
    if (kind !== 'vonage-jwt' || header['alg'] !== 'RS256') return false;
    const key = createPublicKey(project.privateKey);
    return verify('sha256', Buffer.from(signedText), key, Buffer.from(signature, 'base64url'));
  }
  const isT1 = kind === 't1';
  if (!isT1 && (kind !== 'opentok-jwt' || header['alg'] !== 'HS256')) return false;
  const expected = createHmac(isT1 ? 'sha1' : 'sha256', project.apiSecret)
    .update(signedText, isT1 ? 'latin1' : 'utf8')
    .digest();
  const given = Buffer.from(signature, isT1 ? 'hex' : 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
