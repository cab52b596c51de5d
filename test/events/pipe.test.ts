import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../lib/domain/access.ts';
import { Fault, validationError } from '../../lib/domain/faults.ts';
import { enrichPipe } from '../../lib/events/pipe.ts';
import { catchFault } from '../support/faults.ts';
import { NOW_SECONDS } from '../support/fixtures.ts';

const invocation = {
  requestId: 'request',
  nowSeconds: NOW_SECONDS,
  caller: TRUSTED,
  maxTokenSeconds: 60,
  remainingMs: () => 10_000,
};

/** Handles a pipe's batch with a use case that takes texts in `wish`. */
function open(run: (request: string) => unknown = () => {}) {
  const begun: string[] = [];
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
    describe: () => ({ message: 'done' }),
  };
  const settle = (bodies: readonly unknown[]) =>
    enrichPipe(
      bodies.map((body) => ({ body })),
      operation,
      invocation,
    );
  const settleOrThrow = async (items: readonly unknown[]) => {
    const outcome = await settle(items);
    if ('fault' in outcome) throw outcome.fault;
    return outcome;
  };
  return { settleOrThrow, settle, begun };
}

const wishes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ wish: `w${index}` }));
const problem = {
  type: 'urn:opentok-sessions:validation-error',
  title: 'The request is not valid',
  status: 400,
  detail: 'One field is not valid.',
  requestId: 'request',
  errors: [{ pointer: '#/wish', detail: 'must be a text' }],
};

describe('a pipe', () => {
  it('returns results in the order of the requests', async () => {
    const ends = new Map<string, () => void>();
    const { settleOrThrow, begun } = open(
      (request) => new Promise<void>((resolve) => ends.set(request, resolve)),
    );
    const answered = settleOrThrow(wishes(3));
    for (const request of ['w2', 'w0', 'w1']) ends.get(request)?.();
    expect((await answered).response).toEqual([
      { session: 'w0' },
      { session: 'w1' },
      { session: 'w2' },
    ]);
    expect(begun).toHaveLength(3);
  });

  it('accepts objects and JSON text', async () => {
    const { settleOrThrow } = open();
    const items = [{ wish: 'a', reference: 'r' }, '{"wish":"b","reference":""}'];
    expect(await settleOrThrow(items)).toEqual({
      response: [
        { session: 'a', reference: 'r' },
        { session: 'b', reference: '' },
      ],
      record: {
        message: 'pipe enriched',
        messages: { succeeded: 2, rejected: 0, returned: 0 },
      },
    });
  });

  it('returns an empty array for an empty batch', async () => {
    expect((await open().settleOrThrow([])).response).toEqual([]);
  });

  it.each<[scenario: string, item: unknown]>([
    ['null', null],
    ['a number', 7],
    ['an array', []],
    ['an invalid request', { wish: 7 }],
    ['another invalid request', '{}'],
  ])('returns a problem in place of an invalid request: %s', async (_scenario, item) => {
    const { settleOrThrow } = open();
    expect(await settleOrThrow([{ wish: 'a' }, item, { wish: 'b' }])).toEqual({
      response: [{ session: 'a' }, problem, { session: 'b' }],
      record: {
        message: 'pipe enriched',
        messages: { succeeded: 2, rejected: 1, returned: 0 },
        fault: 'ValidationError',
      },
    });
  });

  it.each<[scenario: string, item: unknown, expected: object]>([
    ['text that is not JSON', '{', { status: 400, detail: 'The body is not valid JSON in UTF-8.' }],
    ['too large a text', `"${'x'.repeat(32_768)}"`, { status: 413 }],
    ['a faulty request with a reference', { wish: 7, reference: 'r' }, { reference: 'r' }],
  ])('returns the problem for %s', async (_scenario, item, expected) => {
    expect((await open().settleOrThrow([item])).response).toMatchObject([expected]);
  });

  it('fails as a whole after a transient error, and starts no more requests', async () => {
    const fault = new Fault('PlatformUnavailableError', 'Out of reach.');
    const { settleOrThrow, settle, begun } = open(() => {
      throw fault;
    });
    expect(await catchFault(() => settleOrThrow(wishes(30)))).toBe(fault);
    expect(begun).toHaveLength(10);
    expect((await settle([...wishes(3), 7])).record).toMatchObject({
      fault: 'PlatformUnavailableError',
      messages: { succeeded: 0, rejected: 0, returned: 4 },
    });
  });

  it('handles ten requests at a time', async () => {
    let running = 0;
    let most = 0;
    const { settleOrThrow } = open(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    });
    await settleOrThrow(wishes(35));
    expect(most).toBe(10);
  });
});

describe('a subscription notice in a pipe', () => {
  it('has a problem document in its place, and is logged', async () => {
    const notice = { type: 'SubscriptionConfirmation', topicArn: undefined } as const;
    const operation = {
      fromDirect: (body: unknown) => body,
      run: async () => ({ session: 'a' }),
      describe: () => ({ message: 'done' }),
    };
    const items = [{ body: {} }, { body: undefined, notice }];
    expect(await enrichPipe(items, operation, invocation)).toMatchObject({
      response: [
        { session: 'a' },
        { status: 400, detail: expect.stringContaining('not a request') },
      ],
      notices: [expect.stringContaining('SubscriptionConfirmation')],
    });
  });
});
