/**
 * Hosts who list, remove and ban people, and people who are banned. `rooms.test.ts` stores the ban of a
 * person from a room.
 */
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { roomEvent } from '../rooms/room-events.ts';
import { always, type FaultCase } from './fault-case.ts';

export const BANNED_SUBJECT = 'mallory';

const decide = (decision: string) => ({
  calls: 'manageRoom' as const,
  event: roomEvent({
    route: `PUT /rooms/open/participants/${'x'.repeat(22)}`,
    body: { decision },
  }),
});

export const participantCases: readonly FaultCase[] = [
  {
    calls: 'joinRoom',
    event: roomEvent({
      route: 'POST /rooms/ward/tokens',
      claims: { sub: BANNED_SUBJECT, opentok_role: 'moderator' },
    }),
    injected: 'a banned moderator joins',
    seen: { status: 403, type: 'participant-banned-error', detail: 'has banned you' },
    logged: [{ level: 'info', fault: 'ParticipantBannedError' }],
  },
  {
    ...decide('ban'),
    injected: 'a host bans an id that no person has',
    seen: { status: 404, type: 'participant-not-found-error' },
    logged: [{ level: 'info', fault: 'ParticipantNotFoundError' }],
  },
  {
    calls: 'manageRoom',
    event: roomEvent('GET /rooms/open/participants'),
    inject: ({ platform }) => platform.fail(platformFaults.html, always),
    injected: 'the list of the platform is an HTML page',
    seen: { status: 502, type: 'platform-invalid-response-error' },
    logged: [
      {
        level: 'error',
        fault: 'PlatformInvalidResponseError',
        reason: 'its content type is text/html',
      },
    ],
  },
  {
    ...decide('remove'),
    inject: ({ platform }) => platform.fail({ kind: 'reset' }, always),
    injected: 'the platform resets every connection while a host removes a participant',
    seen: { status: 503, type: 'platform-unavailable-error', retryAfterSeconds: 5 },
    logged: [{ level: 'error', fault: 'PlatformUnavailableError', reason: 'ECONNRESET' }],
  },
];
