import { describe, expect, it } from 'vitest';
import { parseTokenVerifier } from '../../lib/credentials/token-verifier.ts';
import { type Caller, TRUSTED } from '../../lib/domain/access.ts';
import { parseInspectRequest } from '../../lib/domain/inspect-request.ts';
import { createTokenInspector } from '../../lib/use-cases/inspect-token.ts';
import { catchFault } from '../support/faults.ts';
import { APPLICATION_ID, OPENTOK_SECRET } from '../support/fixtures.ts';
import { buildJwt, buildT1, hs256, rs256 } from '../support/foreign-tokens.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';

const { apiKey, apiSecret } = OPENTOK_SECRET;

async function inspect(token: string, secret: object = OPENTOK_SECRET, caller: Caller = TRUSTED) {
  let reads = 0;
  const run = createTokenInspector({
    verifier: {
      get: () => {
        reads += 1;
        return parseTokenVerifier(JSON.stringify(secret));
      },
    },
  });
  const invocation = { caller, remainingMs: () => 10_000 };
  const answering = run(parseInspectRequest({ token }), invocation);
  return { answering, reads: () => reads };
}

describe('an inspected token', () => {
  it('of an OpenTok project is classified', async () => {
    const header = { alg: 'HS256', kid: 'x' };
    const claims = { iss: apiKey, exp: 1, acl: { paths: {} } };
    const { answering } = await inspect(buildJwt(header, claims, hs256(apiSecret)));
    expect(await answering).toEqual({
      tokenType: 'JWT',
      signature: 'valid',
      header,
      claims,
      apiKey,
    });
  });

  it('of format T1 has fields, and no header', async () => {
    const { answering } = await inspect(buildT1(apiKey, 'nonce=1&role=publisher', 'other'));
    expect(await answering).toEqual({
      tokenType: 'T1',
      signature: 'wrong-secret',
      claims: { nonce: '1', role: 'publisher' },
      apiKey,
    });
  });

  it('of a Vonage application is classified, with this deployment’s application', async () => {
    const claims = { application_id: 'another' };
    const token = buildJwt({ alg: 'RS256' }, claims, rs256(rsa.privateKey));
    const { answering } = await inspect(token, VONAGE_SECRET);
    expect(await answering).toEqual({
      ...{ tokenType: 'JWT', signature: 'other-project', header: { alg: 'RS256' }, claims },
      applicationId: APPLICATION_ID,
    });
  });
});

describe('an end user', () => {
  it.each(['subscriber', 'publisher', 'moderator'] as const)(
    'is rejected without a read of the secret: %s',
    async (maxRole) => {
      const token = buildJwt({ alg: 'HS256' }, { iss: apiKey }, hs256(apiSecret));
      const user: Caller = { kind: 'user', subject: 'ada', maxRole, roomsOnly: false };
      const { answering, reads } = await inspect(token, OPENTOK_SECRET, user);
      const fault = await catchFault(() => answering);
      expect(fault).toMatchObject({ name: 'ForbiddenError', status: 403 });
      expect(fault.message).toBe('Only trusted callers may inspect tokens.');
      expect(reads()).toBe(0);
    },
  );
});
