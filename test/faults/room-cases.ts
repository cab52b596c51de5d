/**
 * A room with a session of another project than the container's secret. `rooms.test.ts` puts one into the
 * table.
 */
import { expect } from 'vitest';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { roomEvent } from '../rooms/room-events.ts';
import { SECRET_ID } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { always, type FaultCase, type Seen, type Stage, succeeds } from './fault-case.ts';

export const FOREIGN_ROOM = 'standup';
export const FOREIGN_PROJECT = { apiKey: '654321', apiSecret: OPENTOK_SECRET.apiSecret };

const join = {
  calls: 'joinRoom',
  event: roomEvent(`POST /rooms/${FOREIGN_ROOM}/tokens`),
} as const satisfies Partial<FaultCase>;
const changing: Seen = {
  status: 503,
  type: 'credentials-changing-error',
  retryAfterSeconds: 1,
  detail: "The project's credentials are changing",
};
const logLines = (reason: string) =>
  [
    { level: 'warn', fault: 'SecretUnavailableError', reason },
    {
      level: 'error',
      fault: 'CredentialsChangingError',
      reason: 'room standup is of project 654321',
    },
  ] as const;
const joins = (apiKey: string) => (_stage: Stage, body: Record<string, unknown>) =>
  expect(body['apiKey']).toBe(apiKey);

export const movedCases: readonly FaultCase[] = [
  {
    ...join,
    injected: 'the secret is read again, and has not changed',
    seen: succeeds,
    after: joins(OPENTOK_SECRET.apiKey),
  },
  {
    ...join,
    injected: "the secret is read again, and is now the other project's",
    inject: ({ secretsManager }) =>
      secretsManager.setSecret(SECRET_ID, JSON.stringify(FOREIGN_PROJECT)),
    seen: succeeds,
    after: joins(FOREIGN_PROJECT.apiKey),
  },
  {
    ...join,
    injected: 'Secrets Manager fails at the second read',
    inject: ({ secretsManager }) => secretsManager.fail(secretFaults.internal, always),
    seen: changing,
    logged: logLines('InternalServiceError'),
  },
  {
    ...join,
    injected: 'Secrets Manager never responds at the second read',
    inject: ({ secretsManager }) => secretsManager.fail({ kind: 'hang' }, always),
    remainingMs: 2_000,
    seen: changing,
    logged: logLines('timed out after'),
  },
];
