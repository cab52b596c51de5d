/** The packaged function that inspects tokens; only a deployment with `describe=true` has it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { poolDoors, strangerDoors, trustedDoors, userDoors } from '../support/callers.ts';
import { readProblem } from '../support/contract.ts';
import { buildJwt, buildT1, hs256, rs256, unsigned } from '../support/foreign-tokens.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { type Lambda, startLambda } from '../support/lambda.ts';

const { apiKey, apiSecret } = madeUpProject;
const path = '/tokens/inspect';
const token = buildJwt({ alg: 'HS256', typ: 'JWT' }, { iss: apiKey }, hs256(apiSecret));

let openTok: Lambda;
let vonage: Lambda;
beforeAll(async () => {
  openTok = await startLambda('inspectToken');
  vonage = await startLambda('inspectToken', { project: VONAGE_SECRET });
}, 60_000);
afterAll(async () => {
  await openTok.close();
  await vonage.close();
});

// These run first: they expect that the secret has not been read.
describe('inspectToken: access', () => {
  it.each([
    ...userDoors.map(([name, build]) => [`an end user (${name})`, build, 403] as const),
    ...poolDoors.map(([name, build]) => [`an identity pool (${name})`, build, 403] as const),
    ...strangerDoors
      .slice(0, 5)
      .map(([name, build]) => [`no authentication (${name})`, build, 401] as const),
  ])('rejects %s without reading the secret', async (_, build, status) => {
    const answer = await openTok.invoke(build({ path, body: { token } }));
    expect(readProblem(answer).problem.status).toBe(status);
    expect(openTok.secretsManager.counts.requests).toBe(0);
  });

  it.each(trustedDoors)('serves a back end (%s)', async (_, build) => {
    const { statusCode, body } = await openTok.invoke(build({ path, body: { token } }));
    expect(statusCode).toBe(200);
    expect(JSON.parse(String(body))).toMatchObject({ signature: 'valid' });
  });
});

describe('inspectToken: signature', () => {
  it.each<[what: string, token: string, signature: string]>([
    ['this project', token, 'valid'],
    ['another secret', buildJwt({ alg: 'HS256' }, { iss: apiKey }, hs256('x')), 'wrong-secret'],
    ['no algorithm', buildJwt({ alg: 'none' }, { iss: apiKey }, unsigned), 'wrong-algorithm'],
    ['another project', buildJwt({ alg: 'HS256' }, { iss: '1' }, hs256('x')), 'other-project'],
    ['T1', buildT1(apiKey, 'a=b', apiSecret), 'valid'],
  ])('classifies tokens of an OpenTok project: %s', async (_, text, signature) => {
    expect(await openTok.invoke({ token: text })).toMatchObject({ signature, apiKey });
  });

  it('classifies tokens of a Vonage application', async () => {
    const claims = { application_id: VONAGE_SECRET.applicationId };
    const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const own = buildJwt({ alg: 'RS256' }, claims, rs256(rsa.privateKey));
    const confused = buildJwt({ alg: 'RS256' }, claims, hs256(publicPem));
    expect(await vonage.invoke({ token: own })).toMatchObject({ signature: 'valid' });
    expect(await vonage.invoke({ token: confused })).toMatchObject({ signature: 'wrong-secret' });
  });
});
