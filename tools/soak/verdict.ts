/** What a run showed, and what is wrong with it. Pure: no I/O. */
import type { Driven } from './drive.ts';
import type { Measures } from './gateway.ts';
import type { Phase } from './phases.ts';

export interface PhaseResult extends Driven {
  readonly phase: Phase;
  readonly secretReads: number;
  /** Calls to the platform beyond the first of each session: retries, and repeats after a rotation. */
  readonly retries: number;
  readonly measures: Measures;
}

/** Buffers, compiled code and caches that fill once; a leak of a kilobyte a call would show in a minute. */
const MAX_HEAP_GROWTH_BYTES = 16 * 1024 * 1024;
/** Also what lies outside of the heap: buffers, and what the allocator has not given back. */
const MAX_RESIDENT_GROWTH_BYTES = 128 * 1024 * 1024;
const MIB = 1024 * 1024;

const HEAD = [
  'phase',
  'requests',
  'statuses',
  'p50',
  'p99',
  'secret reads',
  'retries',
  'heap',
  'resident',
];

/** A Markdown table of the phases, and a line on memory. */
export function describeRun(results: readonly PhaseResult[], startedWith: Measures): string {
  const rows = results.map((result) => [
    result.phase.name,
    result.requests,
    Object.entries(result.statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
    `${result.p50Ms} ms`,
    `${result.p99Ms} ms`,
    result.secretReads,
    result.retries,
    toMib(result.measures.heapBytes),
    toMib(result.measures.rssBytes),
  ]);
  const ended = results.at(-1)?.measures ?? startedWith;
  const sum = (count: (result: PhaseResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return [
    ...[HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${sum(({ requests }) => requests)} requests, ${sum(({ tokens }) => tokens)} tokens verified,` +
      ` ${sum(({ secretReads }) => secretReads)} reads of the secret,` +
      ` ${sum(({ retries }) => retries)} retries.`,
    `Memory at start ${showMemory(startedWith)}, at end ${showMemory(ended)}.`,
  ].join('\n');
}

function showMemory({ heapBytes, rssBytes }: Measures): string {
  return `${toMib(heapBytes)} heap (${toMib(rssBytes)} resident)`;
}

function toMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** @returns everything that must not be; nothing for a clean run */
export function findFaults(results: readonly PhaseResult[], ended: Measures): readonly string[] {
  const faults: string[] = [...ended.problems];
  for (const { phase, statuses, unanswered, problems, tokens } of results) {
    const say = (what: string): void => void faults.push(`${phase.name}: ${what}`);
    for (const status of Object.keys(statuses).map(Number)) {
      if (!phase.allowed.includes(status)) say(`${statuses[status]} answers with ${status}`);
    }
    if (unanswered > 0) say(`${unanswered} requests got no answer`);
    if (tokens === 0) say('no token was issued');
    for (const problem of problems) say(problem);
  }
  const { received, answered, logged } = ended;
  if (received !== answered) faults.push(`${received - answered} requests were never answered`);
  if (received !== logged) faults.push(`${received} requests made ${logged} lines of log`);
  const first = results[0]?.measures ?? ended;
  const heapGrowth = ended.heapBytes - first.heapBytes;
  if (heapGrowth > MAX_HEAP_GROWTH_BYTES) faults.push(`the heap grew by ${toMib(heapGrowth)}`);
  const growth = ended.rssBytes - first.rssBytes;
  if (growth > MAX_RESIDENT_GROWTH_BYTES) faults.push(`memory grew by ${toMib(growth)}`);
  return faults;
}
