/**
 * What the figures are to be. Ratios, so that they hold on any machine.
 */
import type { BuiltRow } from './build.ts';
import type { ColdFigures } from './cold.ts';
import type { Traffic, WarmFigures } from './warm.ts';

/** Everything measured of one row. */
export interface Result {
  readonly row: BuiltRow;
  readonly cold?: ColdFigures | undefined;
  readonly warm?: WarmFigures | undefined;
  readonly traffic?: Traffic | undefined;
}

type Limits = readonly [goal: number, stretch: number];

export type Goal = {
  readonly figure: string;
  readonly measured: number;
  /** Digits after the point. Default 2. */
  readonly digits?: number;
} & ({ readonly atMost: Limits } | { readonly atLeast: Limits });

const KIB = 1024;

export function listGoals(results: readonly Result[]): readonly Goal[] {
  const find = (name: string) => results.find(({ row }) => row.name === name);
  const cold = (name: string, figure: keyof ColdFigures) => find(name)?.cold?.[figure] ?? NaN;
  const warm = (name: string, figure: keyof WarmFigures) => find(name)?.warm?.[figure] ?? NaN;
  const traffic = (name: string, figure: keyof Traffic) => find(name)?.traffic?.[figure] ?? NaN;
  const zipKib = (name: string) => (find(name)?.row.zipBytes ?? NaN) / KIB;
  const work = cold('issue-token', 'totalMs');

  return [
    {
      figure: '`issueToken` cold work / naive',
      atMost: [0.55, 0.45],
      measured: work / cold('naive', 'totalMs'),
    },
    {
      figure: '`issueToken` cold work / `opentok` SDK',
      atMost: [0.4, 0.33],
      measured: work / cold('opentok', 'totalMs'),
    },
    {
      figure: '`issueToken` cold work / practical limit',
      atMost: [2, 1.6],
      measured: work / cold('practical-limit', 'totalMs'),
    },
    {
      figure: '`issueToken` first invocation after init / naive',
      atMost: [0.05, 0.02],
      measured: cold('issue-token', 'firstMs') / cold('naive', 'firstMs'),
      digits: 3,
    },
    {
      figure: '`createSession` cold work / `opentok` SDK’s createSession',
      atMost: [0.5, 0.4],
      measured: cold('create-session', 'totalMs') / cold('opentok-session', 'totalMs'),
    },
    {
      figure: '`issueToken` zip, KiB',
      atMost: [64, 56],
      measured: zipKib('issue-token'),
      digits: 1,
    },
    {
      figure: '`createSession` zip, event publishing included, KiB',
      atMost: [84, 72],
      measured: zipKib('create-session'),
      digits: 1,
    },
    {
      figure: '`issueToken` peak memory / naive',
      atMost: [0.92, 0.88],
      measured: cold('issue-token', 'peakMb') / cold('naive', 'peakMb'),
    },
    {
      figure: 'warm `issueToken`, tokens per second / bare `jose`',
      atLeast: [0.85, 0.95],
      measured: warm('issue-token', 'perSecond') / warm('bare-jose', 'perSecond'),
    },
    {
      figure: 'the same with 100 calls in flight',
      atLeast: [0.85, 0.95],
      measured: warm('issue-token', 'atOncePerSecond') / warm('bare-jose', 'atOncePerSecond'),
    },
    {
      figure: 'secret reads per 1,000 warm requests',
      atMost: [1, 1],
      measured: traffic('issue-token', 'secretReads'),
      digits: 0,
    },
    {
      figure: 'new connections to the platform per 1,000 sessions',
      atMost: [1, 1],
      measured: traffic('create-session', 'platformConnections'),
      digits: 0,
    },
  ];
}

export function judge(goal: Goal): 'stretch' | 'reached' | 'missed' {
  const { measured } = goal;
  const holds = (limit: number) => ('atMost' in goal ? measured <= limit : measured >= limit);
  const [reached, stretch] = 'atMost' in goal ? goal.atMost : goal.atLeast;
  if (holds(stretch)) return 'stretch';
  return holds(reached) ? 'reached' : 'missed';
}
