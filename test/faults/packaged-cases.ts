/** A few faults of each kind, for the packaged functions. */
import type { FaultCase } from './fault-case.ts';
import { refusedCases, retriedCases, unusableCases, waitingCases } from './platform-cases.ts';
import { rotationCases, storeCases } from './secret-cases.ts';

const chosen: ReadonlySet<string> = new Set([
  'every call to Secrets Manager is reset',
  'Secrets Manager never responds',
  'the secret does not exist',
  'the platform returns 403, and the secret has changed',
  'the platform returns 403, and the secret has not changed',
  'the platform returns 503 twice',
  'the connection to the platform is reset at every attempt',
  "the platform's response is cut off at every attempt",
  'the platform has closed the kept-alive connection',
  'the platform throttles with a `Retry-After` beyond the deadline',
  'the platform never responds',
  "the platform's response is an HTML page",
  "the platform's response is endless",
  "the platform's response has a session id of another project",
  "the platform's response is a redirect",
  'the platform rejects the request with 404',
]);

export const packagedCases: readonly FaultCase[] = [
  ...storeCases,
  ...rotationCases,
  ...retriedCases,
  ...waitingCases,
  ...unusableCases,
  ...refusedCases,
].filter(({ injected }) => chosen.has(injected));
