/**
 * Checks the provider of the JWT authorizer the way API Gateway uses it: the discovery document, and the
 * keys that it points to. Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT
 * authorizers": keys come from the issuer's `jwks_uri`, are found by `kid`, and only RSA-based algorithms
 * are supported.
 */
import { explainIssuer } from '../parameter-kinds.js';
import { CheckFailure } from './check.ts';
import { readJson, request } from './http.ts';

/** @throws CheckFailure */
export async function checkIssuer(issuer: string, signal: AbortSignal): Promise<string> {
  const mistake = explainIssuer(issuer);
  if (mistake) throw new CheckFailure(`${issuer} cannot be the issuer: ${mistake}`);
  const document = await fetchJson(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    signal,
  );
  const named = document['issuer'];
  if (named !== issuer) throw new CheckFailure(describeOtherIssuer(issuer, named));
  const address = document['jwks_uri'];
  if (typeof address !== 'string' || !URL.canParse(address)) {
    throw new CheckFailure(`the document of ${issuer} names no jwks_uri`);
  }
  const { keys } = await fetchJson(address, signal);
  const found = Array.isArray(keys) ? keys : [];
  const usable = found.filter(isSigningKey);
  if (usable.length === 0) {
    throw new CheckFailure(
      `none of the ${found.length} key(s) at ${address} can be used: API Gateway needs an RSA key for signatures (RS256, RS384 or RS512) with a kid. Configure the provider to sign with RS256`,
    );
  }
  return `${issuer} has its document and ${usable.length} RSA signing key(s)`;
}

function describeOtherIssuer(issuer: string, named: unknown): string {
  if (typeof named !== 'string') return `the document of ${issuer} names no issuer`;
  const mistake = explainIssuer(named);
  return mistake
    ? `the document of ${issuer} is for several tenants: its issuer is ${JSON.stringify(named)}, and ${mistake}`
    : `the document there names the issuer ${JSON.stringify(named)}, so tokens do too. Give exactly that`;
}

/** Optional members of a JWK restrict its use only where they are present (RFC 7517). */
function isSigningKey(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, kid, use, alg, key_ops: operations } = key as Record<string, unknown>;
  return (
    kty === 'RSA' &&
    typeof kid === 'string' &&
    kid !== '' &&
    (use === undefined || use === 'sig') &&
    (alg === undefined || (typeof alg === 'string' && /^RS(256|384|512)$/.test(alg))) &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}

async function fetchJson(
  address: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const headers = { accept: 'application/json' };
  const response = await request(address, { signal, headers, redirect: 'follow' });
  if (!response.ok) {
    await response.body?.cancel();
    throw new CheckFailure(`${address} returned status ${response.status}`);
  }
  const value = await readJson(response);
  if (!value) throw new CheckFailure(`${address} did not return a JSON object`);
  return value;
}
