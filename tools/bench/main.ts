/**
 * Measures everything, prints the tables and writes those of figures into docs/benchmarks.md.
 *
 * `npm run bench [-- cold starts per row] [rounds of warm load]`, by default 25 and 5: some ten
 * minutes. Machines are never quite idle, so everything is interleaved and taken as medians.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { buildRows } from './build.ts';
import { measureCold } from './cold.ts';
import type { Result } from './goals.ts';
import { formatReport } from './report.ts';
import { rows } from './rows.ts';
import { measureInvocations } from './runtime-api.ts';
import { startStandIns } from './start-stand-ins.ts';
import { countTraffic, measureWarm } from './warm.ts';

const [coldStarts = 25, warmRounds = 5] = process.argv.slice(2).map(Number);

const built = await buildRows(rows);
const standIns = await startStandIns();
try {
  const { atOnce, distant, publicKey } = standIns;
  const started = built.filter(({ makes }) => makes !== 'signature');
  const cold = await measureCold(started, { rounds: coldStarts, urls: atOnce, publicKey });
  const ours = built.filter(({ of }) => of);
  const far = await measureCold(ours, { rounds: coldStarts, urls: distant, publicKey });
  const signing = new Set(['token', 'livekit token', 'signature']);
  const loaded = built.filter(({ makes }) => signing.has(makes));
  const warm = await measureWarm(loaded, { rounds: warmRounds, standIns });
  const whole = loaded.filter(({ makes }) => makes !== 'signature');
  const invoked = await measureInvocations(whole, { rounds: warmRounds, urls: atOnce });
  const results: Result[] = [];
  for (const row of built) {
    const isCounted = row.makes !== 'nothing' && row.makes !== 'signature';
    results.push({
      row,
      cold: cold.get(row.name),
      far: far.get(row.name),
      warm: warm.get(row.name),
      invocationUs: invoked.get(row.name),
      traffic: isCounted ? await countTraffic(row, standIns) : undefined,
    });
  }
  const report = formatReport(results, { rounds: coldStarts });
  console.log(report);
  writeReport(report);
} finally {
  standIns.stop();
}

/** Replaces what lies between the two marks; the rest of the file is written by hand. */
function writeReport(report: string): void {
  const file = new URL('../../docs/benchmarks.md', import.meta.url);
  const [start, end] = ['<!-- figures -->', '<!-- end of figures -->'];
  const text = readFileSync(file, 'utf8');
  const [head, rest = ''] = text.split(start);
  const [, tail] = rest.split(end);
  if (tail === undefined)
    throw new Error(`docs/benchmarks.md has lost its marks ${start} and ${end}.`);
  writeFileSync(file, `${head}${start}\n\n${report}\n\n${end}${tail}`);
}
