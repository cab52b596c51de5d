/** Cold starts: every row in turn, round after round, so that the machine's moods meet all alike. */
import type { BuiltRow } from './build.ts';
import { runChild } from './child.ts';
import { median } from './median.ts';
import { apiKey } from './project.ts';
import type { Urls } from './stand-ins.ts';
import type { StandIns } from './start-stand-ins.ts';
import { verifyHs256, verifyRs256 } from './verify.ts';

/** Of one cold start, or medians over all of a row. */
export interface ColdFigures {
  readonly importMs: number;
  readonly firstMs: number;
  readonly totalMs: number;
  /** The same on Lambda at 512 MB; calculated, see `toLambdaMs`. */
  readonly lambdaMs: number;
  readonly peakMb: number;
}

/** All cold starts of a row, round by round, and their medians. */
export interface ColdStarts extends ColdFigures {
  readonly rounds: readonly ColdFigures[];
}

/**
 * How two rows compare: the median of the rounds' ratios, as the starts of one round met the machine in
 * the same mood.
 */
export function compareStarts(
  ours: ColdStarts | undefined,
  theirs: ColdStarts | undefined,
  figure: keyof ColdFigures,
): number {
  if (!ours || !theirs) return Number.NaN;
  return median(
    ours.rounds.map((round, index) => round[figure] / (theirs.rounds[index]?.[figure] ?? 0)),
  );
}

/** What an invocation gets of a processor at 512 MB; the initialization before it gets all of it. */
const PROCESSOR_SHARE = 512 / 1769;

interface ColdStart {
  readonly importMs: number;
  readonly firstMs: number;
  /** Of the processor, by all threads. */
  readonly firstCpuMs: number;
  readonly totalMs: number;
  readonly peakMb: number;
  readonly answer: { readonly statusCode: number; readonly body: string };
}

export async function measureCold(
  rows: readonly BuiltRow[],
  { rounds, urls, publicKey }: { rounds: number; urls: Urls } & Pick<StandIns, 'publicKey'>,
): Promise<Map<string, ColdStarts>> {
  const starts = new Map(rows.map(({ name }) => [name, [] as ColdStart[]]));
  for (let round = -1; round < rounds; round += 1) {
    for (const row of rows) {
      const start = await runChild<ColdStart>({ script: 'cold-child.mjs', row }, urls);
      assertAnswer(row, start, publicKey);
      // The first round only fills the disk's cache.
      if (round >= 0) starts.get(row.name)?.push(start);
    }
  }
  return new Map([...starts].map(([name, all]) => [name, toMedians(all)]));
}

function toMedians(starts: readonly ColdStart[]): ColdStarts {
  const rounds = starts.map((start) => ({ ...start, lambdaMs: toLambdaMs(start) }));
  const of = (figure: keyof ColdFigures) => median(rounds.map((round) => round[figure]));
  return {
    rounds,
    importMs: of('importMs'),
    firstMs: of('firstMs'),
    totalMs: of('totalMs'),
    lambdaMs: of('lambdaMs'),
    peakMb: of('peakMb'),
  };
}

/** Waiting takes as long as it does, and computing in the invocation 3.5 times as long. */
function toLambdaMs({ totalMs, firstCpuMs }: ColdStart): number {
  return totalMs + firstCpuMs * (1 / PROCESSOR_SHARE - 1);
}

function assertAnswer(row: BuiltRow, { answer }: ColdStart, publicKey: string): void {
  if (row.makes === 'open room') {
    const wanted = '{"batchItemFailures":[]}';
    if (JSON.stringify(answer) !== wanted) throw new Error(`${row.name} returned its message.`);
    return;
  }
  if (row.makes === 'callback about a room') {
    if (answer.statusCode !== 200) throw new Error(`${row.name} answered ${answer.body}`);
    return;
  }
  if (answer.statusCode !== 201) throw new Error(`${row.name} answered ${answer.body}`);
  const { token, sessionId } = JSON.parse(answer.body);
  if (row.makes === 'nothing') return;
  if (row.makes === 'session') {
    const decoded = Buffer.from(String(sessionId).slice(2), 'base64url').toString();
    if (decoded.split('~')[1] !== apiKey) throw new Error(`${row.name} made no session.`);
    return;
  }
  const claims = row.project === 'vonage' ? verifyRs256(token, publicKey) : verifyHs256(token);
  const named = row.makes === 'livekit token' ? Object(claims['video']).room : claims['session_id'];
  if (named !== sessionId) throw new Error(`${row.name} made a token for another session.`);
}
