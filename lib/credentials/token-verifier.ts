/**
 * Turns the text of the secret into a function that verifies whether the project signed a token. Computes,
 * but does no I/O. Keys stay inside closures, as in credentials.ts.
 */
import { createPublicKey, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { Token } from '../domain/decode-token.ts';
import type { Project } from '../domain/project.ts';
import type { Signature } from '../domain/token-signature.ts';
import { type Credentials, parseCredentials, parsePrivateKey } from './credentials.ts';
import { createJwtVerifier } from './verify-jwt.ts';

export interface TokenVerifier {
  readonly project: Project;
  /** @param text the token as a whole, and taken apart */
  readonly judgeSignature: (text: string, token: Token) => Promise<Signature>;
}

/** @throws what `parseCredentials` throws */
export async function parseTokenVerifier(secretText: string): Promise<TokenVerifier> {
  const { project, signT1 } = await parseCredentials(secretText);
  const { apiSecret, privateKey } = JSON.parse(secretText);
  const [alg, key] =
    project.kind === 'opentok'
      ? (['HS256', createSecretKey(apiSecret, 'utf8')] as const)
      : (['RS256', createPublicKey(parsePrivateKey(privateKey))] as const);
  const verifyJwt = createJwtVerifier(alg, key);

  return {
    project,
    judgeSignature: async (text, token) => {
      if (isOfAnother(project, token)) return 'other-project';
      if (token.kind === 't1') return signT1 ? judgeT1(signT1, token) : 'wrong-algorithm';
      if (token.header['alg'] !== alg) return 'wrong-algorithm';
      return (await verifyJwt(text)) ? 'valid' : 'wrong-secret';
    },
  };
}

/** For a token without a project, only the signature counts. */
function isOfAnother({ id }: Project, { projectId }: Token): boolean {
  return projectId !== undefined && String(projectId).toLowerCase() !== id;
}

function judgeT1(signT1: NonNullable<Credentials['signT1']>, token: Token): Signature {
  const expected = Buffer.from(signT1(token.signedText));
  const actual = Buffer.from(token.signature);
  const isSame = expected.length === actual.length && timingSafeEqual(expected, actual);
  return isSame ? 'valid' : 'wrong-secret';
}
