/** All cases, grouped by the `describe` that runs them, for docs/faults.md. */
import { callbackCases } from './callback-cases.ts';
import { callerCases } from './caller-cases.ts';
import type { FaultCase } from './fault-case.ts';
import { bodyCases, eventCases } from './input-cases.ts';
import { guestCases, joinCases } from './join-cases.ts';
import { listCases } from './list-cases.ts';
import { packagedCases } from './packaged-cases.ts';
import { participantCases } from './participant-cases.ts';
import { refusedCases, retriedCases, unusableCases, waitingCases } from './platform-cases.ts';
import { movedCases } from './room-cases.ts';
import { malformedCases, oldSecretCases, rotationCases, storeCases } from './secret-cases.ts';

export interface CaseGroup {
  readonly title: string;
  /** The test file that runs them, relative to the root of the repo. */
  readonly file: string;
  readonly cases: readonly FaultCase[];
}

const secrets = 'test/faults/secrets.test.ts';
const platform = 'test/faults/platform.test.ts';
const rooms = 'test/faults/rooms.test.ts';
const packaged = 'test/faults/packaged.test.ts';
const callbacks = 'test/faults/callbacks.test.ts';
const callers = 'test/faults/callers.test.ts';
const input = 'test/faults/input.test.ts';

export const caseGroups: readonly CaseGroup[] = [
  { title: 'reading the secret', file: secrets, cases: storeCases },
  { title: 'an expired secret', file: secrets, cases: oldSecretCases },
  { title: 'a rotated secret', file: secrets, cases: rotationCases },
  { title: 'a malformed secret', file: secrets, cases: malformedCases },
  { title: 'a failing platform', file: platform, cases: retriedCases },
  { title: 'a slow platform', file: platform, cases: waitingCases },
  { title: 'an invalid platform response', file: platform, cases: unusableCases },
  { title: 'a rejected request', file: platform, cases: refusedCases },
  { title: 'a room of another project', file: rooms, cases: movedCases },
  { title: 'a rejected join', file: rooms, cases: joinCases },
  { title: 'a participant', file: rooms, cases: participantCases },
  { title: 'the list of rooms', file: rooms, cases: listCases },
  { title: 'a guest', file: rooms, cases: guestCases },
  { title: 'a callback', file: callbacks, cases: callbackCases },
  { title: 'the packaged functions', file: packaged, cases: packagedCases },
  { title: 'a rejected caller', file: callers, cases: callerCases },
  { title: 'an invalid body', file: input, cases: bodyCases },
  { title: 'an invalid event', file: input, cases: eventCases },
];
