/**
 * Messages through the packaged functions: batches, repeated deliveries, and events of other sources.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import directTokenRequest from '../events/issue-token.direct.json' with { type: 'json' };
import { closedAfterEach } from '../support/closed-after-each.ts';
import { deliver } from '../support/delivery.ts';
import { REQUEST_ID } from '../support/drive.ts';
import {
  catchErrorName,
  type FunctionName,
  type Lambda,
  type LambdaOptions,
  packagedFile,
  startLambda,
} from '../support/lambda.ts';
import {
  batch,
  EVENT_ID,
  eventBridgeEnvelope,
  eventBridgeEvent,
  SNS_ID,
  snsEnvelope,
  snsEvent,
  sqsEvent,
  wish,
} from '../support/message-events.ts';

const always = { times: Number.POSITIVE_INFINITY };
const events: [source: string, event: object][] = [
  ['EventBridge', eventBridgeEvent(wish)],
  ['SNS', snsEvent(wish)],
];

const start = closedAfterEach((options?: LambdaOptions) => startLambda('createSession', options));

describe('a batch', () => {
  it('is not started with too little time left', async () => {
    const lambda = await start();
    const { accounts } = await deliver(lambda, batch(5), 3_900);
    for (const account of accounts.values()) {
      expect(account).toEqual({ created: 0, failed: 0, returned: 1 });
    }
    expect(lambda.platform.requests).toEqual([]);
    for (const [, event] of events) {
      expect(await catchErrorName(() => lambda.invoke(event, 3_900))).toBe('PlatformTimeoutError');
    }
  });

  it('creates ten sessions at a time', async () => {
    const lambda = await start();
    lambda.platform.fail({ kind: 'delay', until: lambda.platform.received(10) }, always);
    await deliver(lambda, batch(35));
    expect(lambda.platform.counts).toEqual({ requests: 35, connections: 10 });
  });

  it('publishes its results on the configured bus', async () => {
    const { invoke, eventBridge } = await start({ environment: { EVENT_BUS_NAME: 'results' } });
    await invoke(sqsEvent(batch(1)));
    const { invoke: invokeOther, eventBridge: other } = await start();
    await invokeOther(sqsEvent(batch(1)));
    expect(eventBridge.events).toMatchObject([
      { eventBusName: 'results', source: 'opentok-sessions' },
    ]);
    expect(other.events).toMatchObject([{ eventBusName: 'default' }]);
  });

  it('logs one line with the outcomes, without content of messages', async () => {
    const { invoke, logged } = await start();
    await invoke(sqsEvent([...batch(2), { id: 'x', body: '{"reference":"class-9","x":1}' }]));
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'warn',
        message: 'messages handled',
        messages: { succeeded: 2, rejected: 1, returned: 0 },
        fault: 'ValidationError',
        function: 'createSession',
        source: 'sqs',
        requestId: REQUEST_ID,
        outcome: 'succeeded',
        sessionsCreated: 2,
        durationMs: expect.any(Number),
      },
    ]);
    expect(logged.join()).not.toContain('class-');
  });
});

describe('an event that does not fit into its result', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  it.each<[scenario: string, detail: string, body: string, isCut: boolean]>([
    ['a number beyond JavaScript', '{"a":1e400}', '{"a":1e999}', false],
    ['a number beyond 64 bits', '{"a":[-1e19]}', '{"a":[-10000000000000000000]}', false],
    ['deep', `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`, '', false],
    ['deeper than the stack', `{"a":${deep}}`, `{"a":${'['.repeat(21_840)}`, true],
  ])('is rejected with its text: %s', async (_scenario, detail, body, isCut) => {
    const { invokeJson, eventBridge, logged } = await start();
    const payload = JSON.stringify(eventBridgeEvent('DETAIL')).replace('"DETAIL"', detail);
    expect(await invokeJson(payload)).toEqual({});
    expect(eventBridge.events).toMatchObject([{ detailType: 'OpenTok Session Failed' }]);
    const [event] = eventBridge.events;
    expect(event?.detail['body']).toBe(body === '' ? detail : body);
    expect(event?.detail['bodyTruncated']).toBe(isCut ? true : undefined);
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', outcome: 'succeeded', messages: { succeeded: 0, rejected: 1, returned: 0 } },
    ]);
  });
});

describe('an event that is delivered twice', () => {
  it.each<[source: string, event: object, eventId: string]>([
    ['EventBridge', eventBridgeEvent(wish), EVENT_ID],
    ['SNS', snsEvent(wish), SNS_ID],
    ['SQS', sqsEvent([{ id: 'message-1', body: wish }]), 'message-1'],
    ['EventBridge in SQS', sqsEvent([{ id: 'any', body: eventBridgeEnvelope(wish) }]), EVENT_ID],
    ['SNS in SQS', sqsEvent([{ id: 'any', body: snsEnvelope(wish) }]), SNS_ID],
  ])('of %s has two results with the same event id', async (_source, event, eventId) => {
    const { invoke, eventBridge } = await start();
    await invoke(event);
    await invoke(event);
    const { reference } = wish;
    expect(eventBridge.events.map(({ detail }) => detail)).toMatchObject([
      { eventId, reference },
      { eventId, reference },
    ]);
  });
});

describe('an envelope in a queue', () => {
  const envelopes = [
    { id: 'sqs-1', body: eventBridgeEnvelope(wish) },
    { id: 'sqs-2', body: snsEnvelope(wish) },
  ];

  it('is returned under the message id of SQS', async () => {
    const { invoke, platform } = await start();
    platform.fail(platformFaults.unavailable, always);
    expect(await invoke(sqsEvent(envelopes))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'sqs-1' }, { itemIdentifier: 'sqs-2' }],
    });
  });

  it('with an invalid request has its content in the result', async () => {
    const { invoke, eventBridge } = await start();
    const request = { mediaMod: 'routed', reference: 'r' };
    const text = JSON.stringify(request);
    const bodies = [eventBridgeEnvelope(request), snsEnvelope(text)];
    const event = sqsEvent(bodies.map((body, index) => ({ id: `sqs-${index}`, body })));
    expect(await invoke(event)).toEqual({ batchItemFailures: [] });
    expect(eventBridge.events).toMatchObject([
      { detailType: 'OpenTok Session Failed', detail: { eventId: EVENT_ID, body: request } },
      { detailType: 'OpenTok Session Failed', detail: { eventId: SNS_ID, body: text } },
    ]);
  });
});

describe('an event of another source', () => {
  const [record] = sqsEvent(batch(1)).Records;
  const strange: [scenario: string, event: unknown][] = [
    ['S3', { Records: [{ eventSource: 'aws:s3', s3: {} }] }],
    ['S3 among SQS', { Records: [record, { eventSource: 'aws:s3', s3: {} }] }],
    ['no records', { Records: [] }],
    ['Kinesis', { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'e30=' } }] }],
    ['text', 'mediaMode'],
    ['null', null],
    ['an unknown field', { mediaMod: 'routed' }],
  ];
  const forOneOnly: [scenario: string, event: unknown][] = [
    ['EventBridge', eventBridgeEvent(wish)],
    ['SNS', snsEvent(wish)],
    ['SQS', sqsEvent(batch(1))],
  ];
  let issueToken: Lambda;
  beforeAll(async () => {
    issueToken = await startLambda('issueToken');
  });
  afterAll(() => issueToken.close());

  it.each(strange)('is rejected without any request: %s', async (_scenario, event) => {
    const createSession = await start();
    for (const { invoke, platform, eventBridge } of [createSession, issueToken]) {
      expect(await catchErrorName(() => invoke(event))).toBe('ValidationError');
      expect(platform.requests).toEqual([]);
      expect(eventBridge.requests).toEqual([]);
    }
  });

  it.each(forOneOnly)('is rejected by issueToken: %s', async (_scenario, event) => {
    expect(await catchErrorName(() => issueToken.invoke(event))).toBe('ValidationError');
    expect(
      await catchErrorName(() => issueToken.invoke({ ...Object(event), ...directTokenRequest })),
    ).toBe('ValidationError');
  });
});

describe('the EventBridge client', () => {
  it('is only in functions that serve messages', async () => {
    // The name of the protocol in its requests.
    const speaks = async (name: FunctionName) =>
      (await readFile(packagedFile(name), 'utf8')).includes('AWSEvents');
    expect(await speaks('createSession')).toBe(true);
    expect(await speaks('openRoom')).toBe(true);
    expect(await speaks('issueToken')).toBe(false);
    expect(await speaks('joinRoom')).toBe(false);
  });
});
