/**
 * What the stack needs and does not create is checked before a deployment creates anything.
 */
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { readKeyStatements } from '../../tools/rehearsal/company.ts';
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

const topicArn = `arn:aws:sns:eu-west-1:${accountOfCaller}:requests`;
const existingTopic: Operations = { GetTopicAttributes: () => ({ Attributes: new Map() }) };

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
    const needs = name.startsWith('AccessDenied') ? 'that needs events:DescribeEventBus. ' : '';
    expect(warnings).toEqual([`The event bus default was not checked: ${needs}${message}`]);
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

describe('the certificate', () => {
  const certificateArn = `arn:aws:acm:eu-west-1:${accountOfCaller}:certificate/1`;
  const values = { domainName: 'video.example.com', certificateArn };
  const certificate = (fields: object = {}): Operations => ({
    DescribeCertificate: () => ({
      Certificate: { Status: 'ISSUED', DomainName: 'video.example.com', ...fields },
    }),
  });

  it.each([
    ['its domain', {}],
    ['its domain in another case', { DomainName: 'Video.Example.com' }],
    ['it among other names', { DomainName: 'a.b', SubjectAlternativeNames: ['video.example.com'] }],
    ['a wildcard', { DomainName: '*.example.com' }],
  ])('is accepted if it is issued and covers %s', async (_, fields) => {
    expect((await check(values, certificate(fields))).error).toBe('');
  });

  it.each([
    ['another domain', { DomainName: 'example.com' }, 'is for example.com, and not for video.'],
    ['a wildcard one level up', { DomainName: '*.com' }, 'is for *.com, and not for video'],
    ['a wildcard of the domain itself', { DomainName: '*.video.example.com' }, 'and not for video'],
    ['no validated domain', { Status: 'PENDING_VALIDATION' }, 'acm wait certificate-validated'],
    ['an end that has passed', { Status: 'EXPIRED' }, 'is EXPIRED and cannot be used'],
    ['a failure', { Status: 'FAILED', FailureReason: 'CAA_ERROR' }, 'is FAILED (CAA_ERROR)'],
  ])('stops a deployment if it has %s', async (_, fields, message) => {
    const { error } = await check(values, certificate(fields));
    expect(error).toContain('Stopped; nothing was created or changed.');
    expect(error).toContain(message);
  });

  it('stops a deployment if it does not exist', async () => {
    const missing = { DescribeCertificate: refuse('ResourceNotFoundException', 'no such one') };
    const { error } = await check(values, missing);
    expect(error).toContain(`${certificateArn} does not exist`);
    expect(error).toContain('acm request-certificate --region eu-west-1 --domain-name video');
  });

  it('is not checked without the permission, with a warning that names it', async () => {
    const denied = { DescribeCertificate: refuse('AccessDeniedException', 'not allowed') };
    const { error, warnings } = await check(values, denied);
    expect(error).toBe('');
    expect(warnings).toEqual([
      'The certificate was not checked: that needs acm:DescribeCertificate. not allowed',
    ]);
  });
});

describe('a topic', () => {
  const topicOf = (name: string) => `arn:aws:sns:eu-west-1:${accountOfCaller}:${name}`;
  const values = { alarmTopicArn: topicOf('alarms') };
  const service = { Service: 'cloudwatch.amazonaws.com' };
  const policyFor = (Principal: unknown, Action: unknown, Condition?: object) =>
    JSON.stringify({
      Statement: [{ Effect: 'Allow', Principal, Action, Resource: '*', Condition }],
    });
  const open = policyFor(service, 'sns:Publish');
  const topic = (attributes: Record<string, string> = {}): Operations => ({
    GetTopicAttributes: () => ({
      Attributes: new Map(Object.entries({ Policy: open, ...attributes })),
    }),
  });
  const keyArn = `arn:aws:kms:eu-west-1:${accountOfCaller}:key/1`;
  const key = (Policy: string, fields: object = {}): Operations => ({
    DescribeKey: () => ({
      KeyMetadata: { Arn: keyArn, KeyManager: 'CUSTOMER', KeyState: 'Enabled', ...fields },
    }),
    GetKeyPolicy: () => ({ Policy }),
  });
  const keyPolicy = policyFor(service, ['kms:Decrypt', 'kms:GenerateDataKey*']);

  it('is accepted if CloudWatch may publish', async () => {
    expect((await check(values, topic())).error).toBe('');
  });

  it('is accepted with the policy that SNS gives it', async () => {
    const ofOwner = { StringEquals: { 'AWS:SourceOwner': accountOfCaller } };
    const Policy = policyFor({ AWS: '*' }, ['SNS:Subscribe', 'SNS:Publish'], ofOwner);
    expect((await check(values, topic({ Policy }))).error).toBe('');
  });

  it('is accepted with alarms of this stack only', async () => {
    const ofStack = {
      ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:eu-west-1:*:alarm:opentok-sessions-prod-*' },
    };
    const Policy = policyFor(service, 'sns:Publish', ofStack);
    expect((await check(values, topic({ Policy }))).error).toBe('');
  });

  it.each([
    ['of the alarms', values],
    ['of tickets', { ...values, ticketTopicArn: topicOf('tickets') }],
    ['of requests', { requestTopicArn: topicOf('requests') }],
  ])('%s stops a deployment if it does not exist', async (_, given) => {
    const name = Object.values(given).at(-1) ?? '';
    const missing = {
      GetTopicAttributes: ({ TopicArn }: { TopicArn?: unknown }) => {
        if (TopicArn !== name) return topic()['GetTopicAttributes']?.({}) ?? {};
        throw new AwsError('NotFound', 'Topic does not exist');
      },
    };
    const { error } = await check(given, missing);
    expect(error).toContain(`The topic ${name} does not exist. Create it:`);
    expect(error).toContain(`sns create-topic --region eu-west-1 --name ${name.split(':').at(-1)}`);
  });

  it('stops a deployment if its policy does not let CloudWatch publish', async () => {
    const Policy = policyFor({ Service: 'events.amazonaws.com' }, 'sns:Publish');
    const { error } = await check(values, topic({ Policy }));
    expect(error).toContain(`The policy of the topic ${topicOf('alarms')} does not let CloudWatch`);
    const statement = JSON.parse(error.split('\n').at(-1) ?? '');
    const repaired = JSON.stringify({ Statement: [statement] });
    expect((await check(values, topic({ Policy: repaired }))).error).toBe('');
  });

  it('of requests needs no policy for CloudWatch', async () => {
    const Policy = policyFor({ Service: 'events.amazonaws.com' }, 'sns:Publish');
    const { error } = await check({ requestTopicArn: topicOf('requests') }, topic({ Policy }));
    expect(error).toBe('');
  });

  it('only warns where the policy alone does not decide', async () => {
    const Policy = policyFor(service, 'sns:Publish', { StringEquals: { 'aws:SourceVpc': 'v' } });
    const { error, warnings } = await check(values, topic({ Policy }));
    expect(error).toBe('');
    expect(warnings).toEqual([expect.stringContaining('npx serverless doctor --ring')]);
  });

  it('is accepted with a key that CloudWatch may use', async () => {
    const operations = { ...topic({ KmsMasterKeyId: 'alias/alarms' }), ...key(keyPolicy) };
    const { error, calls } = await check(values, operations);
    expect(error).toBe('');
    expect(calls).toEqual(expect.arrayContaining(['DescribeKey', 'GetKeyPolicy']));
  });

  it.each<[string, Operations, string]>([
    ['managed by AWS', key('', { KeyManager: 'AWS' }), 'is managed by AWS'],
    ['disabled', key(keyPolicy, { KeyState: 'Disabled' }), 'is Disabled'],
    [
      'for the account only',
      key(policyFor({ AWS: 'arn:aws:iam::1:root' }, 'kms:*')),
      'Add this statement',
    ],
    ['for decryption only', key(policyFor(service, 'kms:Decrypt')), 'Add this statement'],
  ])('stops a deployment if its key is %s', async (_, operations, message) => {
    const encrypted = topic({ KmsMasterKeyId: 'alias/alarms' });
    const { error } = await check(values, { ...encrypted, ...operations });
    expect(error).toContain(message);
    expect(error).toContain('alarms');
  });

  it.each<[string, Operations, string]>([
    ['topic', { GetTopicAttributes: refuse('AuthorizationError', 'no') }, 'sns:GetTopicAttributes'],
    [
      'key',
      { ...topic({ KmsMasterKeyId: '1' }), DescribeKey: refuse('AccessDeniedException', 'no') },
      'kms:DescribeKey and kms:GetKeyPolicy',
    ],
  ])(
    'with a %s that may not be read is not checked, with a warning',
    async (_, operations, action) => {
      const { error, warnings } = await check(values, operations);
      expect(error).toBe('');
      expect(warnings).toEqual([
        expect.stringContaining(`was not checked: that needs ${action}. no`),
      ]);
    },
  );
});

describe('the key of dataKeyArn', () => {
  const dataKeyArn = `arn:aws:kms:eu-west-1:${accountOfCaller}:key/1`;
  const ofRoot = {
    ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountOfCaller}:root` } },
    ...{ Action: 'kms:*', Resource: '*' },
  };
  const key = (Statement: object[], fields: object = {}): Operations => ({
    DescribeKey: () => ({
      KeyMetadata: { Arn: dataKeyArn, KeyManager: 'CUSTOMER', KeyState: 'Enabled', ...fields },
    }),
    GetKeyPolicy: () => ({ Policy: JSON.stringify({ Statement: [ofRoot, ...Statement] }) }),
  });
  const triggers = { eventTrigger: true, requestTopicArn: topicArn };

  it('is accepted with the policy of docs/deployment.md', async () => {
    const operations = { ...existingTopic, ...key(await readKeyStatements()) };
    const { error, warnings } = await check({ dataKeyArn, ...triggers }, operations);
    expect([error, warnings]).toEqual(['', []]);
  });

  it.each([
    ['Logs', 'logs.eu-west-1.amazonaws.com', {}],
    ['EventsToQueues', 'events.amazonaws.com', { roomEventTrigger: true }],
    ['TopicToQueue', 'sns.amazonaws.com', { requestTopicArn: topicArn }],
  ])('stops a deployment without the statement %s, and prints it', async (sid, service, values) => {
    const others = (await readKeyStatements()).filter(({ Sid }) => Sid !== sid);
    const operations = { ...existingTopic, ...key(others) };
    const { error } = await check({ dataKeyArn, ...values }, operations);
    expect(error).toContain(`does not let ${service} use the key`);
    const statement = JSON.parse(error.split('\n').at(-1) ?? '');
    const repaired = { ...existingTopic, ...key([...others, statement]) };
    expect((await check({ dataKeyArn, ...values }, repaired)).error).toBe('');
  });

  it('needs no statement for a trigger that is off', async () => {
    const [logs] = await readKeyStatements();
    expect((await check({ dataKeyArn }, key([logs as object]))).error).toBe('');
  });

  it.each([
    ['disabled', { KeyState: 'Disabled' }, 'is Disabled'],
    ['in deletion', { KeyState: 'PendingDeletion' }, 'is PendingDeletion'],
    ['asymmetric', { KeySpec: 'RSA_2048' }, 'Use a symmetric key'],
  ])('stops a deployment if it is %s', async (_, fields, message) => {
    const { error } = await check({ dataKeyArn }, key(await readKeyStatements(), fields));
    expect(error).toContain(message);
  });

  it('stops a deployment if it does not exist', async () => {
    const operations = { DescribeKey: refuse('NotFoundException', 'no such key') };
    const { error } = await check({ dataKeyArn }, operations);
    expect(error).toContain(`The key ${dataKeyArn} of dataKeyArn does not exist`);
  });
});

describe('the table of roomsTableName', () => {
  const values = { roomsTableName: 'rooms', liveRooms: true };
  const { AttributeDefinitions, GlobalSecondaryIndexes, KeySchema } =
    inject('packaged').fullTemplate.Resources['RoomsTable']?.Properties ?? {};
  const indexes = GlobalSecondaryIndexes.map((index: object) => ({
    ...index,
    IndexStatus: 'ACTIVE',
  }));
  const on: Operations = {
    DescribeTimeToLive: () => ({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' },
    }),
    DescribeContinuousBackups: () => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
      },
    }),
  };
  const table = (changes: object = {}): Operations => ({
    ...on,
    DescribeTable: () => ({
      Table: {
        ...{ TableName: 'rooms', TableStatus: 'ACTIVE', KeySchema, AttributeDefinitions },
        GlobalSecondaryIndexes: indexes,
        ...changes,
      },
    }),
  });

  it('is accepted if it is like the one of the stack', async () => {
    const { error, warnings } = await check(values, table());
    expect([error, warnings]).toEqual(['', []]);
  });

  it('needs no index of a feature that is off', async () => {
    const without = indexes.filter(({ IndexName }: { IndexName: string }) => IndexName === 'rooms');
    const operations = table({ GlobalSecondaryIndexes: without });
    expect((await check({ ...values, liveRooms: false }, operations)).error).toBe('');
    expect((await check(values, operations)).error).toContain('has no index sessions');
  });

  const change = (name: string, fields: object) => ({
    GlobalSecondaryIndexes: indexes.map((index: { IndexName: string }) =>
      index.IndexName === name ? { ...index, ...fields } : index,
    ),
  });
  const wrongKey = [{ AttributeName: 'item', KeyType: 'HASH' }];
  it.each([
    ['other keys', { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }, 'has the keys id'],
    [
      'a key of another type',
      { AttributeDefinitions: [{ AttributeName: 'room', AttributeType: 'N' }] },
      'has the keys room (HASH, N)',
    ],
    ['no status to use', { TableStatus: 'DELETING' }, 'rooms is DELETING'],
    ['no index', { GlobalSecondaryIndexes: [] }, 'has no index rooms'],
    [
      'an index with other keys',
      change('sessions', { KeySchema: wrongKey }),
      'keys item (HASH, S)',
    ],
    [
      'an index without attributes that are read',
      change('rooms', { Projection: { ProjectionType: 'KEYS_ONLY' } }),
      'the projection KEYS_ONLY instead of listing (HASH, S) and room (RANGE, S) and ALL',
    ],
    ['an index in creation', change('rooms', { IndexStatus: 'CREATING' }), 'rooms is CREATING'],
  ])('stops a deployment if it has %s', async (_, changes, message) => {
    const { error } = await check(values, table(changes));
    expect(error).toContain('Stopped; nothing was created or changed.');
    expect(error.replace('of the table rooms ', '')).toContain(message);
  });

  it('may have an index with more attributes than are read', async () => {
    const more = change('sessions', { Projection: { ProjectionType: 'ALL' } });
    expect((await check(values, table(more))).error).toBe('');
  });

  it('prints a command that creates the missing index', async () => {
    const { error } = await check(values, table({ GlobalSecondaryIndexes: [] }));
    const [, json = ''] = /--global-secondary-index-updates '(.+)'/.exec(error) ?? [];
    const { IndexStatus, ...index } = indexes[0];
    expect(JSON.parse(json)).toEqual([{ Create: index }]);
  });

  it('stops a deployment if it does not exist', async () => {
    const missing = { DescribeTable: refuse('ResourceNotFoundException', 'no such table') };
    expect((await check(values, missing)).error).toContain('does not exist in eu-west-1');
  });

  const keyArn = `arn:aws:kms:eu-west-1:${accountOfCaller}:key/1`;
  const encrypted = (KeyManager: string) => ({
    ...table({ SSEDescription: { Status: 'ENABLED', KMSMasterKeyArn: keyArn } }),
    DescribeKey: () => ({ KeyMetadata: { KeyManager, KeyState: 'Enabled', Arn: keyArn } }),
    GetKeyPolicy: () => ({
      Policy: JSON.stringify({
        Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
      }),
    }),
  });
  it.each([
    ['a customer key', 'CUSTOMER', {}, 'the functions may use none. Set dataKeyArn'],
    [
      'another customer key',
      'CUSTOMER',
      { dataKeyArn: 'other' },
      'the functions may use only other',
    ],
    ['dataKeyArn', 'CUSTOMER', { dataKeyArn: keyArn }, ''],
    ['the key that AWS manages', 'AWS', {}, ''],
  ])('encrypted with %s', async (_, manager, given, message) => {
    const { error } = await check({ ...values, ...given }, encrypted(manager));
    if (message === '') expect(error).toBe('');
    else expect(error).toContain(message);
  });

  it.each<[string, Operations, string]>([
    [
      'no TTL',
      { DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }) },
      'does not delete expired items',
    ],
    [
      'TTL on another attribute',
      {
        DescribeTimeToLive: () => ({
          TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
        }),
      },
      'Switch TTL on for expiresAt',
    ],
    [
      'no point-in-time recovery',
      { DescribeContinuousBackups: () => ({ ContinuousBackupsDescription: {} }) },
      'cannot be restored',
    ],
    [
      'settings that may not be read',
      { DescribeTimeToLive: refuse('AccessDeniedException', 'no') },
      'was not checked: that needs dynamodb:DescribeTimeToLive. no',
    ],
  ])('with %s only warns', async (_, operations, message) => {
    const { error, warnings } = await check(values, { ...table(), ...operations });
    expect(error).toBe('');
    expect(warnings).toEqual([expect.stringContaining(message)]);
  });
});
