/** The results as Markdown tables, aligned so that they read as well in a terminal. */
import { cpus } from 'node:os';
import { type Goal, judge, listGoals, type Result } from './goals.ts';

type Cells = readonly string[];

const NOTHING = '';

export function formatReport(results: readonly Result[], { rounds }: { rounds: number }): string {
  const [cpu] = cpus();
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpu?.model.trim()}, ${cpus().length} cores, ${process.platform} ${process.arch}`;
  return [
    `${day}, Node ${process.versions.node}, ${machine}. Medians of ${rounds} interleaved cold starts.`,
    formatTable([FIGURE_NAMES, ...results.map((result) => toFigures(result, results))]),
    formatTable([GOAL_NAMES, ...listGoals(results).map(toGoalCells)]),
  ].join('\n\n');
}

const FIGURE_NAMES = [
  'row',
  'import ms',
  'first ms',
  'cold work ms',
  '/ naive',
  'peak MB',
  'zip KiB',
  'warm /s',
  '/ jose',
  'p50 µs',
  'p99 µs',
  '100 in flight /s',
  '/ jose',
  'secret reads',
  'connections',
];

function toFigures({ row, cold, warm, traffic }: Result, results: readonly Result[]): Cells {
  const base = (name: string) => results.find((result) => result.row.name === name);
  const naive = base('naive')?.cold;
  const jose = base('bare-jose')?.warm;
  return [
    row.label,
    ...(cold && naive
      ? [
          cold.importMs.toFixed(1),
          cold.firstMs.toFixed(1),
          cold.totalMs.toFixed(1),
          (cold.totalMs / naive.totalMs).toFixed(2),
          cold.peakMb.toFixed(1),
          (row.zipBytes / 1024).toFixed(1),
        ]
      : Array<string>(6).fill(NOTHING)),
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
    traffic ? String(traffic.secretReads) : NOTHING,
    traffic && row.makes === 'session' ? String(traffic.platformConnections) : NOTHING,
  ];
}

const GOAL_NAMES = ['figure', 'goal', 'stretch', 'measured', 'verdict'];

function toGoalCells(goal: Goal): Cells {
  const [sign, [reached, stretch]] = 'atMost' in goal ? ['≤', goal.atMost] : ['≥', goal.atLeast];
  const measured = goal.measured.toFixed(goal.digits ?? 2);
  return [goal.figure, `${sign} ${reached}`, `${sign} ${stretch}`, measured, judge(goal)];
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
