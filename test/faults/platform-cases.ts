/** Faults of the platform's REST API and of the network to it. */
import { expect } from 'vitest';
import type { Fault } from '../../stand-ins/faults.ts';
import { platformFaults, redirectFault, statusFault } from '../../stand-ins/platform-faults.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import {
  always,
  type FaultCase,
  type Logged,
  type Seen,
  type Stage,
  succeeds,
} from './fault-case.ts';

const unavailable = (retryAfterSeconds = 5): Seen => ({
  status: 503,
  type: 'platform-unavailable-error',
  retryAfterSeconds,
});
const rejected: Seen = { status: 502, type: 'platform-refused-error' };
const unusable: Seen = { status: 502, type: 'platform-invalid-response-error' };
const tooSlow: Seen = { status: 504, type: 'platform-timeout-error' };

const logError = (fault: string, reason: string): readonly Logged[] => [
  { level: 'error', fault, reason },
];
const failing =
  (fault: Fault, times: number) =>
  ({ platform }: Stage) =>
    platform.fail(fault, { times });
const expectAttempts = (count: number) => (stage: Stage) =>
  expect(stage.platform.counts.requests).toBe(count);
const altered = (alter: (body: string) => string): Fault => ({
  kind: 'altered',
  alter: (usual) => ({ ...usual, body: alter(usual.body ?? '') }),
});

type Retried = readonly [what: string, fault: Fault, failed: Seen, logged: readonly Logged[]];

const RETRIED: readonly Retried[] = [
  ...[429, 500, 502, 503, 504].map(
    (status) =>
      [
        `the platform returns ${status}`,
        statusFault(status),
        unavailable(),
        logError('PlatformUnavailableError', `status ${status}`),
      ] as const,
  ),
  [
    'the connection to the platform is reset',
    { kind: 'reset' },
    unavailable(),
    logError('PlatformUnavailableError', 'ECONNRESET'),
  ],
  [
    "the platform's response is cut off",
    { kind: 'truncated' },
    unusable,
    logError('PlatformInvalidResponseError', 'the response is incomplete'),
  ],
  [
    "the platform's response is not HTTP",
    { kind: 'garbage' },
    unusable,
    logError('PlatformInvalidResponseError', 'HPE_INVALID_CONSTANT'),
  ],
];

export const retriedCases: readonly FaultCase[] = RETRIED.flatMap(
  ([what, fault, seen, logged]): FaultCase[] => [
    {
      injected: `${what} twice`,
      inject: failing(fault, 2),
      seen: succeeds,
      after: expectAttempts(3),
    },
    {
      injected: `${what} at every attempt`,
      inject: failing(fault, Number.POSITIVE_INFINITY),
      seen,
      logged,
      after: expectAttempts(3),
    },
  ],
);

export const waitingCases: readonly FaultCase[] = [
  {
    injected: 'the platform throttles with `Retry-After: 1`',
    inject: failing(statusFault(429, { 'retry-after': '1' }), 1),
    seen: succeeds,
    after: expectAttempts(2),
  },
  {
    injected: 'the platform throttles with a `Retry-After` beyond the deadline',
    inject: failing(statusFault(429, { 'retry-after': '30' }), 1),
    seen: unavailable(30),
    logged: logError('PlatformUnavailableError', 'status 429'),
    after: expectAttempts(1),
  },
  {
    injected: 'the connection to the platform is refused',
    inject: ({ platform }) => platform.close(),
    seen: unavailable(),
    logged: logError('PlatformUnavailableError', 'ECONNREFUSED'),
  },
  {
    injected: 'the platform has closed the kept-alive connection',
    inject: async (stage) => {
      await stage.succeed();
      stage.platform.fail({ kind: 'stale-keep-alive' });
    },
    seen: succeeds,
    after: expectAttempts(3),
  },
  {
    injected: 'the platform has closed five kept-alive connections',
    inject: async (stage) => {
      await Promise.all(Array.from({ length: 5 }, stage.succeed));
      stage.platform.fail({ kind: 'stale-keep-alive' }, { times: 5 });
    },
    seen: succeeds,
  },
  {
    injected: 'the platform does not respond to the first attempt',
    inject: failing({ kind: 'hang' }, 1),
    seen: succeeds,
    after: expectAttempts(2),
  },
  {
    injected: 'the platform never responds',
    inject: failing({ kind: 'hang' }, Number.POSITIVE_INFINITY),
    remainingMs: 1_500,
    seen: tooSlow,
    logged: logError('PlatformTimeoutError', 'no response within'),
  },
  {
    injected: "the platform's response stalls",
    inject: failing({ kind: 'stall' }, Number.POSITIVE_INFINITY),
    remainingMs: 1_500,
    seen: tooSlow,
    logged: logError('PlatformTimeoutError', 'no response within'),
  },
  {
    injected: 'the platform responds after the deadline',
    inject: failing({ kind: 'delay', delayMs: 1_400 }, Number.POSITIVE_INFINITY),
    remainingMs: 1_500,
    seen: tooSlow,
    logged: logError('PlatformTimeoutError', 'no response within'),
  },
  {
    injected: 'the platform is down, with a `Retry-After` beyond the deadline',
    inject: failing(statusFault(503, { 'retry-after': '9' }), 1),
    seen: unavailable(9),
    logged: logError('PlatformUnavailableError', 'status 503'),
    after: expectAttempts(1),
  },
  {
    injected: 'no time is left for a call to the platform',
    remainingMs: 500,
    seen: tooSlow,
    logged: logError('PlatformTimeoutError', 'no time left to start'),
    after: expectAttempts(0),
  },
];

const UNUSABLE: readonly [what: string, fault: Fault, reason: string][] = [
  ['is an HTML page', platformFaults.html, 'its content type is text/html'],
  ['is XML', platformFaults.xml, 'its content type is text/xml'],
  ['is empty', platformFaults.empty, 'it is empty'],
  ['ends within the JSON', platformFaults.invalidJson, 'it is not JSON'],
  ['has a wrong content type', platformFaults.wrongContentType, 'content type is text/plain'],
  ['has no content type', { kind: 'answer', status: 200, body: '[]' }, 'content type is none'],
  [
    'has a content type of 5,000 characters',
    {
      kind: 'answer',
      status: 200,
      headers: { 'content-type': `text/${'x'.repeat(5_000)}` },
      body: '[]',
    },
    'its content type is text/xxx',
  ],
  ['is endless', { kind: 'huge-body', bytes: 1e12 }, 'more than 65536 bytes'],
  [
    'has a content length of 1 GB',
    { kind: 'huge-body', bytes: 1e9, declared: true },
    'more than 65536 bytes',
  ],
  ['is an object', altered(() => '{"session_id":"x"}'), 'it is not an array'],
  ['is null', altered(() => 'null'), 'it is not an array'],
  ['is an empty array', platformFaults.emptyArray, 'it is an array of 0 sessions'],
  [
    'is an array of two sessions',
    altered((body) => JSON.stringify([...JSON.parse(body), ...JSON.parse(body)])),
    'it is an array of 2 sessions',
  ],
  ['is an array of null', altered(() => '[null]'), 'its session has no session_id'],
  ['has no session id', platformFaults.withoutSessionId, 'its session has no session_id'],
  ['has a session id of null', altered(() => '[{"session_id":null}]'), 'has no session_id'],
  [
    'has a malformed session id',
    altered(() => '[{"session_id":"2_MX"}]'),
    'its session_id is malformed',
  ],
  ['has a session id of another project', platformFaults.foreignSession, 'another project'],
  [
    'has a session id of a project with a key that contains this one',
    altered(() => JSON.stringify([{ session_id: mintSessionId({ projectId: '1234567' }) }])),
    'another project',
  ],
  ['is a redirect', redirectFault('http://127.0.0.1:1/'), 'its status is 302'],
  ['has status 201', statusFault(201), 'its status is 201'],
  ['has status 204', statusFault(204), 'its status is 204'],
];

export const unusableCases: readonly FaultCase[] = UNUSABLE.map(([what, fault, reason]) => ({
  injected: `the platform's response ${what}`,
  inject: failing(fault, always.times),
  seen: unusable,
  logged: logError('PlatformInvalidResponseError', reason),
  after: expectAttempts(1),
}));

export const refusedCases: readonly FaultCase[] = [400, 402, 404, 405, 408, 409, 415, 428, 499].map(
  (status) => ({
    injected: `the platform rejects the request with ${status}`,
    inject: failing(statusFault(status), always.times),
    seen: rejected,
    logged: logError('PlatformRefusedError', `status ${status}`),
    after: expectAttempts(1),
  }),
);
