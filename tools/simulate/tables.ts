/** The simulated figures, as tables in Markdown. */
import { type Figures, simulateContainers, traffics } from './containers.ts';
import { computeCosts } from './costs.ts';
import { seeded } from './random.ts';

const days = 30;
const figures = Object.entries(traffics).map(
  ([name, traffic]) => [name, traffic.name, simulateContainers(traffic, seeded(1))] as const,
);

export function trafficTable(): string {
  const rows = figures.map(([tokens, shape, { calls, coldStarts, mostContainers, secretReads }]) =>
    [
      tokens,
      shape,
      `${((100 * coldStarts) / calls).toPrecision(2)} %`,
      mostContainers,
      secretReads * days,
    ].join(' | '),
  );
  return toTable(
    ['tokens a month', 'when', 'cold starts', 'most containers', 'reads of the secret a month'],
    rows,
  );
}

export function costTable(): string {
  const months = figures
    .filter(([name]) => !name.includes(','))
    .map(([name, , { calls, coldStarts, secretReads }]: (typeof figures)[number]) => ({
      name,
      costs: computeCosts(toMonth({ calls, coldStarts, secretReads, mostContainers: 0 })),
    }));
  const lines = Object.keys(months[0]?.costs ?? {});
  const rows = lines.map((line) =>
    [line, ...months.map(({ costs }) => toDollars(costs[line] ?? 0))].join(' | '),
  );
  const totals = months.map(({ costs }) =>
    toDollars(Object.values(costs).reduce((sum, cost) => sum + cost)),
  );
  return toTable(
    ['US dollars a month', ...months.map(({ name }) => name)],
    [...rows, ['**total**', ...totals].join(' | ')],
  );
}

function toMonth({ calls, coldStarts, secretReads }: Figures) {
  // A simulated day has a few calls more or less than a thirtieth of the month.
  return {
    tokens: Number((calls * days).toPrecision(1)),
    coldStarts: coldStarts * days,
    secretReads: secretReads * days,
  };
}

function toDollars(amount: number): string {
  return amount.toFixed(2);
}

function toTable(head: readonly string[], rows: readonly string[]): string {
  const line = head.map(() => '---').join(' | ');
  return [head.join(' | '), line, ...rows].map((row) => `| ${row} |`).join('\n');
}
