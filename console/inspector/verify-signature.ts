import type { Signature } from '../../lib/domain/token-signature.ts';

/**
 * Has the API on this machine verify a token. The token is sent there and nowhere else.
 * @returns `undefined` if the API has no such route, or cannot be reached
 */
export async function verifySignature(token: string): Promise<Signature | undefined> {
  try {
    const response = await fetch('/tokens/inspect', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (!response.ok) return undefined;
    const { signature } = (await response.json()) as { signature: Signature };
    return signature;
  } catch {
    return undefined;
  }
}
