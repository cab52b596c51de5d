/**
 * No message is lost and none is answered twice: random batches through the packaged function, with
 * random faults of everything that it talks to.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventFaults } from '../local/event-bridge.ts';
import type { Fault } from '../local/faults.ts';
import { platformFaults, statusFault } from '../local/platform-faults.ts';
import { secretFaults } from '../local/secrets-manager.ts';
import { drain } from './delivery.ts';
import { type StandIns, startLambda } from './lambda.ts';

// Only faults that leave no doubt whether the other side has done what it was asked. Where there is
// doubt, messages-bundle.test.ts shows that a result comes twice rather than never.
const platform = [
  platformFaults.unauthorized,
  platformFaults.invalidSignature,
  platformFaults.badRequest,
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
const body = fc.oneof(
  { weight: 3, arbitrary: fc.record({ mediaMode: fc.constant('routed'), reference }) },
  { weight: 1, arbitrary: fc.record({ mediaMode: fc.anything(), reference: fc.anything() }) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.constantFrom('', '{}', 'null', '{"e2ee":true}', 'x'.repeat(40_000)) },
);
const world = fc.record({
  messages: fc
    .array(body, { minLength: 1, maxLength: 25, size: 'max' })
    .map((bodies) => bodies.map((sent, index) => ({ id: `message-${index}`, body: sent }))),
  platform: timesOf(platform),
  secret: timesOf(secret),
  bus: timesOf(bus),
  entries: fc.integer({ min: 0, max: 5 }),
});

type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

function makeFail({ platform, secretsManager, eventBridge }: StandIns, faults: World): void {
  for (const { fault, times } of faults.platform) platform.fail(fault, { times });
  for (const { fault, times } of faults.secret) secretsManager.fail(fault, { times });
  for (const { fault, times } of faults.bus) eventBridge.fail(fault, { times });
  if (faults.entries > 0) {
    eventBridge.failEntries({ errorCode: 'InternalFailure', times: faults.entries });
  }
}

describe('a batch of messages', () => {
  it('is accounted for: each exactly once created, answered as failed or dead-lettered', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (faults) => {
        const lambda = await startLambda('createSession', {
          prepare: (standIns) => makeFail(standIns, faults),
        });
        try {
          const { messages } = faults;
          const { deliveries, deadLetters } = await drain(lambda, messages);
          for (const { accounts } of deliveries) {
            for (const [id, { created, failed, returned }] of accounts) {
              expect({ id, ends: created + failed + returned }).toEqual({ id, ends: 1 });
            }
          }
          for (const { id } of messages) {
            const answers = lambda.eventBridge.events.filter(
              ({ detail }) => detail['eventId'] === id,
            );
            const isDeadLetter = deadLetters.includes(id);
            expect({ id, answers: answers.length }).toEqual({ id, answers: isDeadLetter ? 0 : 1 });
          }
          expect(lambda.logged.length).toBe(deliveries.length);
        } finally {
          await lambda.close();
        }
      }),
      { numRuns: 20, interruptAfterTimeLimit: 90_000 },
    );
  }, 120_000);
});
