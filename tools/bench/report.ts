/** The results as Markdown tables, aligned so that they read as well in a terminal. */
import { cpus } from 'node:os';
import { type ColdFigures, compareStarts } from './cold.ts';
import { type Goal, judge, listGoals, type Result } from './goals.ts';
import { functions } from './rows.ts';

type Cells = readonly string[];

const NOTHING = '';

export function formatReport(results: readonly Result[], { rounds }: { rounds: number }): string {
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpu?.model.trim()}, ${cpus().length} cores, ${process.platform} ${process.arch}`;
  return [
    `${day}, Node ${process.versions.node}, ${machine}. Medians of ${rounds} interleaved cold starts; ratios are medians of each round's.`,
    '### Cold, with answers at once',
    formatTable([COLD_NAMES, ...results.flatMap((result) => toColdCells(result, results))]),
    '### Cold, with a network: 5 ms of service, 2 ms of round trip, TLS',
    formatTable([
      COMPARED_NAMES,
      ...functions.map((one) => toComparedCells(one, results, 'totalMs')),
    ]),
    '### Cold, as on Lambda: the same, and 0.29 of a processor after init',
    formatTable([
      COMPARED_NAMES,
      ...functions.map((one) => toComparedCells(one, results, 'lambdaMs')),
    ]),
    '### Warm',
    formatTable([WARM_NAMES, ...results.flatMap((result) => toWarmCells(result, results))]),
    '### Goals',
    formatTable([GOAL_NAMES, ...listGoals(results).map(toGoalCells)]),
  ].join('\n\n');
}

const COLD_NAMES = [
  ...['row', 'import ms', 'first ms', 'cold work ms', '/ naive', 'peak MB', 'bundle bytes'],
];

/** The naive twin of what a row makes. */
function findNaive({ row }: Result, results: readonly Result[]): Result | undefined {
  const one = functions.find(({ name, makes }) => name === row.of || makes === row.makes);
  return results.find((result) => result.row.name === `naive-${one?.kind ?? 'token'}`);
}

function toColdCells(result: Result, results: readonly Result[]): Cells[] {
  const { row, cold } = result;
  const naive = findNaive(result, results)?.cold;
  if (!cold || !naive) return [];
  return [
    [
      row.label,
      cold.importMs.toFixed(1),
      cold.firstMs.toFixed(1),
      cold.totalMs.toFixed(1),
      compareStarts(cold, naive, 'totalMs').toFixed(2),
      cold.peakMb.toFixed(1),
      String(row.bundleBytes),
    ],
  ];
}

const COMPARED_NAMES = ['function', 'ms', 'naive ms', 'limit ms', '/ naive', '/ limit'];

function toComparedCells(
  { name, functionName, kind }: (typeof functions)[number],
  results: readonly Result[],
  figure: keyof ColdFigures,
): Cells {
  const of = (wanted: string) => results.find(({ row }) => row.name === wanted)?.far;
  const [ours, naive, limit] = [of(name), of(`naive-${kind}`), of(`limit-${kind}`)];
  return [
    `**${functionName}**`,
    ...[ours, naive, limit].map((far) => (far?.[figure] ?? Number.NaN).toFixed(1)),
    compareStarts(ours, naive, figure).toFixed(2),
    compareStarts(ours, limit, figure).toFixed(2),
  ];
}

const WARM_NAMES = [
  ...['row', 'warm /s', '/ jose', 'p50 µs', 'p99 µs', '100 in flight /s', '/ jose'],
  ...['whole invocation µs', 'secret reads', 'connections'],
];

function toWarmCells(
  { row, warm, invocationUs, traffic }: Result,
  results: readonly Result[],
): Cells[] {
  const jose = results.find((result) => result.row.name === 'bare-jose')?.warm;
  if (!traffic && !warm) return [];
  return [
    [
      row.label,
      ...(warm && jose
        ? [
            warm.perSecond.toFixed(0),
            (warm.perSecond / jose.perSecond).toFixed(2),
            warm.p50Us.toFixed(0),
            warm.p99Us.toFixed(0),
            warm.atOncePerSecond.toFixed(0),
            (warm.atOncePerSecond / jose.atOncePerSecond).toFixed(2),
          ]
        : Array<string>(6).fill(NOTHING)),
      invocationUs?.toFixed(0) ?? NOTHING,
      traffic ? String(traffic.secretReads) : NOTHING,
      traffic && row.makes === 'session' ? String(traffic.platformConnections) : NOTHING,
    ],
  ];
}

const GOAL_NAMES = ['figure', 'goal', 'stretch', 'measured', 'verdict'];

function toGoalCells(goal: Goal): Cells {
  const [reached, stretch] = goal.atMost;
  const measured = goal.measured.toFixed(goal.digits ?? 2);
  return [goal.figure, `≤ ${reached}`, `≤ ${stretch}`, measured, judge(goal)];
}

function formatTable([names = [], ...lines]: readonly Cells[]): string {
  const widths = names.map((_, column) =>
    Math.max(...[names, ...lines].map((cells) => cells[column]?.length ?? 0)),
  );
  const toLine = (cells: Cells) =>
    `| ${cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [toLine(names), toLine(rule), ...lines.map(toLine)].join('\n');
}
