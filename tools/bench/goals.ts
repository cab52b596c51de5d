/**
 * What the figures are to be. Ratios, so that they hold on any machine.
 */
import type { BuiltRow } from './build.ts';
import { type ColdFigures, type ColdStarts, compareStarts } from './cold.ts';
import { functions } from './rows.ts';
import type { Traffic, WarmFigures } from './warm.ts';

/** Everything measured of one row. */
export interface Result {
  readonly row: BuiltRow;
  /** With answers at once. */
  readonly cold?: ColdStarts | undefined;
  /** With a network. */
  readonly far?: ColdStarts | undefined;
  readonly warm?: WarmFigures | undefined;
  /** A whole warm invocation through a Runtime API. */
  readonly invocationUs?: number | undefined;
  readonly traffic?: Traffic | undefined;
}

type Limits = readonly [goal: number, stretch: number];

export interface Goal {
  readonly figure: string;
  readonly measured: number;
  /** Digits after the point. Default 2. */
  readonly digits?: number;
  readonly atMost: Limits;
}

/** In the order of `functions`; a guest's and a callback's are those of a join. */
const NAIVE: readonly Limits[] = [
  [0.46, 0.43],
  [0.38, 0.35],
  [0.45, 0.42],
  [0.45, 0.42],
  [0.45, 0.42],
  [0.45, 0.42],
];
const FAR: readonly Limits[] = [
  [0.51, 0.48],
  [0.46, 0.43],
  [0.5, 0.47],
  [0.5, 0.47],
  [0.5, 0.47],
  [0.5, 0.47],
];
const LAMBDA: readonly Limits[] = [
  [0.36, 0.33],
  [0.28, 0.26],
  [0.39, 0.35],
  [0.37, 0.35],
  [0.39, 0.35],
  // The twin makes its nine calls one after the other.
  [0.45, 0.4],
];
const BUNDLE_BYTES: readonly Limits[] = [
  [122_000, 110_000],
  [134_000, 125_000],
  [156_000, 143_000],
  [160_000, 147_000],
  [157_000, 144_000],
  [176_000, 160_000],
];

export function listGoals(results: readonly Result[]): readonly Goal[] {
  const find = (name: string) => results.find(({ row }) => row.name === name);
  const traffic = (name: string, figure: keyof Traffic) => find(name)?.traffic?.[figure] ?? NaN;
  const invocationUs = (name: string) => find(name)?.invocationUs ?? NaN;

  /** For each function one figure, as a share of the same of its twin or its limit. */
  const compare = (
    title: string,
    to: 'naive' | 'limit',
    [network, figure]: readonly ['cold' | 'far', keyof ColdFigures],
    limits: (index: number) => Limits,
    digits = 2,
  ): Goal[] =>
    functions.map(({ name, functionName, kind }, index) => ({
      figure: `\`${functionName}\` ${title} / ${to === 'naive' ? 'naive twin' : 'practical limit'}`,
      atMost: limits(index),
      measured: compareStarts(find(name)?.[network], find(`${to}-${kind}`)?.[network], figure),
      digits,
    }));
  const always = (limits: Limits) => () => limits;
  const inOrder = (all: readonly Limits[]) => (index: number) => all[index] as Limits;

  return [
    ...compare('cold work', 'naive', ['cold', 'totalMs'], inOrder(NAIVE)),
    {
      figure: '`createSession` cold work / `opentok` SDK’s createSession',
      atMost: [0.33, 0.3],
      measured: compareStarts(
        find('create-session')?.cold,
        find('opentok-session')?.cold,
        'totalMs',
      ),
    },
    ...compare('cold work', 'limit', ['cold', 'totalMs'], always([1.65, 1.45])),
    ...compare('with a network', 'naive', ['far', 'totalMs'], inOrder(FAR)),
    ...compare('as on Lambda', 'naive', ['far', 'lambdaMs'], inOrder(LAMBDA)),
    ...compare('as on Lambda', 'limit', ['far', 'lambdaMs'], always([0.85, 0.75])),
    ...functions.map(({ name, functionName }, index) => ({
      figure: `\`${functionName}\` bundle, bytes`,
      atMost: BUNDLE_BYTES[index] as Limits,
      measured: find(name)?.row.bundleBytes ?? NaN,
      digits: 0,
    })),
    ...compare('peak memory', 'naive', ['cold', 'peakMb'], always([0.86, 0.84])),
    ...compare(
      'first invocation after init',
      'naive',
      ['cold', 'firstMs'],
      always([0.03, 0.02]),
      3,
    ).slice(0, 1),
    {
      figure: 'whole warm invocation of `issueToken` / `livekit-server-sdk`',
      atMost: [1.4, 1.2],
      measured: invocationUs('issue-token') / invocationUs('livekit'),
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

export function judge({
  measured,
  atMost: [goal, stretch],
}: Goal): 'stretch' | 'reached' | 'missed' {
  if (measured <= stretch) return 'stretch';
  return measured <= goal ? 'reached' : 'missed';
}
