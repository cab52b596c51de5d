/**
 * A fault: how it is injected, what the caller gets and what is logged. Each is both a test and a row of
 * docs/faults.md, so that the two agree.
 */
import { expect, it } from 'vitest';
import type { DynamoDb } from '../../stand-ins/dynamodb.ts';
import type { EventBridge } from '../../stand-ins/event-bridge.ts';
import { readAnswer } from '../support/contract.ts';
import { type RunningFunction, type StartOptions, startFunction } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';

export type FaultyFunction =
  | 'createSession'
  | 'issueToken'
  | 'joinRoom'
  | 'joinAsGuest'
  | 'manageRoom'
  | 'receiveCallback';

export interface FaultCase {
  /** The test's name and the first column of its row. */
  readonly injected: string;
  /** Default: `createSession`. */
  readonly calls?: FaultyFunction;
  readonly options?: StartOptions;
  /** Injects the fault into the services of the loaded function; may invoke the function before. */
  readonly inject?: (stage: Stage) => unknown;
  /** Default: `POST /sessions` without a body. */
  readonly event?: unknown;
  /** The time left at the start of the call. Default: 10 seconds, as deployed. */
  readonly remainingMs?: number;
  readonly seen: Seen;
  /** The log lines of the call, in order. Default: one line of a success. */
  readonly logged?: readonly Logged[];
  /** Further assertions after the call. */
  readonly after?: (stage: Stage, body: Record<string, unknown>) => unknown;
}

/** The response; a problem by the last part of its `type`. */
export interface Seen {
  readonly status: number;
  readonly type?: string;
  /** A description if the number depends on the clock. */
  readonly retryAfterSeconds?: number | string;
  /** A substring of the problem's detail. */
  readonly detail?: string;
}

export interface Logged {
  readonly level: 'info' | 'warn' | 'error';
  /** The error's name; omitted for the line of a success. */
  readonly fault?: string;
  /** A substring of the line's reason. */
  readonly reason?: string;
}

/** A loaded function and its services. */
export type Running = Omit<RunningFunction, 'logged'> & {
  readonly logged: readonly string[];
  /** Only for functions with rooms. */
  readonly dynamoDb?: DynamoDb;
  /** Only for functions that publish events. */
  readonly eventBridge?: EventBridge;
};

export interface Stage extends Running {
  /** Makes another call like the one under test, which must succeed. */
  succeed(): Promise<Record<string, unknown>>;
  /** Makes another call like the one under test. Returns its status. */
  call(): Promise<number>;
}

const SUCCESS: readonly Logged[] = [{ level: 'info' }];
const DEPLOYED_TIMEOUT_MS = 10_000;

type Start = (name: FaultyFunction, options: StartOptions | undefined) => Promise<Running>;

/**
 * Defines a test for each case in the surrounding `describe`.
 * @param start loads the function; by default from its sources
 */
export function testFaults(cases: readonly FaultCase[], start: Start = startFunction): void {
  it.each(cases.map((fault) => [fault.injected, fault] as const))('%s', (_injected, fault) =>
    play(fault, start),
  );
}

async function play(fault: FaultCase, start: Start): Promise<void> {
  const { calls = 'createSession', event = httpApiEvent(), seen, logged = SUCCESS } = fault;
  const { remainingMs = DEPLOYED_TIMEOUT_MS } = fault;
  const running = await start(calls, fault.options);
  const call = async (timeMs = DEPLOYED_TIMEOUT_MS) => {
    const endMs = performance.now() + timeMs;
    const getRemainingTimeInMillis = () => Math.floor(endMs - performance.now());
    return readAnswer(await running.invoke(event, { getRemainingTimeInMillis }));
  };
  const stage: Stage = {
    ...running,
    call: async () => (await call()).status,
    succeed: async () => {
      const answer = await call();
      return 'body' in answer ? answer.body : expect.fail(JSON.stringify(answer.problem));
    },
  };
  try {
    await fault.inject?.(stage);
    const linesBefore = running.logged.length;
    const startedMs = performance.now();
    const answer = await call(remainingMs);
    expect(performance.now() - startedMs, 'responds before the deadline').toBeLessThan(remainingMs);
    expectSeen(answer, seen);
    expectLogged(running.logged.slice(linesBefore), logged);
    await fault.after?.(stage, 'body' in answer ? answer.body : {});
    expectNoSecrets(running.logged);
  } finally {
    await running.close();
  }
}

function expectSeen(answer: ReturnType<typeof readAnswer>, seen: Seen): void {
  expect(answer.status, JSON.stringify(answer)).toBe(seen.status);
  if (!('problem' in answer)) return;
  expect(answer.problem.type).toBe(`urn:opentok-sessions:${seen.type}`);
  if (typeof seen.retryAfterSeconds === 'string') {
    expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  } else {
    expect(answer.headers['retry-after']).toBe(seen.retryAfterSeconds?.toString());
  }
  if (seen.detail) expect(answer.problem.detail).toContain(seen.detail);
}

function expectLogged(lines: readonly string[], expected: readonly Logged[]): void {
  const records = lines.map((line) => JSON.parse(line));
  expect(records.map(({ level, fault }) => ({ level, fault }))).toEqual(
    expected.map(({ level, fault }) => ({ level, fault })),
  );
  for (const [index, { reason = '' }] of expected.entries()) {
    expect(records[index].reason ?? '').toContain(reason);
    expect(String(records[index].reason).length).toBeLessThanOrEqual(500);
  }
}

/** Expects no secret, JWT or key in the log. */
function expectNoSecrets(lines: readonly string[]): void {
  const log = lines.join('\n');
  for (const secret of [OPENTOK_SECRET.apiSecret, 'eyJ', 'MII', 'PRIVATE KEY']) {
    expect(log).not.toContain(secret);
  }
}

export const always = { times: Number.POSITIVE_INFINITY };
export const succeeds: Seen = { status: 201 };
