/**
 * What keeps people out of a room: its rules, its hosts, its invites. `rooms.test.ts` puts rooms of these
 * names, an invite and a denial into the table.
 */
import { expect } from 'vitest';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { guestEvent, type RoomCall, roomEvent } from '../rooms/room-events.ts';
import { always, type FaultCase, type Stage, succeeds } from './fault-case.ts';

const HOUR_SECONDS = 3_600;
const nowSeconds = () => Math.floor(Date.now() / 1000);
export const DENIED_SUBJECT = 'ada';

/** Rules by the name of the room that has them; text as it lies in the table. */
export const ruledRooms = (): Readonly<Record<string, object | string>> => ({
  open: {},
  closed: { admission: 'closed' },
  later: { admission: 'open', opensAt: nowSeconds() + HOUR_SECONDS },
  over: { admission: 'open', closesAt: nowSeconds() - 1 },
  ward: { admission: 'knock' },
  broken: '{',
});

const asUser = (call: RoomCall) =>
  roomEvent({ claims: { sub: DENIED_SUBJECT, opentok_role: 'publisher' }, ...call });
const join = (room: string) => ({
  calls: 'joinRoom' as const,
  event: asUser({ route: `POST /rooms/${room}/tokens` }),
});
const refused = (fault: string) => [{ level: 'info', fault }] as const;

export const doorCases: readonly FaultCase[] = [
  {
    ...join('closed'),
    injected: 'somebody who is no host joins a room that is closed',
    seen: { status: 403, type: 'room-locked-error', detail: 'only its hosts' },
    logged: refused('RoomLockedError'),
  },
  {
    ...join('later'),
    injected: 'they join before it opens',
    seen: { status: 403, type: 'room-not-open-error', retryAfterSeconds: 'until then' },
    logged: refused('RoomNotOpenError'),
  },
  {
    ...join('over'),
    injected: 'they join after its time',
    seen: { status: 410, type: 'room-closed-error', detail: 'has closed' },
    logged: refused('RoomClosedError'),
  },
  {
    ...join('ward'),
    injected: 'they join where a host has denied them',
    seen: { status: 403, type: 'admission-denied-error', detail: 'has not let you in' },
    logged: refused('AdmissionDeniedError'),
  },
  {
    calls: 'joinRoom',
    event: asUser({ route: 'GET /room/ward' }),
    options: { environment: { SAMPLE_ROUTES: 'true' } },
    injected: 'a sample, which cannot wait, joins a room with a waiting room',
    seen: { status: 403, type: 'room-locked-error', detail: 'join it by POST' },
    logged: refused('RoomLockedError'),
  },
  {
    ...join('broken'),
    injected: 'the rules of the room cannot be read',
    seen: { status: 500, type: 'invalid-room-item-error' },
    logged: [{ level: 'error', fault: 'InvalidRoomItemError', reason: 'malformed: rules' }],
  },
  {
    calls: 'manageRoom',
    event: roomEvent({ route: 'PUT /rooms/open', body: {}, ifMatch: '"stale"' }),
    injected: 'a host changes a room that has changed since they saw it',
    seen: { status: 412, type: 'precondition-failed-error', detail: 'read it again' },
    logged: refused('PreconditionFailedError'),
  },
  {
    calls: 'manageRoom',
    event: roomEvent({ route: 'PUT /rooms/open', body: { session: { mediaMode: 'routed' } } }),
    injected: 'a host asks for another session than the room has',
    seen: { status: 409, type: 'room-conflict-error' },
    logged: refused('RoomConflictError'),
  },
  {
    calls: 'manageRoom',
    event: roomEvent(`DELETE /rooms/open/invites/${'x'.repeat(16)}`),
    injected: 'a host takes an invite back that there is not',
    seen: { status: 404, type: 'invite-not-found-error', detail: 'no invite with this id' },
    logged: refused('InviteNotFoundError'),
  },
  {
    calls: 'manageRoom',
    event: roomEvent({
      route: `PUT /rooms/ward/knocks/${'x'.repeat(22)}`,
      body: { decision: 'admit' },
    }),
    injected: 'a host decides about somebody who has not knocked',
    seen: { status: 404, type: 'knock-not-found-error' },
    logged: refused('KnockNotFoundError'),
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
    injected: 'an invite that is not the right one',
    seen: { status: 404, type: 'invite-not-found-error', detail: 'Ask the host for a new one' },
    logged: refused('InviteNotFoundError'),
    after: countGuests(0),
  },
  {
    calls: 'joinAsGuest',
    event: wrong,
    options: { environment: { GUEST_REQUESTS_PER_MINUTE: '1' } },
    inject: ({ call }) => call(),
    injected: 'more guesses from an address than it has in a minute',
    seen: {
      status: 429,
      type: 'too-many-requests-error',
      retryAfterSeconds: 'until the next minute',
    },
    logged: refused('TooManyRequestsError'),
  },
  {
    ...guest,
    inject: ({ dynamoDb }) => dynamoDb?.fail({ kind: 'truncated' }, { times: 4 }),
    injected: 'the answers of the table are lost while a guest takes the only place',
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
