/** An OpenID Connect provider on loopback that issues JWTs to the end users of the rehearsal. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';

export interface TokenProvider {
  readonly issuer: string;
  issue(claims: { readonly sub: string; readonly aud: string } & JWTPayload): Promise<string>;
  close(): Promise<void>;
}

const algorithm = 'RS256';
const keyId = 'rehearsal';

export async function startTokenProvider(): Promise<TokenProvider> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const key = { ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' };
  const provider: StandIn = await startStandIn({
    tls: true,
    read: (request) => request,
    answer: ({ path }) =>
      path.endsWith('/openid-configuration')
        ? respond({ issuer: provider.url, jwks_uri: `${provider.url}/jwks.json` })
        : respond({ keys: [key] }),
  });
  return {
    issuer: provider.url,
    issue: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, kid: keyId })
        .setIssuer(provider.url)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey),
    close: () => provider.close(),
  };
}

function respond(body: object) {
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(body) };
}
