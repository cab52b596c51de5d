/** The soak's own judgment: a run that is not clean must not pass for one. */
import { describe, expect, it } from 'vitest';
import type { Measures } from '../../../tools/soak/gateway.ts';
import { phases } from '../../../tools/soak/phases.ts';
import { describeRun, findFaults, type PhaseResult } from '../../../tools/soak/verdict.ts';

const MIB = 1024 * 1024;
const measures: Measures = {
  received: 100,
  sessions: 50,
  answered: 100,
  problems: [],
  logged: 100,
  warnings: 0,
  heapBytes: 20 * MIB,
  rssBytes: 100 * MIB,
};
const phase = phases[0] ?? expect.fail();
const clean: PhaseResult = {
  phase,
  requests: 100,
  statuses: { 201: 100 },
  unanswered: 0,
  tokens: 50,
  problems: [],
  p50Ms: 1,
  p99Ms: 9,
  secretReads: 2,
  retries: 0,
  measures,
};

describe('a soak run', () => {
  it('is clean when nothing is wrong', () => {
    expect(findFaults([clean, clean], measures)).toEqual([]);
  });

  it.each<[scenario: string, result: Partial<PhaseResult>, fault: string]>([
    ['a status that is not allowed', { statuses: { 500: 3 } }, 'calm: 3 answers with 500'],
    ['requests without an answer', { unanswered: 2 }, 'calm: 2 requests got no answer'],
    ['a token that does not verify', { problems: ['bad signature'] }, 'calm: bad signature'],
    ['a phase without tokens', { tokens: 0 }, 'calm: no token was issued'],
  ])('is not clean with %s', (_scenario, result, fault) => {
    expect(findFaults([{ ...clean, ...result }], measures)).toEqual([fault]);
  });

  it.each<[scenario: string, ended: Partial<Measures>, fault: string]>([
    ['an answer outside the contract', { problems: ['status 418'] }, 'status 418'],
    ['a request that is never answered', { answered: 99 }, '1 requests were never answered'],
    ['a call that is not logged', { logged: 99 }, '100 requests made 99 lines of log'],
    ['a heap that grows', { heapBytes: 37 * MIB }, 'the heap grew by 17.0 MiB'],
    ['memory that grows', { rssBytes: 229 * MIB }, 'memory grew by 129.0 MiB'],
  ])('is not clean with %s', (_scenario, ended, fault) => {
    expect(findFaults([clean], { ...measures, ...ended })).toEqual([fault]);
  });

  it('has a table with totals', () => {
    const text = describeRun([clean, clean], measures);
    expect(text).toContain(
      '| calm | 100 | 201: 100 | 1 ms | 9 ms | 2 | 0 | 20.0 MiB | 100.0 MiB |',
    );
    expect(text).toContain('200 requests, 100 tokens verified, 4 reads of the secret, 0 retries.');
  });

  it('ends as it begins, so that what the faults left behind would show', () => {
    expect(phases[0]?.begin).toBe(phases.at(-1)?.begin);
  });
});
