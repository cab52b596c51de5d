/** The packaged function that inspects tokens, which only a deployment with `describe=true` has. */
import { describe, expect, it } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { poolDoors, strangerDoors, trustedDoors, userDoors } from '../support/callers.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { readProblem } from '../support/contract.ts';
import { buildJwt, buildT1, hs256, rs256, unsigned } from '../support/foreign-tokens.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { type LambdaOptions, startLambda } from '../support/lambda.ts';

const { apiKey, apiSecret } = madeUpProject;
const start = closedAfterEach((options?: LambdaOptions) => startLambda('inspectToken', options));
const path = '/tokens/inspect';
const token = buildJwt({ alg: 'HS256', typ: 'JWT' }, { iss: apiKey }, hs256(apiSecret));

describe('the bundle', () => {
  it.each<[what: string, token: string, signature: string]>([
    ['its own', token, 'valid'],
    ['another secret', buildJwt({ alg: 'HS256' }, { iss: apiKey }, hs256('x')), 'wrong-secret'],
    ['no algorithm', buildJwt({ alg: 'none' }, { iss: apiKey }, unsigned), 'wrong-algorithm'],
    ['another project', buildJwt({ alg: 'HS256' }, { iss: '1' }, hs256('x')), 'other-project'],
    ['T1', buildT1(apiKey, 'a=b', apiSecret), 'valid'],
  ])('tells signatures of an OpenTok project apart: %s', async (_, text, signature) => {
    const { invoke } = await start();
    expect(await invoke({ token: text })).toMatchObject({ signature, apiKey });
  });

  it('tells signatures of a Vonage application apart', async () => {
    const { invoke } = await start({ project: VONAGE_SECRET });
    const claims = { application_id: VONAGE_SECRET.applicationId };
    const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const own = buildJwt({ alg: 'RS256' }, claims, rs256(rsa.privateKey));
    const confused = buildJwt({ alg: 'RS256' }, claims, hs256(publicPem));
    expect(await invoke({ token: own })).toMatchObject({ signature: 'valid' });
    expect(await invoke({ token: confused })).toMatchObject({ signature: 'wrong-secret' });
  });
});

describe('is answered', () => {
  it.each(trustedDoors)('a back end (%s)', async (_, build) => {
    const { invoke } = await start();
    const { statusCode, body } = await invoke(build({ path, body: { token } }));
    expect(statusCode).toBe(200);
    expect(JSON.parse(String(body))).toMatchObject({ signature: 'valid' });
  });
});

describe('is refused', () => {
  it.each([
    ...userDoors.map(([name, build]) => [`an end user (${name})`, build, 403] as const),
    ...poolDoors.map(([name, build]) => [`a holder of a pool (${name})`, build, 403] as const),
    ...strangerDoors
      .slice(0, 5)
      .map(([name, build]) => [`a stranger (${name})`, build, 401] as const),
  ])('%s', async (_, build, status) => {
    const { invoke, secretsManager } = await start();
    const answer = await invoke(build({ path, body: { token } }));
    expect(readProblem(answer).problem.status).toBe(status);
    expect(secretsManager.counts.requests).toBe(0);
  });
});
