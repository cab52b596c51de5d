import { describe, expect, it } from 'vitest';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { readCreated, readProblem } from '../support/contract.ts';
import { type StartOptions, startFunction } from '../support/drive.ts';
import { sessionIds } from '../support/fixtures.ts';
import { type HttpEvent, httpApiEvent } from '../support/http-events.ts';

const start = closedAfterEach((options?: StartOptions) => startFunction('issueToken', options));

const event = httpApiEvent({ sessionId: sessionIds.openTok });
const { authorizer: _, ...withoutAuthorizer } = event['requestContext'] as HttpEvent;
const always = { times: Number.POSITIVE_INFINITY };

describe('a container', () => {
  it('has read the secret before its first invocation, and said nothing', async () => {
    const { secretsManager, logged } = await start();
    expect(secretsManager.requests).toMatchObject([{ operation: 'GetSecretValue' }]);
    expect(logged).toEqual([]);
  });

  it('starts also when the secret cannot be read, and leaves the telling to its first invocation', async () => {
    const { invoke, secretsManager, logged } = await start({
      prepare: (standIn) => standIn.fail(secretFaults.accessDenied, always),
    });
    expect(logged).toEqual([]);
    expect(readProblem(await invoke(event)).status).toBe(500);
    expect(logged).toHaveLength(1);
    secretsManager.recover();
    readCreated(await invoke(event));
  });

  it('tells of a wrong environment at once, by every name, and does not read the secret', async () => {
    const environment = { SECRET_ID: '', VIDEO_API_URL: 'api', MAX_TOKEN_SECONDS: '1h' };
    const { invoke, secretsManager, logged } = await start({ environment });
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'error',
        message: 'The service is misconfigured',
        fault: 'ConfigurationError',
        reason: expect.stringMatching(/SECRET_ID.*MAX_TOKEN_SECONDS.*VIDEO_API_URL/),
      },
    ]);
    expect(readProblem(await invoke(event)).problem.detail).toBe('The service is misconfigured.');
    await expect(invoke({})).rejects.toMatchObject({ name: 'ConfigurationError' });
    expect(secretsManager.requests).toHaveLength(0);
  });

  it('requires an authorizer by default and logs nothing about it', async () => {
    const { invoke, logged } = await start();
    const { status } = readProblem(await invoke({ ...event, requestContext: withoutAuthorizer }));
    expect(status).toBe(401);
    expect(logged).toHaveLength(1);
  });

  it('lets everybody in with AUTH=none, and says so once', async () => {
    const { invoke, logged } = await start({ environment: { AUTH: 'none' } });
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      { level: 'warn', message: 'AUTH=none: every HTTP caller is trusted; never deploy this' },
    ]);
    readCreated(await invoke({ ...event, requestContext: withoutAuthorizer }));
    readCreated(await invoke({ ...event, requestContext: withoutAuthorizer }));
    expect(logged).toHaveLength(3);
  });

  it.each([
    ["the platform's 30 days", {}, 30 * 24 * 3600],
    ['MAX_TOKEN_SECONDS', { MAX_TOKEN_SECONDS: '600' }, 600],
  ])('holds tokens to %s', async (_scenario, environment, maxSeconds) => {
    const { invoke } = await start({ environment });
    const nowSeconds = Math.floor(Date.now() / 1000);
    // A second may pass between this clock and the function's.
    const ask = (expireTime: number) =>
      invoke(httpApiEvent({ sessionId: sessionIds.openTok, body: { expireTime } }));
    readCreated(await ask(nowSeconds + maxSeconds));
    expect(readProblem(await ask(nowSeconds + maxSeconds + 2)).problem.errors).toMatchObject([
      { pointer: '#/expireTime', detail: expect.stringContaining(`at most ${maxSeconds} seconds`) },
    ]);
  });

  it('uses the secret for SECRET_TTL_SECONDS, and longer during an outage', async () => {
    const { invoke, secretsManager, logged } = await start({
      environment: { SECRET_TTL_SECONDS: '1', SECRET_STALE_SECONDS: '60' },
    });
    secretsManager.fail(secretFaults.accessDenied, always);
    await expect
      .poll(() => invoke(event).then(() => logged.join('\n')), { timeout: 5_000 })
      .toContain('the stale secret stays in use');
    const warning = logged.map((line) => JSON.parse(line)).find(({ level }) => level === 'warn');
    expect(warning).toMatchObject({
      fault: 'ConfigurationError',
      reason: expect.stringContaining('AccessDeniedException'),
    });
    readCreated(await invoke(event));
  });
});
