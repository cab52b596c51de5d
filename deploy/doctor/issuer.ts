/**
 * The provider of the JWT authorizer, as API Gateway meets it: the discovery document and the keys in
 * it. Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers": the
 * keys are those of the issuer's `jwks_uri`, and only RSA algorithms are taken.
 */
import { Trouble } from './check.ts';

/** @throws Trouble */
export async function checkIssuer(issuer: string, signal: AbortSignal): Promise<string> {
  const document = await readJson(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    signal,
  );
  if (document['issuer'] !== issuer) {
    throw new Trouble(
      `the issuer there is ${JSON.stringify(document['issuer'])}, and tokens of that are refused: give exactly it`,
    );
  }
  const address = document['jwks_uri'];
  if (typeof address !== 'string') throw new Trouble(`${issuer} names no jwks_uri`);
  const { keys } = await readJson(address, signal);
  const isRsa = (key: { kty?: unknown } | null) => key?.kty === 'RSA';
  if (!Array.isArray(keys) || !keys.some(isRsa)) {
    throw new Trouble(`${address} has no RSA key, and API Gateway takes no other`);
  }
  return `${issuer} has its document and ${keys.filter(isRsa).length} RSA key(s)`;
}

async function readJson(address: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  let response: Response;
  try {
    response = await fetch(address, { signal, headers: { accept: 'application/json' } });
  } catch (cause) {
    const { code, message } =
      cause instanceof Error && cause.cause instanceof Error
        ? (cause.cause as NodeJS.ErrnoException)
        : { code: undefined, message: String(cause) };
    throw new Trouble(`${address} cannot be reached: ${code ?? message}`);
  }
  if (!response.ok) throw new Trouble(`${address} answers ${response.status}`);
  const value: unknown = await response.json().catch(() => undefined);
  if (value === null || typeof value !== 'object')
    throw new Trouble(`${address} is no JSON object`);
  return value as Record<string, unknown>;
}
