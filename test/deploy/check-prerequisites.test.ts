/**
 * What the stack needs and does not create is checked before a deployment creates anything.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { accountOfCaller, drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
const startProvider = closedAfterEach((respond: (url: string, path: string) => object) => {
  const starting: Promise<StandIn> = startStandIn({
    read: (request) => request,
    answer: async ({ path }) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(respond((await starting).url, path)),
    }),
  });
  return starting;
});
afterEach(() => vi.restoreAllMocks());

const refuse = (name: string, message: string) => () => {
  throw new AwsError(name, message);
};
const limit = (unreserved: number) => ({
  'GET /2016-08-19/account-settings': () => ({
    AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: unreserved },
  }),
});

async function check(values: object, operations: Operations = {}) {
  const aws = await startAws({
    DescribeEventBus: ({ Name }) => ({ Name }),
    ...noStack,
    ...limit(1000),
    ...operations,
  });
  const plugin = await drivePlugin('check-prerequisites', {
    aws,
    parameters: { values: { auth: 'iam', eventBus: 'default', resultBus: 'default', ...values } },
  });
  const warn = vi.spyOn(console, 'error').mockImplementation(() => {});
  const error = await plugin.run('before:deploy:deploy').then(
    () => '',
    (cause: Error) => cause.message,
  );
  return { error, calls: aws.calls(), warnings: warn.mock.calls.flat() };
}

const busOf = (account: string, name = 'bookings') =>
  `arn:aws:events:eu-west-1:${account}:event-bus/${name}`;

describe('an event bus', () => {
  it.each([
    ['eventBus', { eventTrigger: true, eventBus: 'bookings' }],
    ['eventBus for rooms', { roomEventTrigger: true, eventBus: 'bookings' }],
    ['resultBus', { queueTrigger: true, resultBus: 'bookings' }],
    ['resultBus of a topic', { requestTopicArn: 'arn', resultBus: 'bookings' }],
    ['the ARN of resultBus', { roomQueueTrigger: true, resultBus: busOf(accountOfCaller) }],
  ])('stops a deployment if it does not exist: %s', async (_, values) => {
    const missing: Operations = {
      DescribeEventBus: ({ Name }) => {
        if (Name === 'default') return {};
        throw new AwsError('ResourceNotFoundException', 'no such bus');
      },
    };
    const { error } = await check(values, missing);
    expect(error).toContain('Stopped; nothing was created or changed.');
    expect(error).toContain('does not exist in eu-west-1. Create it:');
    expect(error).toContain('aws events create-event-bus --region eu-west-1 --name bookings');
  });

  it('is not looked for without a trigger', async () => {
    const { error, calls } = await check({ eventBus: 'bookings', resultBus: 'results' });
    expect([error, calls]).toEqual(['', []]);
  });

  it.each([
    ['the account of the caller', {}],
    ['accountId', { accountId: '310987654321' }],
  ])('of another account than %s is rejected, with what works instead', async (_, values) => {
    const eventBus = busOf('210987654321');
    const { error, calls } = await check({ eventTrigger: true, eventBus, ...values });
    expect(error).toContain('eventBus is a bus of the account 210987654321');
    expect(error).toContain(`create a rule on ${eventBus}`);
    expect(error).toContain('set eventBus to the name of the new bus');
    expect(calls).toEqual([]);
  });

  it('of the same account is accepted by its ARN', async () => {
    const eventBus = busOf(accountOfCaller);
    expect((await check({ eventTrigger: true, eventBus })).error).toBe('');
  });

  it('of another account may get results', async () => {
    const { error, calls } = await check({ queueTrigger: true, resultBus: busOf('210987654321') });
    expect([error, calls]).toEqual(['', []]);
  });

  it.each([
    ['AccessDeniedException', 'not allowed'],
    ['InternalException', 'try later'],
  ])('is not checked if that fails with %s, with a warning', async (name, message) => {
    const { error, warnings } = await check(
      { queueTrigger: true },
      { DescribeEventBus: refuse(name, message) },
    );
    expect(error).toBe('');
    expect(warnings).toEqual([`The event bus default was not checked: ${message}`]);
  });
});

describe('the concurrency limit', () => {
  // Two functions are deployed here.
  it.each([
    [100 + 2 * 6, ''],
    [100 + 2 * 6 - 1, 'reservedConcurrency=6 needs 12 more concurrent executions'],
    [10, '0 can be reserved'],
  ])('of %i without reservations: %j', async (unreserved, message) => {
    const { error } = await check({ reservedConcurrency: 6 }, limit(unreserved));
    if (message === '') expect(error).toBe('');
    else expect(error).toContain(message);
  });

  it('counts what the running stack has reserved', async () => {
    const reserved = {
      Type: 'AWS::Lambda::Function',
      Properties: { ReservedConcurrentExecutions: 6 },
    };
    const running = runningStack({ Resources: { One: reserved, Two: reserved } });
    const { error } = await check({ reservedConcurrency: 6 }, { ...running, ...limit(100) });
    expect(error).toBe('');
  });

  it('is not read without reservations', async () => {
    expect((await check({})).calls).toEqual([]);
  });
});

describe('the issuer', () => {
  const key = { kty: 'RSA', kid: '1', use: 'sig' };
  const respond =
    (keys: object[], issuer?: string) =>
    (url: string, path: string): object =>
      path.startsWith('/.well-known')
        ? { issuer: issuer ?? url, jwks_uri: `${url}/keys` }
        : { keys };

  it('is accepted with a document and a key that API Gateway can use', async () => {
    const { url } = await startProvider(respond([key]));
    expect((await check({ auth: 'jwt', issuer: url })).error).toBe('');
  });

  it.each([
    ['no RSA key', respond([{ kty: 'EC', kid: '1' }]), 'API Gateway needs an RSA key'],
    ['another name', respond([key], 'https://other.example.com'), 'names the issuer'],
  ])('stops a deployment if it has %s', async (_, provider, message) => {
    const { url } = await startProvider(provider);
    const { error } = await check({ auth: 'jwt', issuer: url });
    expect(error).toContain('The issuer cannot be used');
    expect(error).toContain(message);
  });

  it('is not checked if it cannot be reached from here, with a warning', async () => {
    const { url, close } = await startProvider(respond([key]));
    await close();
    const { error, warnings } = await check({ auth: 'jwt', issuer: url });
    expect(error).toBe('');
    expect(warnings).toEqual([expect.stringContaining('The issuer was not checked')]);
  });
});
