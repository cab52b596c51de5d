/**
 * Joins that a room's rules, hosts or invites reject. `rooms.test.ts` puts rooms with these names, an invite
 * and a denial into the table.
 */
import { expect } from 'vitest';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { guestEvent, type RoomCall, roomEvent } from '../rooms/room-events.ts';
import { always, type FaultCase, type Stage, succeeds } from './fault-case.ts';

const HOUR_SECONDS = 3_600;
const nowSeconds = () => Math.floor(Date.now() / 1000);
export const DENIED_SUBJECT = 'ada';

/** Rules by room name; a string is written into the table unchanged. */
export const roomRules = (): Readonly<Record<string, object | string>> => ({
  open: {},
  closed: { admission: 'closed' },
  later: { admission: 'open', opensAt: nowSeconds() + HOUR_SECONDS },
  over: { admission: 'open', closesAt: nowSeconds() - 1 },
  ward: { admission: 'knock' },
  full: { admission: 'open', maxParticipants: 1 },
  broken: '{',
});

const asUser = (call: RoomCall) =>
  roomEvent({ claims: { sub: DENIED_SUBJECT, opentok_role: 'publisher' }, ...call });
const join = (room: string) => ({
  calls: 'joinRoom' as const,
  event: asUser({ route: `POST /rooms/${room}/tokens` }),
});
const rejected = (fault: string) => [{ level: 'info', fault }] as const;

export const joinCases: readonly FaultCase[] = [
  {
    ...join('closed'),
    injected: 'a user who is not a host joins a closed room',
    seen: { status: 403, type: 'room-locked-error', detail: 'only its hosts' },
    logged: rejected('RoomLockedError'),
  },
  {
    ...join('later'),
    injected: 'a user joins before `opensAt`',
    seen: { status: 403, type: 'room-not-open-error', retryAfterSeconds: 'until then' },
    logged: rejected('RoomNotOpenError'),
  },
  {
    ...join('over'),
    injected: 'a user joins after `closesAt`',
    seen: { status: 410, type: 'room-closed-error', detail: 'has closed' },
    logged: rejected('RoomClosedError'),
  },
  {
    ...join('full'),
    injected: 'a user joins a full room',
    seen: { status: 409, type: 'room-full-error', retryAfterSeconds: 5, detail: 'is full' },
    logged: rejected('RoomFullError'),
  },
  {
    ...join('ward'),
    injected: 'a user joins after a host has denied them',
    seen: { status: 403, type: 'admission-denied-error', detail: 'has not let you in' },
    logged: rejected('AdmissionDeniedError'),
  },
  {
    calls: 'joinRoom',
    event: asUser({ route: 'GET /room/ward' }),
    options: { environment: { SAMPLE_ROUTES: 'true' } },
    injected: 'a sample client, which cannot wait, joins a room with a waiting room',
    seen: { status: 403, type: 'room-locked-error', detail: 'join it by POST' },
    logged: rejected('RoomLockedError'),
  },
  {
    ...join('broken'),
    injected: 'the rules of the room are malformed',
    seen: { status: 500, type: 'invalid-room-item-error' },
    logged: [{ level: 'error', fault: 'InvalidRoomItemError', reason: 'malformed: rules' }],
  },
  {
    calls: 'manageRoom',
    event: roomEvent({ route: 'PUT /rooms/open', body: {}, ifMatch: '"stale"' }),
    injected: 'a host changes a room with an outdated `If-Match`',
    seen: { status: 412, type: 'precondition-failed-error', detail: 'Read it again' },
    logged: rejected('PreconditionFailedError'),
  },
  {
    calls: 'manageRoom',
    event: roomEvent({ route: 'PUT /rooms/open', body: { session: { mediaMode: 'routed' } } }),
    injected: 'a host sets other session options than the room has',
    seen: { status: 409, type: 'room-conflict-error' },
    logged: rejected('RoomConflictError'),
  },
  {
    calls: 'manageRoom',
    event: roomEvent(`DELETE /rooms/open/invites/${'x'.repeat(16)}`),
    injected: 'a host revokes an invite that does not exist',
    seen: { status: 404, type: 'invite-not-found-error', detail: 'no invite with this id' },
    logged: rejected('InviteNotFoundError'),
  },
  {
    calls: 'manageRoom',
    event: roomEvent({
      route: `PUT /rooms/ward/knocks/${'x'.repeat(22)}`,
      body: { decision: 'admit' },
    }),
    injected: 'a host decides about a user who does not wait',
    seen: { status: 404, type: 'knock-not-found-error' },
    logged: rejected('KnockNotFoundError'),
  },
];

/** As `rooms.test.ts` stores it, for one guest in the room `open`. */
export const INVITE = `open.${'a'.repeat(16)}.${'b'.repeat(43)}`;
const guest = { calls: 'joinAsGuest', event: guestEvent({ body: { invite: INVITE } }) } as const;
const wrong = guestEvent({ body: { invite: INVITE.replace(/b$/, 'c') } });

function countGuests(expected: number) {
  return async ({ dynamoDb }: Stage) => {
    const Key = { room: { S: 'open' }, item: { S: `invite#${'a'.repeat(16)}` } };
    const { Item } = (await dynamoDb?.ask('GetItem', { TableName: 'Rooms', Key })) ?? {};
    expect(Number(Object(Item).guests?.N ?? 0)).toBe(expected);
  };
}

export const guestCases: readonly FaultCase[] = [
  {
    calls: 'joinAsGuest',
    event: wrong,
    injected: 'a wrong invite',
    seen: { status: 404, type: 'invite-not-found-error', detail: 'Ask the host for a new one' },
    logged: rejected('InviteNotFoundError'),
    after: countGuests(0),
  },
  {
    calls: 'joinAsGuest',
    event: wrong,
    options: { environment: { GUEST_REQUESTS_PER_MINUTE: '1' } },
    inject: ({ call }) => call(),
    injected: 'more wrong invites from an address than its limit per minute',
    seen: {
      status: 429,
      type: 'too-many-requests-error',
      retryAfterSeconds: 'until the next minute',
    },
    logged: rejected('TooManyRequestsError'),
  },
  {
    ...guest,
    inject: ({ dynamoDb }) => dynamoDb?.fail({ kind: 'truncated' }, { times: 4 }),
    injected: 'responses of the table are lost while a guest takes the only place',
    seen: succeeds,
    after: countGuests(1),
  },
  {
    ...guest,
    inject: ({ dynamoDb }) => dynamoDb?.fail(dynamoFaults.throttling, always),
    injected: 'the table throttles all calls of a guest',
    seen: {
      ...{ status: 503, type: 'room-store-unavailable-error', retryAfterSeconds: 1 },
    },
    logged: [{ level: 'error', fault: 'RoomStoreUnavailableError', reason: 'ThrottlingException' }],
    after: countGuests(0),
  },
];
