/** Warm containers: tokens per second and latencies, and the calls and connections they need. */
import type { BuiltRow } from './build.ts';
import { runChild } from './child.ts';
import { median } from './median.ts';
import type { StandIns } from './start-stand-ins.ts';

/** Medians over all rounds. */
export interface WarmFigures {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** Per second, with 100 calls in flight at once. */
  readonly atOncePerSecond: number;
}

interface Load {
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly mostCalls?: number;
}

interface Measured {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const WARM_UP_MS = 1_000;
const MEASURED_MS = 1_500;
const IN_FLIGHT = 100;

export async function measureWarm(
  rows: readonly BuiltRow[],
  { rounds, standIns }: { rounds: number; standIns: StandIns },
): Promise<Map<string, WarmFigures>> {
  const runs = new Map(rows.map(({ name }) => [name, { one: [], atOnce: [] } as Runs]));
  const load = { warmUpMs: WARM_UP_MS, measuredMs: MEASURED_MS };
  for (let round = 0; round < rounds; round += 1) {
    for (const row of rows) {
      const { one, atOnce } = runs.get(row.name) as Runs;
      one.push(await runLoad(row, { ...load, inFlight: 1 }, standIns));
      atOnce.push(await runLoad(row, { ...load, inFlight: IN_FLIGHT }, standIns));
    }
  }
  return new Map([...runs].map(([name, run]) => [name, toMedians(run)]));
}

interface Runs {
  readonly one: Measured[];
  readonly atOnce: Measured[];
}

function toMedians({ one, atOnce }: Runs): WarmFigures {
  return {
    perSecond: median(one.map(({ perSecond }) => perSecond)),
    p50Us: median(one.map(({ p50Us }) => p50Us)),
    p99Us: median(one.map(({ p99Us }) => p99Us)),
    atOncePerSecond: median(atOnce.map(({ perSecond }) => perSecond)),
  };
}

/** What one container asks of others for 1,000 calls one after the other. */
export interface Traffic {
  readonly secretReads: number;
  readonly platformConnections: number;
}

export async function countTraffic(row: BuiltRow, standIns: StandIns): Promise<Traffic> {
  const before = await standIns.count();
  const load = { inFlight: 1, warmUpMs: 0, measuredMs: 60_000, mostCalls: 1_000 };
  const { calls } = await runLoad(row, load, standIns);
  if (calls !== load.mostCalls) throw new Error(`${row.name} made ${calls} calls in a minute.`);
  const after = await standIns.count();
  return {
    secretReads: after.secretReads - before.secretReads,
    platformConnections: after.platformConnections - before.platformConnections,
  };
}

function runLoad(row: BuiltRow, load: Load, standIns: StandIns): Promise<Measured> {
  const { inFlight, warmUpMs, measuredMs, mostCalls = 1e9 } = load;
  const args = [inFlight, warmUpMs, measuredMs, mostCalls].map(String);
  return runChild({ script: 'warm-child.mjs', row, args }, standIns.atOnce);
}
