/** The routes of invites, of guests and of the waiting room. */

import { type Operation, ROOM_STORE_FAULTS, type Success } from './operation.ts';
import { roomName } from './room-name.ts';
import {
  EXAMPLE_INVITE,
  EXAMPLE_INVITE_ID,
  exampleInvite,
  inviteIdSchema,
} from './texts/invite.ts';
import { exampleJoin } from './texts/issue-token.ts';
import { EXAMPLE_KNOCK_ID, exampleKnock, exampleWaiting, knockIdSchema } from './texts/knock.ts';

const inviteId = { name: 'inviteId', schema: inviteIdSchema, example: EXAMPLE_INVITE_ID };
const knockId = { name: 'knockId', schema: knockIdSchema, example: EXAMPLE_KNOCK_ID };
const ofHosts = 'For trusted callers and moderators.';
const faults = ['RoomNotFoundError', ...ROOM_STORE_FAULTS] as const;

/** The answer to somebody at the door of a room with `admission` `knock`. */
export const waiting: NonNullable<Success['also']> = {
  status: 202,
  description:
    'The room has a waiting room, and a host has yet to decide: ask again with the same body and the `knock` of this answer, after `pollAfterSeconds`.',
  schema: 'Waiting',
  example: exampleWaiting,
};

export const exampleGuest = {
  ...exampleJoin,
  guest: EXAMPLE_INVITE.replace(/.{43}$/, 'Q29tZXMgYmFjayBhZnRlciB0aGUgcmVsb2FkLCB5ZXM'),
};

export const doorOperations: readonly Operation[] = [
  {
    route: 'POST /rooms/{name}/invites',
    operationId: 'createInvite',
    tag: 'Invites',
    summary: 'Invite people without an account',
    description: `Makes an invite to a room that exists. Its secret is answered this once. ${ofHosts}`,
    pathParameters: [roomName],
    body: {
      schema: 'InviteRequest',
      examples: {
        nothing: {},
        patient: { name: 'Ada', role: 'publisher' },
        class: { maxGuests: 30 },
      },
    },
    success: {
      status: 201,
      description: 'The invite and its secret.',
      schema: 'CreatedInvite',
      example: { ...exampleInvite, invite: EXAMPLE_INVITE },
    },
    faults,
  },
  {
    route: 'GET /rooms/{name}/invites',
    operationId: 'listInvites',
    tag: 'Invites',
    summary: 'Show the invites to a room',
    description: `Lists all invites to a room that are not over, the oldest first, without their secrets. ${ofHosts}`,
    pathParameters: [roomName],
    success: {
      status: 200,
      description: 'The invites.',
      schema: 'InviteList',
      example: { invites: [exampleInvite] },
    },
    faults,
  },
  {
    route: 'DELETE /rooms/{name}/invites/{inviteId}',
    operationId: 'deleteInvite',
    tag: 'Invites',
    summary: 'Take an invite back',
    description: `Takes an invite back at once: nobody comes in by it any more, nor back. Tokens that are out stay valid until they expire. ${ofHosts}`,
    pathParameters: [roomName, inviteId],
    success: { status: 204, description: 'There is no such invite any more.' },
    faults: [...faults, 'InviteNotFoundError'],
  },
  {
    route: 'POST /invites/tokens',
    operationId: 'joinAsGuest',
    tag: 'Invites',
    summary: 'Join as a guest',
    description:
      'Issues a token for the session of the room of an invite. Public: the invite is all that vouches for who asks. Only where the deployment has `guests=true`, and under `npm start`.',
    isPublic: true,
    body: {
      schema: 'GuestRequest',
      isRequired: true,
      examples: { first: { invite: EXAMPLE_INVITE }, back: { guest: exampleGuest.guest } },
    },
    success: {
      status: 201,
      description: "A token for the session of the invite's room, and the guest's own secret.",
      also: waiting,
      schema: 'JoinedGuest',
      example: exampleGuest,
    },
    faults: [
      'InviteNotFoundError',
      'RoomNotOpenError',
      'RoomLockedError',
      'AdmissionDeniedError',
      'RoomClosedError',
      'TooManyRequestsError',
      ...ROOM_STORE_FAULTS,
    ],
  },
  {
    route: 'GET /rooms/{name}/knocks',
    operationId: 'listKnocks',
    tag: 'Waiting room',
    summary: 'Show who waits',
    description: `Lists those who wait at the door of a room and have asked within half a minute, who came first before who came last. ${ofHosts}`,
    pathParameters: [roomName],
    success: {
      status: 200,
      description: 'Those who wait.',
      schema: 'KnockList',
      example: { knocks: [exampleKnock] },
    },
    faults,
  },
  {
    route: 'PUT /rooms/{name}/knocks',
    operationId: 'decideKnocks',
    tag: 'Waiting room',
    summary: 'Decide about all who wait',
    description: `Admits or denies all who wait now. ${ofHosts}`,
    pathParameters: [roomName],
    body: { schema: 'Decision', isRequired: true, examples: { admit: { decision: 'admit' } } },
    success: { status: 204, description: 'Decided.' },
    faults,
  },
  {
    route: 'PUT /rooms/{name}/knocks/{knockId}',
    operationId: 'decideKnock',
    tag: 'Waiting room',
    summary: 'Decide about somebody',
    description: `Admits or denies one person, also after another decision: the last one holds. ${ofHosts}`,
    pathParameters: [roomName, knockId],
    body: { schema: 'Decision', isRequired: true, examples: { deny: { decision: 'deny' } } },
    success: { status: 204, description: 'Decided.' },
    faults: [...faults, 'KnockNotFoundError'],
  },
];
