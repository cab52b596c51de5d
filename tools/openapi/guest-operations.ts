/** The routes of invites, of guests and of the waiting room. */

import { HOST_FAULTS, type Operation, ROOM_STORE_FAULTS, type Success } from './operation.ts';
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
const faults = ['RoomNotFoundError', ...HOST_FAULTS, ...ROOM_STORE_FAULTS] as const;

/** The response to a caller who has to wait in a room with `admission` `knock`. */
export const waiting: NonNullable<Success['also']> = {
  status: 202,
  description:
    'The room has a waiting room, and a host has not decided yet. Poll with the same body and the `knock` of this response, after `pollAfterSeconds`.',
  schema: 'Waiting',
  example: exampleWaiting,
};

export const exampleGuest = {
  ...exampleJoin,
  guest: EXAMPLE_INVITE.replace(/.{43}$/, 'Q29tZXMgYmFjayBhZnRlciB0aGUgcmVsb2FkLCB5ZXM'),
};

export const guestOperations: readonly Operation[] = [
  {
    route: 'POST /rooms/{name}/invites',
    operationId: 'createInvite',
    tag: 'Invites',
    summary: 'Invite people without an account',
    description: `Makes an invite to a room that exists. Its secret is returned only once. ${ofHosts}`,
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
    summary: 'List the invites to a room',
    description: `Lists the invites to a room that have not expired, the oldest first, without their secrets. ${ofHosts}`,
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
    summary: 'Revoke an invite',
    description: `Revokes an invite at once, also for returning guests. Issued tokens stay valid until they expire. ${ofHosts}`,
    pathParameters: [roomName, inviteId],
    success: { status: 204, description: 'The invite is revoked.' },
    faults: [...faults, 'InviteNotFoundError'],
  },
  {
    route: 'POST /invites/tokens',
    operationId: 'joinAsGuest',
    tag: 'Invites',
    summary: 'Join as a guest',
    description:
      'Issues a token for the session of the room of an invite. Public: the invite or the secret of the guest is the only credential. Requires `guests=true` in a deployment; `npm start` always has it.\n\nTo make retries safe, create the secret of the guest before the first request: `knock` is `<room>.<inviteId>.` of the invite and 43 random characters of `A-Z a-z 0-9 - _` (32 random bytes in base64url). A retry with the same body is the same guest: it takes no second place of the invite.',
    isPublic: true,
    body: {
      schema: 'GuestRequest',
      isRequired: true,
      examples: {
        first: { invite: EXAMPLE_INVITE, knock: exampleGuest.guest },
        back: { guest: exampleGuest.guest },
      },
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
      'ParticipantBannedError',
      'RoomFullError',
      'RoomClosedError',
      'TooManyRequestsError',
      ...ROOM_STORE_FAULTS,
    ],
  },
  {
    route: 'GET /rooms/{name}/knocks',
    operationId: 'listKnocks',
    tag: 'Waiting room',
    summary: 'List who is waiting',
    description: `Lists everyone in the waiting room who polled within the last 30 seconds, in the order of arrival. ${ofHosts}`,
    pathParameters: [roomName],
    success: {
      status: 200,
      description: 'Everyone who waits.',
      schema: 'KnockList',
      example: { knocks: [exampleKnock] },
    },
    faults,
  },
  {
    route: 'PUT /rooms/{name}/knocks',
    operationId: 'decideKnocks',
    tag: 'Waiting room',
    summary: 'Decide about everyone who is waiting',
    description: `Admits or denies those in \`knockIds\`, or everyone who waits at this moment. Applies only to people who still wait: it does not override an earlier decision, and does not affect anyone who has joined. ${ofHosts}`,
    pathParameters: [roomName],
    body: {
      schema: 'Decisions',
      isRequired: true,
      examples: { admit: { decision: 'admit', knockIds: [EXAMPLE_KNOCK_ID] } },
    },
    success: { status: 204, description: 'Decided.' },
    faults,
  },
  {
    route: 'PUT /rooms/{name}/knocks/{knockId}',
    operationId: 'decideKnock',
    tag: 'Waiting room',
    summary: 'Decide about one person',
    description: `Admits or denies one person. The last of several decisions holds. ${ofHosts}`,
    pathParameters: [roomName, knockId],
    body: { schema: 'Decision', isRequired: true, examples: { deny: { decision: 'deny' } } },
    success: { status: 204, description: 'Decided.' },
    faults: [...faults, 'KnockNotFoundError'],
  },
];
