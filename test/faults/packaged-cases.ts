/** A few of each kind of fault, for the functions as they are deployed. */
import type { FaultCase } from './fault-case.ts';
import { refusedCases, retriedCases, unusableCases, waitingCases } from './platform-cases.ts';
import { rotationCases, storeCases } from './secret-cases.ts';

const chosen: ReadonlySet<string> = new Set([
  'every call to Secrets Manager is reset',
  'Secrets Manager never answers',
  'the secret does not exist',
  'the platform answers 403, and the secret has changed',
  'the platform answers 403, and the secret has not changed',
  'the platform answers with 503, twice',
  'the connection to the platform is reset, every time',
  "the platform's answer breaks off, every time",
  'the platform closed the kept-alive connection in the meantime',
  'the platform is throttled and asks for a longer pause than there is time',
  'the platform never answers',
  "the platform's answer is an HTML page",
  "the platform's answer has no end",
  "the platform's answer has a session id of another project",
  "the platform's answer is a redirect",
  'the platform refuses the request with 404',
]);

export const packagedCases: readonly FaultCase[] = [
  ...storeCases,
  ...rotationCases,
  ...retriedCases,
  ...waitingCases,
  ...unusableCases,
  ...refusedCases,
].filter(({ injected }) => chosen.has(injected));
