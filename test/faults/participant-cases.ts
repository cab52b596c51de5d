/**
 * Hosts who list, remove and ban people, and people who are banned. `rooms.test.ts` stores the ban of a
 * person from a room.
 */
import { toPersonId, toUnknownPersonId } from '../../lib/domain/identity.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { type RoomCall, roomEvent } from '../rooms/room-events.ts';
import { TABLE } from '../rooms/start-rooms.ts';
import { always, type FaultCase, type Stage } from './fault-case.ts';
import { DENIED_SUBJECT } from './join-cases.ts';

export const BANNED_SUBJECT = 'mallory';

const decide = (
  decision: string,
  participantId = 'x'.repeat(22),
  more: Partial<RoomCall> = {},
) => ({
  calls: 'manageRoom' as const,
  event: roomEvent({
    route: `PUT /rooms/open/participants/${participantId}`,
    body: { decision },
    ...more,
  }),
});

/** A person who has knocked at the room `ward`. */
const KNOCKER = toPersonId(DENIED_SUBJECT);
const route = `PUT /rooms/ward/participants/${KNOCKER}`;

const UNKNOWN_CONNECTION = '5a0e2b5e-7ff3-4d0c-8a0b-0d5f7d3c9e42';

/** A client with a token of another service. */
async function connectUnknown({ platform, dynamoDb }: Stage): Promise<void> {
  const Key = { room: { S: 'open' }, item: { S: 'room' } };
  const { Item } = (await dynamoDb?.ask('GetItem', { TableName: TABLE, Key })) ?? {};
  platform.connect(Object(Item).sessionId.S, { id: UNKNOWN_CONNECTION });
}

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
    calls: 'manageRoom',
    event: roomEvent({
      route: 'DELETE /rooms/ward',
      claims: { sub: BANNED_SUBJECT, opentok_role: 'moderator' },
    }),
    injected: 'a banned moderator deletes the room',
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
    ...decide('ban', toUnknownPersonId(UNKNOWN_CONNECTION)),
    inject: connectUnknown,
    injected: 'a host bans a connection of an unknown person',
    seen: { status: 409, type: 'participant-unidentified-error', detail: 'removed but not banned' },
    logged: [{ level: 'info', fault: 'ParticipantUnidentifiedError' }],
  },
  {
    ...decide('ban', KNOCKER, { route, claims: { sub: 'host', opentok_role: 'moderator' } }),
    options: { environment: { AUTH: 'jwt', ROOMS_ONLY: 'false' } },
    injected: 'a host bans a person where end users get tokens by session id',
    seen: { status: 400, type: 'validation-error' },
    logged: [{ level: 'info', fault: 'ValidationError' }],
  },
  {
    ...decide('ban', KNOCKER, { route }),
    inject: ({ dynamoDb }) => dynamoDb?.fail(dynamoFaults.throughputExceeded, always),
    injected: 'the table throttles every call while a host bans a person',
    seen: { status: 503, type: 'room-store-unavailable-error', retryAfterSeconds: 1 },
    logged: [{ level: 'error', fault: 'RoomStoreUnavailableError' }],
  },
  {
    calls: 'manageRoom',
    event: roomEvent('GET /rooms/ward/participants'),
    injected: 'a ban of the room is malformed',
    seen: { status: 500, type: 'invalid-room-item-error' },
    logged: [{ level: 'error', fault: 'InvalidRoomItemError', reason: 'malformed: bannedAt' }],
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
