/**
 * No message is lost and none has two results: random batches through the packaged function, with random
 * faults of all of its services.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventFaults } from '../../stand-ins/event-bridge.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { platformFaults, statusFault } from '../../stand-ins/platform-faults.ts';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { drain, resultsOf } from '../support/delivery.ts';
import { type StandIns, startLambda } from '../support/lambda.ts';

// Only faults that leave no doubt whether the service has processed the request. For the others,
// message-faults-bundle.test.ts shows that a result is published twice rather than never.
const platform = [
  platformFaults.unauthorized,
  platformFaults.invalidSignature,
  statusFault(404),
  platformFaults.unavailable,
  platformFaults.html,
  platformFaults.empty,
  platformFaults.invalidJson,
  platformFaults.foreignSession,
  statusFault(429, { 'retry-after': '0' }),
  statusFault(500),
  { kind: 'reset' },
  { kind: 'garbage' },
  { kind: 'stale-keep-alive' },
] satisfies Fault[];
const secret = [
  secretFaults.accessDenied,
  secretFaults.internal,
  { kind: 'reset' },
] satisfies Fault[];
const bus = [
  eventFaults.accessDenied,
  eventFaults.internal,
  { kind: 'reset' },
  { kind: 'garbage' },
  { kind: 'stale-keep-alive' },
] satisfies Fault[];

const timesOf = (faults: readonly Fault[]) =>
  fc.array(
    fc.record({ fault: fc.constantFrom(...faults), times: fc.integer({ min: 1, max: 4 }) }),
    { maxLength: 3 },
  );
const reference = fc.option(fc.string({ maxLength: 20 }), { nil: undefined });
/** A message's body, and its only possible result, if that is known. */
const request = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      body: fc.record({ mediaMode: fc.constantFrom('routed', 'relayed'), reference }),
      result: fc.constant('OpenTok Session Created'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      body: fc.constantFrom('', '{', 'null', '[]', '{"e2ee":true}', '{"x":1}', 'x'.repeat(40_000)),
      result: fc.constant('OpenTok Session Failed'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      body: fc.oneof(
        fc.string(),
        fc.record({ mediaMode: fc.anything(), reference: fc.anything() }),
      ),
      result: fc.constant(undefined),
    }),
  },
);
const world = fc.record({
  messages: fc
    .array(request, { minLength: 1, maxLength: 25, size: 'max' })
    .map((requests) => requests.map((sent, index) => ({ id: `message-${index}`, ...sent }))),
  platform: timesOf(platform),
  secret: timesOf(secret),
  bus: timesOf(bus),
  entries: fc.record({
    errorCode: fc.constantFrom('InternalFailure', 'NotAuthorizedForSourceException'),
    times: fc.integer({ min: 0, max: 5 }),
  }),
});

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function makeFail({ platform, secretsManager, eventBridge }: StandIns, faults: World): void {
  for (const { fault, times } of faults.platform) platform.fail(fault, { times });
  for (const { fault, times } of faults.secret) secretsManager.fail(fault, { times });
  for (const { fault, times } of faults.bus) eventBridge.fail(fault, { times });
  if (faults.entries.times > 0) eventBridge.failEntries(faults.entries);
}

describe('a batch of messages', () => {
  it('ends with each message created, failed or dead-lettered exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (faults) => {
        const lambda = await startLambda('createSession', {
          prepare: (standIns) => makeFail(standIns, faults),
        });
        try {
          const { messages } = faults;
          const { deliveries, deadLetters } = await drain(lambda, messages);
          for (const { accounts } of deliveries) {
            for (const [id, account] of accounts) {
              const { created, failed, returned } = account;
              expect(created + failed + returned, JSON.stringify({ id, ...account })).toBe(1);
            }
          }
          for (const { id, result } of messages) {
            const answers = resultsOf(id, lambda.eventBridge.events);
            const isDeadLetter = deadLetters.includes(id);
            expect({ id, answers: answers.length }).toEqual({ id, answers: isDeadLetter ? 0 : 1 });
            for (const { detailType } of answers) expect(detailType).toBe(result ?? detailType);
          }
          expect(lambda.logged.length).toBe(deliveries.length);
        } finally {
          await lambda.close();
        }
      }),
      { numRuns: 20, interruptAfterTimeLimit: 60_000 },
    );
  }, 120_000);
});
