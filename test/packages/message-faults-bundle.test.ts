/**
 * Messages through the packaged createSession, with the platform, Secrets Manager and EventBridge failing
 * at every step: each has a result or is retried, and none is lost.
 */
import { describe, expect, it } from 'vitest';
import { eventFaults } from '../../stand-ins/event-bridge.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { platformFaults, statusFault } from '../../stand-ins/platform-faults.ts';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { deliver } from '../support/delivery.ts';
import { SECRET_ID } from '../support/drive.ts';
import { catchErrorName, type Lambda, type LambdaOptions, startLambda } from '../support/lambda.ts';
import { batch, eventBridgeEvent, pipeEvent, snsEvent, wish } from '../support/message-events.ts';

const always = { times: Number.POSITIVE_INFINITY };
const events: [source: string, event: object][] = [
  ['EventBridge', eventBridgeEvent(wish)],
  ['SNS', snsEvent(wish)],
];

const start = closedAfterEach((options?: LambdaOptions) => startLambda('createSession', options));

/** Expects no result and a retry from every source. */
async function expectReturned(lambda: Lambda, faultName: string): Promise<void> {
  const before = lambda.eventBridge.events.length;
  const { accounts } = await deliver(lambda, [
    { id: 'a', body: wish },
    { id: 'b', body: {} },
  ]);
  const returned = { created: 0, failed: 0, returned: 1 };
  expect(Object.fromEntries(accounts)).toEqual({ a: returned, b: returned });
  for (const [, event] of events) {
    expect(await catchErrorName(() => lambda.invoke(event))).toBe(faultName);
  }
  expect(lambda.eventBridge.events).toHaveLength(before);
  expect(lambda.logged.length).toBeGreaterThanOrEqual(3);
  for (const [index, line] of lambda.logged.slice(-3).entries()) {
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      outcome: 'failed',
      fault: faultName,
      messages: { succeeded: 0, rejected: 0, returned: index === 0 ? 2 : 1 },
    });
  }
}

describe('with the platform failing', () => {
  it.each<[scenario: string, fault: Fault, name: string]>([
    ['503', platformFaults.unavailable, 'PlatformUnavailableError'],
    ['429', statusFault(429), 'PlatformUnavailableError'],
    ['403', platformFaults.invalidSignature, 'CredentialsRefusedError'],
    ['402', statusFault(402), 'PlatformRefusedError'],
    ['404', statusFault(404), 'PlatformRefusedError'],
    ['408', statusFault(408), 'PlatformRefusedError'],
    ['409', statusFault(409), 'PlatformRefusedError'],
    ['an empty array', platformFaults.emptyArray, 'PlatformInvalidResponseError'],
    ['a foreign session', platformFaults.foreignSession, 'PlatformInvalidResponseError'],
    ['a reset', { kind: 'reset' }, 'PlatformUnavailableError'],
  ])('%s: every message is returned', async (_scenario, fault, name) => {
    const lambda = await start();
    lambda.platform.fail(fault, always);
    await expectReturned(lambda, name);
  });

  it('a pipe fails as a whole, with the error name', async () => {
    const lambda = await start();
    lambda.platform.fail(platformFaults.unavailable, always);
    expect(await catchErrorName(() => lambda.invoke(pipeEvent([{}, {}])))).toBe(
      'PlatformUnavailableError',
    );
    expect(lambda.logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', outcome: 'failed', messages: { succeeded: 0, rejected: 0, returned: 2 } },
    ]);
  });

  it('400: every message has a Failed result and none is retried', async () => {
    const lambda = await start();
    lambda.platform.fail(platformFaults.badRequest, always);
    const { accounts, error } = await deliver(lambda, batch(3));
    expect(error).toBeUndefined();
    for (const account of accounts.values()) {
      expect(account).toEqual({ created: 0, failed: 1, returned: 0 });
    }
    for (const [, event] of events) await lambda.invoke(event);
    expect(lambda.eventBridge.events).toHaveLength(5);
    for (const { detail } of lambda.eventBridge.events) {
      expect(detail['problem']).toMatchObject({
        type: 'urn:opentok-sessions:platform-refused-error',
        status: 502,
      });
      expect(detail).toHaveProperty('body');
    }
    expect(lambda.platform.counts.requests).toBe(5);
  });

  it('400: a pipe gets the problem in place of the session', async () => {
    const lambda = await start();
    lambda.platform.fail(platformFaults.badRequest);
    const answer = Object.values(await lambda.invoke(pipeEvent([{ reference: 'a' }])));
    expect(answer).toMatchObject([
      { type: 'urn:opentok-sessions:platform-refused-error', status: 502, reference: 'a' },
    ]);
  });

  it('some messages only: the others are created', async () => {
    const lambda = await start();
    lambda.platform.fail(statusFault(404), { times: 3 });
    const { accounts } = await deliver(lambda, batch(12));
    const all = [...accounts.values()];
    expect(all.filter(({ created }) => created === 1)).toHaveLength(9);
    expect(all.filter(({ returned }) => returned === 1)).toHaveLength(3);
    expect(JSON.parse(lambda.logged.at(-1) ?? '')).toMatchObject({
      level: 'error',
      outcome: 'failed',
      messages: { succeeded: 9, rejected: 0, returned: 3 },
      fault: 'PlatformRefusedError',
    });
  });
});

describe('with Secrets Manager failing', () => {
  it.each<[scenario: string, fault: Fault, name: string]>([
    ['an internal error', secretFaults.internal, 'SecretUnavailableError'],
    ['access denied', secretFaults.accessDenied, 'ConfigurationError'],
    ['no such secret', secretFaults.notFound, 'ConfigurationError'],
    ['a reset', { kind: 'reset' }, 'SecretUnavailableError'],
  ])(
    '%s: every message is returned, and created after the recovery',
    async (_scenario, fault, name) => {
      const lambda = await start({
        prepare: ({ secretsManager }) => secretsManager.fail(fault, always),
      });
      await expectReturned(lambda, name);
      expect(lambda.platform.requests).toEqual([]);
      lambda.secretsManager.recover();
      const { accounts } = await deliver(lambda, [{ id: 'a', body: wish }]);
      expect(accounts.get('a')).toEqual({ created: 1, failed: 0, returned: 0 });
    },
  );

  it('a malformed secret: every message is returned', async () => {
    const lambda = await start({
      prepare: ({ secretsManager }) => secretsManager.setSecret(SECRET_ID, '{}'),
    });
    await expectReturned(lambda, 'ConfigurationError');
  });

  it('an invalid message still has a Failed result', async () => {
    const lambda = await start({
      prepare: ({ secretsManager }) => secretsManager.fail(secretFaults.internal, always),
    });
    const { accounts } = await deliver(lambda, [{ id: 'a', body: '{' }]);
    expect(accounts.get('a')).toEqual({ created: 0, failed: 1, returned: 0 });
  });
});

describe('with EventBridge failing', () => {
  it.each<[scenario: string, fault: Fault]>([
    ['access denied', eventFaults.accessDenied],
    ['an internal error', eventFaults.internal],
    ['a reset', { kind: 'reset' }],
    ['a response that is not HTTP', { kind: 'garbage' }],
  ])('%s: every message is returned', async (_scenario, fault) => {
    const lambda = await start();
    lambda.eventBridge.fail(fault, always);
    await expectReturned(lambda, 'ResultPublishError');
    const { accounts } = await deliver(lambda, [{ id: 'a', body: '{' }]);
    expect(accounts.get('a')).toEqual({ created: 0, failed: 0, returned: 1 });
  });

  it('single entries: only their messages are returned', async () => {
    const lambda = await start();
    lambda.eventBridge.failEntries({ errorCode: 'NotAuthorizedForSourceException', times: 4 });
    const { accounts } = await deliver(lambda, batch(12));
    const all = [...accounts.values()];
    expect(all.filter(({ created }) => created === 1)).toHaveLength(8);
    expect(all.filter(({ returned }) => returned === 1)).toHaveLength(4);
    lambda.eventBridge.failEntries({ errorCode: 'InternalFailure', times: 6 });
    for (const [, event] of events) {
      expect(await catchErrorName(() => lambda.invoke(event))).toBe('ResultPublishError');
    }
  });

  it('a lost response: the result is published twice', async () => {
    const lambda = await start();
    lambda.eventBridge.fail({ kind: 'truncated' });
    const { accounts } = await deliver(lambda, [{ id: 'a', body: wish }]);
    const { created, returned } = accounts.get('a') ?? expect.fail();
    expect(created + returned).toBeGreaterThanOrEqual(1);
    expect(created).toBeGreaterThanOrEqual(1);
    const [first, ...again] = lambda.eventBridge.events.map(({ detail }) => detail);
    for (const detail of again) expect(detail).toEqual(first);
  });
});

describe.concurrent('with a service hanging', () => {
  it('the platform: messages are returned before the deadline', async () => {
    const lambda = await startLambda('createSession');
    try {
      lambda.platform.fail({ kind: 'hang' }, always);
      const { accounts, error } = await deliver(lambda, batch(3), 5_000);
      expect(error).toBeUndefined();
      for (const account of accounts.values()) expect(account).toMatchObject({ returned: 1 });
      expect(JSON.parse(lambda.logged.at(-1) ?? '')).toMatchObject({
        fault: 'PlatformTimeoutError',
      });
    } finally {
      await lambda.close();
    }
  });

  it('EventBridge: messages are returned before the deadline', async () => {
    const lambda = await startLambda('createSession');
    try {
      lambda.eventBridge.fail({ kind: 'hang' }, always);
      const { accounts, error } = await deliver(
        lambda,
        [...batch(3), { id: 'x', body: '{' }],
        5_000,
      );
      expect(error).toBeUndefined();
      for (const account of accounts.values()) expect(account).toMatchObject({ returned: 1 });
      expect(JSON.parse(lambda.logged.at(-1) ?? '')).toMatchObject({
        fault: 'ResultPublishError',
      });
    } finally {
      await lambda.close();
    }
  });

  it('Secrets Manager: messages are returned before the deadline', async () => {
    const lambda = await startLambda('createSession', {
      prepare: ({ secretsManager }) => secretsManager.fail({ kind: 'hang' }, always),
    });
    try {
      const { accounts, error } = await deliver(lambda, batch(3), 5_000);
      expect(error).toBeUndefined();
      for (const account of accounts.values()) expect(account).toMatchObject({ returned: 1 });
      expect(JSON.parse(lambda.logged.at(-1) ?? '')).toMatchObject({
        fault: 'SecretUnavailableError',
      });
    } finally {
      await lambda.close();
    }
  });

  it('a slow platform: the rest of a batch is returned', async () => {
    const lambda = await startLambda('createSession');
    try {
      lambda.platform.fail({ kind: 'delay', delayMs: 1_200 }, always);
      const { accounts, error } = await deliver(lambda, batch(25), 6_000);
      expect(error).toBeUndefined();
      const all = [...accounts.values()];
      const created = all.filter((account) => account.created === 1);
      const returned = all.filter((account) => account.returned === 1);
      expect(created.length + returned.length).toBe(25);
      expect(returned.length).toBeGreaterThanOrEqual(5);
      // The first messages were started, and the platform got no request for the others.
      expect(lambda.platform.counts.requests).toBeLessThanOrEqual(20);
    } finally {
      await lambda.close();
    }
  });
});
