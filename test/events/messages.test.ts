import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../lib/domain/access.ts';
import type { RemainingMs } from '../../lib/domain/deadline.ts';
import { Fault, validationError } from '../../lib/domain/faults.ts';
import { type Message, recognizeEvent } from '../../lib/events/event-source.ts';
import { handleMessages } from '../../lib/events/messages.ts';
import type { ResultEvent } from '../../lib/results/event-bridge.ts';
import type { AnyFaultName } from '../../tools/openapi/texts/faults.ts';
import { makeFault } from '../../tools/openapi/texts/faults.ts';
import { catchFault } from '../support/faults.ts';
import { NOW_SECONDS } from '../support/fixtures.ts';
import { type QueuedMessage, snsEvent, sqsEvent } from '../support/message-events.ts';

type Source = 'eventbridge' | 'sns' | 'sqs';

interface World {
  /** Handles a request; throws to fail. Default: succeeds. */
  readonly run?: (request: string) => unknown;
  /** Publishes a result; throws to fail. Default: publishes. */
  readonly publish?: (event: ResultEvent, remainingMs: RemainingMs) => unknown;
  readonly remainingMs?: RemainingMs;
}

/** Handles messages with a use case that takes texts in `wish`. */
function open({ run = () => {}, publish = () => {}, remainingMs = () => 10_000 }: World = {}) {
  const begun: string[] = [];
  const published: ResultEvent[] = [];
  const operation = {
    fromDirect: (body: unknown): string => {
      const { wish, ...rest } = Object(body);
      if (typeof wish === 'string' && Object.keys(rest).length === 0) return wish;
      throw validationError([{ pointer: '#/wish', detail: 'must be a text' }]);
    },
    run: async (request: string) => {
      begun.push(request);
      await run(request);
      return { session: request };
    },
    messages: {
      toDetail: (result: { session: string }) => ({ ...result }),
      resultTypes: { success: 'Created', failure: 'Failed' },
      publish: async (event: ResultEvent, left: RemainingMs) => {
        await publish(event, left);
        published.push(event);
      },
    },
  };
  const invocation = {
    requestId: 'request',
    nowSeconds: NOW_SECONDS,
    caller: TRUSTED,
    maxTokenSeconds: 60,
    remainingMs,
  };
  const settle = (source: Source, messages: readonly Message[], changed: object = {}) =>
    handleMessages({ source, messages }, { ...operation, ...changed }, invocation);
  /** What Lambda gets: a response, or the error of the invocation. */
  const settleOrThrow = async (...order: Parameters<typeof settle>) => {
    const outcome = await settle(...order);
    if ('fault' in outcome) throw outcome.fault;
    return outcome;
  };
  return { settleOrThrow, settle, begun, published };
}

const wish = (id: string, reference?: string): Message => ({
  id,
  body: JSON.stringify({ wish: id, ...(reference === undefined ? {} : { reference }) }),
});
const unavailable = new Fault('PlatformUnavailableError', 'Out of reach.', { reason: 'HTTP 503' });
const throwIt = (fault: unknown) => () => {
  throw fault;
};

describe('a message that succeeds', () => {
  it.each(['eventbridge', 'sns', 'sqs'] as const)('has a result: %s', async (source) => {
    const { settleOrThrow, published } = open();
    const outcome = await settleOrThrow(source, [wish('a', 'appointment-4711')]);
    expect(published).toEqual([
      { type: 'Created', detail: { session: 'a', eventId: 'a', reference: 'appointment-4711' } },
    ]);
    expect(outcome).toEqual({
      response: source === 'sqs' ? { batchItemFailures: [] } : {},
      record: {
        message: 'messages handled',
        messages: { succeeded: 1, rejected: 0, returned: 0 },
      },
    });
  });

  it('can be an object, as EventBridge sends it', async () => {
    const { settleOrThrow, begun } = open();
    await settleOrThrow('eventbridge', [{ id: 'a', body: { wish: 'b', reference: 'r' } }]);
    expect(begun).toEqual(['b']);
  });
});

describe('a message that can never succeed', () => {
  it.each<[scenario: string, body: unknown, type: string, reference?: string]>([
    ['no JSON', '{"wish":', 'validation-error'],
    ['nothing', '', 'validation-error'],
    ['null', 'null', 'validation-error'],
    ['a text', '"wish"', 'validation-error'],
    ['an array', '[{"wish":"a"}]', 'validation-error'],
    ['invalid', '{"wish":7,"reference":"r"}', 'validation-error', 'r'],
    ['with an invalid reference', '{"wish":"a","reference":7}', 'validation-error'],
    ['too large', JSON.stringify({ wish: 'x'.repeat(32_768) }), 'payload-too-large-error'],
    ['an event without a detail', null, 'validation-error'],
    ['an invalid event', { wish: 7, reference: 'r' }, 'validation-error', 'r'],
  ])(
    'has a Failed result with the problem and its body: %s',
    async (_scenario, body, type, reference) => {
      for (const source of ['eventbridge', 'sns', 'sqs'] as const) {
        const { settleOrThrow, begun, published } = open();
        const { response: told, record } = await settleOrThrow(source, [{ id: 'a', body }]);
        expect(begun).toEqual([]);
        expect(published).toEqual([
          {
            type: 'Failed',
            detail: {
              problem: expect.objectContaining({
                type: `urn:opentok-sessions:${type}`,
                requestId: 'request',
              }),
              eventId: 'a',
              body,
              ...(reference === undefined ? {} : { reference }),
            },
          },
        ]);
        expect(told).toEqual(source === 'sqs' ? { batchItemFailures: [] } : {});
        expect(record).toMatchObject({
          messages: { succeeded: 0, rejected: 1, returned: 0 },
          fault: type.startsWith('payload') ? 'PayloadTooLargeError' : 'ValidationError',
        });
      }
    },
  );

  it('can be nested deeper than the stack', async () => {
    const depth = 200_000;
    const body = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    const { settleOrThrow, published } = open();
    await settleOrThrow('eventbridge', [{ id: 'a', body }]);
    expect(published).toMatchObject([
      { type: 'Failed', detail: { body: '['.repeat(21_845), bodyTruncated: true } },
    ]);
  });

  it('can have 32 KiB', async () => {
    const body = (length: number) => JSON.stringify({ wish: 'x'.repeat(length - 11) });
    const { settleOrThrow, begun } = open();
    await settleOrThrow('sqs', [{ id: 'a', body: body(32_768) }]);
    await settleOrThrow('sqs', [{ id: 'b', body: body(32_769) }]);
    expect(begun).toEqual(['x'.repeat(32_757)]);
  });

  it('omits the reason for the operator', async () => {
    const fault = new Fault('SessionNotFoundError', 'None.', { reason: 'inside', cause: 'inside' });
    const { settleOrThrow, published } = open({ run: throwIt(fault) });
    await settleOrThrow('sqs', [wish('a')]);
    expect(JSON.stringify(published)).not.toContain('inside');
  });
});

describe('a message with a transient error', () => {
  it.each<AnyFaultName>([
    'PlatformUnavailableError',
    'PlatformTimeoutError',
    'PlatformInvalidResponseError',
    'PlatformRefusedError',
    'CredentialsRefusedError',
    'SecretUnavailableError',
    'ConfigurationError',
    'InternalError',
  ])('is returned without a result: %s', async (name) => {
    const fault = makeFault(name, 'Not now.', { reason: 'inside' });
    const { settleOrThrow, published } = open({ run: throwIt(fault) });
    expect(await settleOrThrow('sqs', [wish('a')])).toEqual({
      response: { batchItemFailures: [{ itemIdentifier: 'a' }] },
      record: {
        message: 'messages handled',
        messages: { succeeded: 0, rejected: 0, returned: 1 },
        fault: name,
        reason: 'inside',
      },
    });
    for (const source of ['eventbridge', 'sns'] as const) {
      expect(await catchFault(() => settleOrThrow(source, [wish('a')]))).toBe(fault);
    }
    expect(published).toEqual([]);
  });

  it('is also one with an unexpected error', async () => {
    const { settleOrThrow } = open({ run: throwIt(new TypeError('x is not a function')) });
    expect((await settleOrThrow('sqs', [wish('a')])).response).toEqual({
      batchItemFailures: [{ itemIdentifier: 'a' }],
    });
    const fault = await catchFault(() => settleOrThrow('sns', [wish('a')]));
    expect(fault).toMatchObject({
      name: 'InternalError',
      reason: 'TypeError: x is not a function',
    });
  });

  it('is also one with a result that cannot be published', async () => {
    const unpublished = new Fault('ResultPublishError', 'Unpublished.');
    const { settleOrThrow, published } = open({ publish: throwIt(unpublished) });
    const invalid = { id: 'b', body: '{}' };
    expect((await settleOrThrow('sqs', [wish('a'), invalid])).response).toEqual({
      batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }],
    });
    for (const message of [wish('a'), invalid]) {
      expect(await catchFault(() => settleOrThrow('eventbridge', [message]))).toBe(unpublished);
    }
    expect(published).toEqual([]);
  });

  it.each(['eventbridge', 'sns'] as const)(
    'fails the invocation with the error name, and logs the counts: %s',
    async (source) => {
      const { settle } = open({ run: throwIt(unavailable) });
      const outcome = await settle(source, [wish('a'), { id: 'b', body: '{}' }]);
      expect(outcome).toEqual({
        fault: unavailable,
        record: {
          message: 'The video platform is unavailable',
          status: 503,
          fault: 'PlatformUnavailableError',
          reason: 'HTTP 503',
          messages: { succeeded: 0, rejected: 1, returned: 1 },
        },
      });
    },
  );

  it('determines the error of the invocation', async () => {
    const { settleOrThrow } = open({ run: throwIt(unavailable) });
    const messages = [{ id: 'a', body: '{}' }, wish('b')];
    expect(await catchFault(() => settleOrThrow('sns', messages))).toBe(unavailable);
    expect((await settleOrThrow('sqs', messages)).record).toMatchObject({
      messages: { succeeded: 0, rejected: 1, returned: 1 },
      fault: 'PlatformUnavailableError',
      reason: 'HTTP 503',
    });
  });

  it('does not affect the others of its batch', async () => {
    const run = (request: string) => request === 'b' && throwIt(unavailable)();
    const { settleOrThrow, published } = open({ run });
    const messages = [wish('a'), wish('b'), { id: 'c', body: '{}' }, wish('d')];
    const outcome = await settleOrThrow('sqs', messages);
    expect(outcome.response).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(outcome.record.messages).toEqual({ succeeded: 2, rejected: 1, returned: 1 });
    const told = published.map(({ type, detail }) => `${type} ${detail['eventId']}`);
    expect(told.sort()).toEqual(['Created a', 'Created d', 'Failed c']);
  });
});

describe('the remaining time', () => {
  it.each<[remainingMs: number, isBegun: boolean]>([
    [4_001, true],
    [4_000, false],
    [0, false],
    [-5, false],
  ])('of %i ms lets a message start: %s', async (remainingMs, isBegun) => {
    const { settleOrThrow, begun, published } = open({ remainingMs: () => remainingMs });
    const outcome = await settleOrThrow('sqs', [wish('a'), { id: 'b', body: '{}' }]);
    expect(begun).toHaveLength(isBegun ? 1 : 0);
    expect(published).toHaveLength(isBegun ? 2 : 0);
    const returned = isBegun ? [] : [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }];
    expect(outcome.response).toEqual({ batchItemFailures: returned });
    expect(outcome.record).toMatchObject({
      messages: { returned: returned.length },
      ...(isBegun
        ? {}
        : {
            fault: 'PlatformTimeoutError',
            reason: 'The message was not started: 4000 ms or less were left.',
          }),
    });
  });

  it('fails an event or notification if it is too short', async () => {
    const { settleOrThrow } = open({ remainingMs: () => 4_000 });
    for (const source of ['eventbridge', 'sns'] as const) {
      const fault = await catchFault(() => settleOrThrow(source, [wish('a')]));
      expect(fault.name).toBe('PlatformTimeoutError');
    }
  });

  it('is checked before each message: the rest of a slow batch is returned', async () => {
    let leftMs = 10_000;
    const { settleOrThrow, begun } = open({
      run: () => {
        leftMs -= 500;
      },
      remainingMs: () => leftMs,
    });
    const messages = Array.from({ length: 25 }, (_, index) => wish(`m${index}`));
    const { response: told, record } = await settleOrThrow('sqs', messages);
    expect(begun.length).toBeGreaterThanOrEqual(12);
    expect(begun.length).toBeLessThan(25);
    const returned = messages.slice(begun.length).map(({ id }) => ({ itemIdentifier: id }));
    expect(told).toEqual({ batchItemFailures: returned });
    expect(record.messages).toMatchObject({ returned: returned.length });
  });

  it('is checked again before publishing', async () => {
    let leftMs = 10_000;
    const lefts: number[] = [];
    const { settleOrThrow } = open({
      run: () => {
        leftMs = 750;
      },
      publish: (_, remainingMs) => lefts.push(remainingMs()),
      remainingMs: () => leftMs,
    });
    await settleOrThrow('sqs', [wish('a')]);
    expect(lefts).toEqual([750]);
  });
});

describe('messages of one batch', () => {
  it('are handled concurrently, ten at a time', async () => {
    let running = 0;
    let most = 0;
    const { settleOrThrow } = open({
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      },
    });
    await settleOrThrow(
      'sqs',
      Array.from({ length: 35 }, (_, index) => wish(`m${index}`)),
    );
    expect(most).toBe(10);
  });

  it('each have exactly one outcome for any combination of errors', async () => {
    const passing: AnyFaultName[] = ['PlatformUnavailableError', 'InternalError'];
    const lasting: AnyFaultName[] = ['ValidationError', 'SessionNotFoundError'];
    const trouble = fc.record({
      body: fc.constantFrom('wish', '{}', '', '{"wish":1}', 'x'.repeat(40_000)),
      run: fc.option(fc.constantFrom(...passing, ...lasting), { nil: undefined }),
      isPublished: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { minLength: 1, maxLength: 30 }),
        fc.constantFrom<Source>('sqs', 'sns'),
        fc.nat(12_000),
        async (troubles, source, startMs) => {
          let leftMs = startMs;
          const { settleOrThrow, published } = open({
            run: async (id) => {
              leftMs -= 300;
              await new Promise(setImmediate);
              const name = troubles[Number(id)]?.run;
              if (name) throw makeFault(name, 'Refused.');
            },
            publish: ({ detail }) => {
              if (!troubles[Number(detail['eventId'])]?.isPublished) throw unavailable;
            },
            remainingMs: () => leftMs,
          });
          const queued: QueuedMessage[] = troubles.map(({ body }, index) => ({
            id: String(index),
            body: body === 'wish' ? { wish: String(index) } : body,
          }));
          const event =
            source === 'sqs'
              ? sqsEvent(queued)
              : { Records: queued.flatMap(({ id, body }) => snsEvent(body, id).Records) };
          const recognized = recognizeEvent(event);
          if (!('messages' in recognized)) return expect.fail('an empty batch');
          const returned = await settleOrThrow(source, recognized.messages)
            .then(({ response: told }) => readReturned(told))
            .catch(() => 'all' as const);
          for (const { id } of queued) {
            const results = published.filter(({ detail }) => detail['eventId'] === id);
            // A notification that fails publishes its results again.
            if (returned === 'all') expect(results.length).toBeLessThanOrEqual(1);
            else expect(results).toHaveLength(returned.includes(id) ? 0 : 1);
          }
          if (source === 'sqs') expect(returned).not.toBe('all');
        },
      ),
      { numRuns: 300 },
    );
  });
});

function readReturned(told: object): string[] {
  const { batchItemFailures = [] } = told as { batchItemFailures?: { itemIdentifier: string }[] };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

describe('a message of SNS about a subscription', () => {
  const topicArn = 'arn:aws:sns:eu-west-1:123456789012:session-requests';
  const notice = { type: 'SubscriptionConfirmation', topicArn } as const;

  it.each(['eventbridge', 'sns', 'sqs'] as const)(
    'is logged with what to do, and not published: %s',
    async (source) => {
      const { settleOrThrow, begun, published } = open();
      const outcome = await settleOrThrow(source, [{ id: 'n', body: undefined, notice }]);
      expect(outcome).toMatchObject({
        response: source === 'sqs' ? { batchItemFailures: [] } : {},
        record: { messages: { succeeded: 0, rejected: 0, returned: 0 } },
        notices: [
          expect.stringMatching(
            /^SubscriptionConfirmation: the topic arn:aws:sns:.* Subscribe from the account/,
          ),
        ],
      });
      expect([...begun, ...published]).toEqual([]);
    },
  );

  it('does not affect the others of its batch', async () => {
    const { settleOrThrow, begun } = open();
    const ended = { ...notice, type: 'UnsubscribeConfirmation' } as const;
    const messages = [wish('a'), { id: 'n', body: undefined, notice: ended }, wish('b')];
    const outcome = await settleOrThrow('sqs', messages);
    expect(begun).toEqual(['a', 'b']);
    expect(outcome.record.messages).toEqual({ succeeded: 2, rejected: 0, returned: 0 });
    expect(outcome.notices).toEqual([expect.stringContaining('has ended a subscription')]);
  });

  it('is returned if no time is left', async () => {
    const { settleOrThrow } = open({ remainingMs: () => 0 });
    const outcome = await settleOrThrow('sqs', [{ id: 'n', body: undefined, notice }]);
    expect(outcome.response).toEqual({ batchItemFailures: [{ itemIdentifier: 'n' }] });
    expect(outcome.notices).toBeUndefined();
  });
});
