import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../tools/package-service.ts';
import { simulateContainers } from '../../tools/simulate/containers.ts';
import { alarmMetrics, computeCosts } from '../../tools/simulate/costs.ts';
import { seeded } from '../../tools/simulate/random.ts';
import { costTable, trafficTable } from '../../tools/simulate/tables.ts';

describe('docs/operations.md', () => {
  const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

  it.each([
    ['cold starts and reads of the secret', trafficTable],
    ['costs', costTable],
  ])('quotes what the simulation says of %s', (_what, table) => {
    expect(docs).toContain(table());
  });
});

describe('simulated containers', () => {
  /** One call, and one more after a while; half is how a die falls each time. */
  const run = (gapSeconds: number) => {
    const rateAt = (second: number) => (second % gapSeconds === 0 ? 1 : 0);
    return simulateContainers({ name: '', seconds: gapSeconds + 1, rateAt }, () => 0.5);
  };

  it.each([
    [355, 1],
    [365, 2],
  ])('that wait for six minutes serve two calls %i s apart with %i cold starts', (gap, starts) => {
    expect(run(gap)).toMatchObject({ calls: 2, coldStarts: starts, mostContainers: 1 });
  });

  it('read the secret when they start, and every five minutes while they work', () => {
    const steady = { name: 'steady', seconds: 3_600, rateAt: () => 1 };
    const { coldStarts, secretReads } = simulateContainers(steady, seeded(1));
    expect(secretReads).toBeGreaterThan(coldStarts);
    expect(secretReads).toBeLessThanOrEqual(coldStarts * 13);
  });
});

describe('costs', () => {
  it.each([
    ['no queue', {}, alarmMetrics],
    ['describe=true', { describe: true }, alarmMetrics + 8],
    ['liveRooms=true', { liveRooms: true }, alarmMetrics + 12],
    ['a queue', { queueTrigger: true }, alarmMetrics + 2],
  ])('count the metrics that alarms look at, with %s', async (_, values, expected) => {
    const { stack } = await import('../../deploy/resources/alarms.js');
    const { Resources = {} }: { Resources?: Record<string, Resource> } = await stack({
      resolveConfigurationProperty: async () => ({ alarmTopicArn: 'alarms', ...values }),
      resolveVariable: async () => 'dev',
    });
    const metrics = Object.values(Resources).flatMap(({ Properties }) =>
      (Properties['Metrics'] ?? []).filter((query: object) => 'MetricStat' in query),
    );
    expect(metrics).toHaveLength(expected);
  });

  it('are those of the price lists', () => {
    const costs = computeCosts({ tokens: 5e6, coldStarts: 0, secretReads: 1e4 });
    // 5 million tokens and 1 million sessions at $1.00 a million requests.
    expect(costs['HTTP API']).toBeCloseTo(6);
    expect(costs['Lambda, requests']).toBeCloseTo(1.2);
    // 5e6 × 5 ms + 1e6 × 250 ms at 0.5 GB.
    expect(costs['Lambda, time']).toBeCloseTo(137_500 * 0.0000133334, 4);
    expect(costs['Secrets Manager']).toBeCloseTo(0.45);
  });
});
