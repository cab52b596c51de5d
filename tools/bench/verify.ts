/** Checks what was measured for being the real thing, with `node:crypto` alone. */
import { createHmac, verify } from 'node:crypto';
import { apiSecret } from './project.ts';

type Claims = Readonly<Record<string, unknown>>;

/** @throws Error when the token is not signed with the project's secret */
export function verifyHs256(token: string): Claims {
  const { signed, signature, claims } = split(token);
  const right = createHmac('sha256', apiSecret).update(signed).digest('base64url');
  if (signature !== right) throw new Error(`A token with a wrong signature: ${token}`);
  return claims;
}

/** @throws Error when the token is not signed with the key's private half */
export function verifyRs256(token: string, publicKey: string): Claims {
  const { signed, signature, claims } = split(token);
  const isRight = verify(
    'sha256',
    Buffer.from(signed),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isRight) throw new Error(`A token with a wrong signature: ${token}`);
  return claims;
}

function split(token: string): { signed: string; signature: string; claims: Claims } {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return { signed: `${header}.${payload}`, signature, claims };
}
