import { describe, expect, it } from 'vitest';
import { userDoors } from '../support/callers.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { readProblem } from '../support/contract.ts';
import { SECRET_ID, type StartOptions, startFunction } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { buildJwt, hs256 } from '../support/foreign-tokens.ts';
import { type HttpCall, httpApiEvent, httpDoors } from '../support/http-events.ts';

const { apiKey, apiSecret } = OPENTOK_SECRET;
const start = closedAfterEach((options?: StartOptions) => startFunction('inspectToken', options));
const claims = { iss: apiKey, connection_data: 'name=Ada' };
const token = buildJwt({ alg: 'HS256' }, claims, hs256(apiSecret));
const path = '/tokens/inspect';

const valid = { tokenType: 'JWT', signature: 'valid', header: { alg: 'HS256' }, claims, apiKey };

function readBody(answer: object) {
  const { statusCode, body } = answer as { statusCode: number; body: string };
  return { status: statusCode, body: JSON.parse(body) };
}

describe.each(httpDoors)('POST /tokens/inspect through %s', (_door, buildEvent) => {
  it('returns the decoded token to a trusted caller', async () => {
    const { invoke } = await start();
    const answer = readBody(await invoke(buildEvent({ path, body: { token } })));
    expect(answer).toEqual({ status: 200, body: valid });
  });

  it.each<[scenario: string, call: HttpCall, status: number]>([
    ['no body', {}, 400],
    ['no token', { body: {} }, 400],
    ['no token but words', { body: { token: 'hello' } }, 400],
    ['another method', { method: 'GET' }, 405],
    ['too much', { body: { token: `${token}${'A'.repeat(32_768)}` } }, 413],
  ])('rejects %s', async (_scenario, call, status) => {
    const { invoke } = await start();
    const { problem } = readProblem(await invoke(buildEvent({ path, ...call })));
    expect(problem.status).toBe(status);
    if (status === 400) expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['#/token']);
  });
});

describe.each(['iam', 'jwt', 'none'] as const)('with AUTH=%s', (AUTH) => {
  it.each(userDoors)(
    'an end user is rejected without a read of the secret: %s',
    async (_door, build) => {
      const { invoke, secretsManager } = await start({ environment: { AUTH } });
      const event = build({ path, body: { token } }, { opentok_role: 'moderator' });
      const { problem } = readProblem(await invoke(event));
      expect(problem).toMatchObject({
        status: 403,
        detail: 'Only trusted callers may inspect tokens.',
      });
      expect(secretsManager.counts.requests).toBe(0);
    },
  );
});

describe('the function', () => {
  it('can be invoked directly', async () => {
    const { invoke } = await start({ environment: { AUTH: 'jwt' } });
    expect(await invoke({ token })).toEqual(valid);
    await expect(invoke({ token: 'hello' })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('checks the signature with the current secret', async () => {
    const { invoke, secretsManager } = await start();
    expect(await invoke({ token })).toMatchObject({ signature: 'valid' });
    secretsManager.setSecret(SECRET_ID, JSON.stringify({ apiKey, apiSecret: 'rotated' }));
    expect(await invoke({ token })).toMatchObject({ signature: 'wrong-secret' });
  });

  it('logs one line without content of the token', async () => {
    const { invoke, logged } = await start();
    await invoke(httpApiEvent({ path, body: { token } }));
    await invoke(httpApiEvent({ path, body: { token: token.slice(1) } }));
    await expect(invoke({ token: token.slice(1) })).rejects.toThrow();
    expect(logged.map((line) => JSON.parse(line).message)).toEqual([
      'token inspected',
      ...['The request is not valid', 'The request is not valid'],
    ]);
    for (const secret of [...token.split('.'), 'name=Ada', apiSecret]) {
      expect(logged.join('\n')).not.toContain(secret.slice(1, 20));
    }
  });

  it('returns 503 while the secret is unavailable', async () => {
    const { invoke, secretsManager } = await start();
    secretsManager.fail({ kind: 'reset' }, { times: Number.POSITIVE_INFINITY });
    const answer = await invoke(httpApiEvent({ path, body: { token } }));
    expect(readProblem(answer).problem.status).toBe(503);
  });

  it('responds before the deadline if reading the secret hangs', async () => {
    const { invoke, secretsManager } = await start();
    secretsManager.fail({ kind: 'hang' }, { times: Number.POSITIVE_INFINITY });
    const event = httpApiEvent({ path, body: { token } });
    const answer = await invoke(event, { getRemainingTimeInMillis: () => 600 });
    expect(readProblem(answer).problem.status).toBe(503);
  });
});
