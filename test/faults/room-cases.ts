/**
 * What becomes of a room whose session is of another project than the secret that the container
 * read. `rooms.test.ts` puts one into the table.
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
const unsettled: Seen = {
  status: 503,
  type: 'credentials-changing-error',
  retryAfterSeconds: 1,
  detail: "The project's credentials are changing",
};
const told = (reason: string) =>
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
    injected: 'the secret is read again, and still the one known',
    seen: succeeds,
    after: joins(OPENTOK_SECRET.apiKey),
  },
  {
    ...join,
    injected: "the secret is read again, and the other project's by now",
    inject: ({ secretsManager }) =>
      secretsManager.setSecret(SECRET_ID, JSON.stringify(FOREIGN_PROJECT)),
    seen: succeeds,
    after: joins(FOREIGN_PROJECT.apiKey),
  },
  {
    ...join,
    injected: 'Secrets Manager fails when the secret is to be read again',
    inject: ({ secretsManager }) => secretsManager.fail(secretFaults.internal, always),
    seen: unsettled,
    logged: told('InternalServiceError'),
  },
  {
    ...join,
    injected: 'Secrets Manager never answers when the secret is to be read again',
    inject: ({ secretsManager }) => secretsManager.fail({ kind: 'hang' }, always),
    remainingMs: 2_000,
    seen: unsettled,
    logged: told('timed out after'),
  },
];
