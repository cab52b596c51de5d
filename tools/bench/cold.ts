/** Cold starts: every row in turn, round after round, so that the machine's moods meet all alike. */
import type { BuiltRow } from './build.ts';
import { runChild } from './child.ts';
import { median } from './median.ts';
import { apiKey } from './project.ts';
import type { StandIns } from './start-stand-ins.ts';
import { verifyHs256, verifyRs256 } from './verify.ts';

/** Medians over all cold starts of a row. */
export interface ColdFigures {
  readonly importMs: number;
  readonly firstMs: number;
  readonly totalMs: number;
  readonly peakMb: number;
}

interface ColdStart extends ColdFigures {
  readonly answer: { readonly statusCode: number; readonly body: string };
}

export async function measureCold(
  rows: readonly BuiltRow[],
  { rounds, standIns }: { rounds: number; standIns: StandIns },
): Promise<Map<string, ColdFigures>> {
  const starts = new Map(rows.map(({ name }) => [name, [] as ColdStart[]]));
  for (let round = -1; round < rounds; round += 1) {
    for (const row of rows) {
      const start = await runChild<ColdStart>({ script: 'cold-child.mjs', row }, standIns);
      assertAnswer(row, start, standIns);
      // The first round only fills the disk's cache.
      if (round >= 0) starts.get(row.name)?.push(start);
    }
  }
  return new Map([...starts].map(([name, all]) => [name, toMedians(all)]));
}

function toMedians(starts: readonly ColdStart[]): ColdFigures {
  const of = (figure: keyof ColdFigures) => median(starts.map((start) => start[figure]));
  return {
    importMs: of('importMs'),
    firstMs: of('firstMs'),
    totalMs: of('totalMs'),
    peakMb: of('peakMb'),
  };
}

function assertAnswer(row: BuiltRow, { answer }: ColdStart, standIns: StandIns): void {
  if (answer.statusCode !== 201) throw new Error(`${row.name} answered ${answer.body}`);
  const { token, sessionId } = JSON.parse(answer.body);
  if (row.makes === 'nothing') return;
  if (row.makes === 'session') {
    const decoded = Buffer.from(String(sessionId).slice(2), 'base64url').toString();
    if (decoded.split('~')[1] !== apiKey) throw new Error(`${row.name} made no session.`);
    return;
  }
  const claims =
    row.project === 'vonage' ? verifyRs256(token, standIns.publicKey) : verifyHs256(token);
  const named = row.makes === 'token' ? claims['session_id'] : Object(claims['video']).room;
  if (named !== sessionId) throw new Error(`${row.name} made a token for another session.`);
}
