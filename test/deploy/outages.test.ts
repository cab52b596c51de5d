/**
 * The effect of an outage on requests in a queue, with the deployed settings: none is lost, and no operator
 * has to act.
 */
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { rules } from '../../deploy/parameters.js';
import { seeded } from '../../tools/simulate/random.ts';
import {
  type ModelMessage,
  type QueueSettings,
  type Run,
  readSettings,
  runModel,
} from '../support/queue-model.ts';

const { fullTemplate } = inject('packaged');
/** The parameter's default; the packaged template has another. */
const queueConcurrency = Number(rules['queueConcurrency']?.default);

const minute = 60;
const hour = 60 * minute;
const survivedSeconds = 6 * hour;
/** Duration of a call to a healthy platform, up to the function's timeout for it. */
const healthySeconds = { min: 0.2, max: 2 };
/** A rejection takes a moment and its retries; silence takes the function's whole time. */
const failures = { refused: 0.2, slow: 4, silent: 9.5 } as const;
const callsPerTry = 3;

interface Outage {
  readonly from: number;
  readonly to: number;
  readonly failure: keyof typeof failures;
}

function startPlatform({ outages, random }: { outages: readonly Outage[]; random: () => number }) {
  return (_batch: readonly ModelMessage[], at: number): Run => {
    const { min, max } = healthySeconds;
    const healthy = min + random() * (max - min);
    // What begins or ends inside of an outage fails.
    const outage = outages.find(({ from, to }) => at < to && at + healthy > from);
    return outage
      ? { seconds: failures[outage.failure], answers: () => false }
      : { seconds: healthy, answers: () => true };
  };
}

const arbitraryFailure = fc.constantFrom(...(Object.keys(failures) as (keyof typeof failures)[]));
const arbitraryOutage = (maxSeconds: number) =>
  fc.record({
    from: fc.integer({ min: 0, max: hour }),
    seconds: fc.integer({ min: 1, max: maxSeconds }),
    failure: arbitraryFailure,
  });
const arbitrarySent = (maxCount: number, maxAt: number) =>
  fc
    .array(fc.integer({ min: 0, max: maxAt }), { minLength: 1, maxLength: maxCount })
    .map((times) => times.sort((a, b) => a - b));

describe.each(['SessionRequests', 'RoomRequests'])('the queue %s', (id) => {
  const deployed: QueueSettings = {
    ...readSettings(fullTemplate, id),
    concurrency: queueConcurrency,
  };
  const run = (
    sentAt: readonly number[],
    outages: readonly Outage[],
    { seed = 1, concurrency = queueConcurrency } = {},
  ) => {
    const random = seeded(seed);
    const settings = { ...deployed, concurrency };
    return runModel({ settings, sentAt, random, run: startPlatform({ outages, random }) });
  };

  it('survives any outage of six hours: all succeed within 15 minutes of its end', () => {
    fc.assert(
      fc.property(
        arbitrarySent(300, survivedSeconds),
        arbitraryOutage(survivedSeconds),
        fc.integer({ min: 2, max: queueConcurrency }),
        fc.nat(),
        (sentAt, { from, seconds, failure }, concurrency, seed) => {
          const to = from + seconds;
          const messages = run(sentAt, [{ from, to, failure }], { concurrency, seed });
          for (const { answeredAt, sentAt: sent } of messages) {
            expect(answeredAt).toBeLessThanOrEqual(Math.max(to, sent) + 15 * minute);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has each message tried again within 70 seconds of a hiccup', () => {
    fc.assert(
      fc.property(
        arbitrarySent(100, 2 * hour),
        arbitraryOutage(minute),
        fc.nat(),
        (sentAt, { from, seconds, failure }, seed) => {
          const messages = run(sentAt, [{ from, to: from + seconds, failure }], { seed });
          for (const { receivedAt } of messages) {
            for (const [index, at] of receivedAt.slice(1).entries()) {
              expect(at - (receivedAt[index] ?? 0)).toBeLessThanOrEqual(70);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('survives outages that come one after another, six hours of them in all', () => {
    fc.assert(
      fc.property(
        arbitrarySent(100, 10 * hour),
        fc.array(arbitraryOutage(hour), { minLength: 2, maxLength: 6 }),
        fc.nat(),
        (sentAt, gaps, seed) => {
          let end = 0;
          const outages = gaps.map(({ from, seconds, failure }) => {
            const start = end + from;
            end = start + seconds;
            return { from: start, to: end, failure };
          });
          const messages = run(sentAt, outages, { seed });
          expect(messages.filter(({ lostAt }) => lostAt !== undefined)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each<[failure: Outage['failure'], hours: number, lost: number]>([
    ['refused', 11.9, 0],
    ['refused', 12.1, 1],
    ['silent', 11.9, 0],
    ['silent', 12.1, 1],
  ])('gives up on a message that is %s for %f hours: %i', (failure, hours, lost) => {
    const messages = run([0], [{ from: 0, to: hours * hour, failure }]);
    expect(messages.filter(({ lostAt }) => lostAt !== undefined)).toHaveLength(lost);
  });

  it.each(['refused', 'slow', 'silent'] as const)(
    'works off a backlog of 20,000 within 15 minutes after a platform that was %s',
    (failure) => {
      const sentAt = Array.from({ length: 20_000 }, () => 0);
      const messages = run(sentAt, [{ from: 0, to: hour, failure }]);
      const answered = messages.map(({ answeredAt = Infinity }) => answeredAt);
      const last = answered.reduce((latest, at) => Math.max(latest, at));
      expect(last).toBeLessThanOrEqual(hour + 15 * minute);
    },
  );

  it('bounds the calls to a platform that is down: three a minute for each message that waits', () => {
    fc.assert(
      fc.property(arbitrarySent(200, hour), arbitraryFailure, fc.nat(), (sentAt, failure, seed) => {
        const outage = { from: 0, to: survivedSeconds, failure };
        const messages = run(sentAt, [outage], { seed });
        const calls = messages.flatMap(({ receivedAt }) => receivedAt).length * callsPerTry;
        const minutes = messages.reduce(
          (sum, { sentAt: at }) => sum + (outage.to - at) / minute,
          0,
        );
        expect(calls).toBeLessThanOrEqual(callsPerTry * (minutes + 2 * messages.length));
      }),
      { numRuns: 20 },
    );
  });

  it('bounds them for any backlog by the batches that are under way', () => {
    const sentAt = Array.from({ length: 5_000 }, () => 0);
    for (const failure of ['refused', 'slow', 'silent'] as const) {
      const messages = run(sentAt, [{ from: 0, to: hour, failure }]);
      const tries = messages
        .flatMap(({ receivedAt }) => receivedAt)
        .filter((at) => at < hour).length;
      const atOnce = queueConcurrency * deployed.batchSize;
      expect(tries).toBeLessThanOrEqual((atOnce * hour) / failures[failure] + atOnce);
    }
  });

  it('bounds what a message costs that crashes the function: 720 tries, in twelve hours', () => {
    const random = seeded(1);
    const platform = startPlatform({ outages: [], random });
    const sentAt = Array.from({ length: 50 }, (_, index) => index * 15 * minute);
    const messages = runModel({
      settings: deployed,
      sentAt,
      random,
      run: (batch, at) =>
        batch.some((message) => message.sentAt === 0)
          ? { seconds: deployed.timeoutSeconds, answers: () => false }
          : platform(batch, at),
    });
    const [poison, ...others] = messages;
    expect(poison?.receivedAt).toHaveLength(720);
    expect(poison?.lostAt).toBeLessThanOrEqual(12 * hour + 20 * minute);
    for (const { answeredAt } of others) expect(answeredAt).toBeDefined();
  });
});
