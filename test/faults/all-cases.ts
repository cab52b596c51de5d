/** Every case by the `describe` that runs it, for the documentation. */
import { callerCases } from './caller-cases.ts';
import { doorCases, guestCases } from './door-cases.ts';
import type { FaultCase } from './fault-case.ts';
import { bodyCases, eventCases } from './input-cases.ts';
import { packagedCases } from './packaged-cases.ts';
import { refusedCases, retriedCases, unusableCases, waitingCases } from './platform-cases.ts';
import { movedCases } from './room-cases.ts';
import { malformedCases, oldSecretCases, rotationCases, storeCases } from './secret-cases.ts';

export interface CaseGroup {
  readonly title: string;
  /** The test file that runs it, from the root of the repo. */
  readonly file: string;
  readonly cases: readonly FaultCase[];
}

const secrets = 'test/faults/secrets.test.ts';
const platform = 'test/faults/platform.test.ts';
const rooms = 'test/faults/rooms.test.ts';
const packaged = 'test/faults/packaged.test.ts';
const callers = 'test/faults/callers.test.ts';
const input = 'test/faults/input.test.ts';

export const caseGroups: readonly CaseGroup[] = [
  { title: 'reading the secret', file: secrets, cases: storeCases },
  { title: 'a secret past its time', file: secrets, cases: oldSecretCases },
  { title: 'a rotated secret', file: secrets, cases: rotationCases },
  { title: 'a malformed secret', file: secrets, cases: malformedCases },
  { title: 'a platform that fails', file: platform, cases: retriedCases },
  { title: 'a platform that keeps us waiting', file: platform, cases: waitingCases },
  { title: 'an unusable answer', file: platform, cases: unusableCases },
  { title: 'a refused request', file: platform, cases: refusedCases },
  { title: 'a room of another project', file: rooms, cases: movedCases },
  { title: 'a door that lets nobody in', file: rooms, cases: doorCases },
  { title: 'a guest', file: rooms, cases: guestCases },
  { title: 'the packaged functions', file: packaged, cases: packagedCases },
  { title: 'a refused caller', file: callers, cases: callerCases },
  { title: 'a bad body', file: input, cases: bodyCases },
  { title: 'a bad event', file: input, cases: eventCases },
];
