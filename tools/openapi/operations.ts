/** Every route of the API, in the order of the document. */

import { MAX_PAGE_ROOMS } from '../../lib/rooms/domain/room-page.ts';
import { guestOperations, waiting } from './guest-operations.ts';
import { callbackOperation } from './live.ts';
import { HOST_FAULTS, type Operation, PLATFORM_FAULTS, ROOM_STORE_FAULTS } from './operation.ts';
import { participantOperations } from './participant-operations.ts';
import { roomName, sampleRoomName, storedRoomNameSchema } from './room-name.ts';
import { EXAMPLE_INSPECTED_TOKEN } from './texts/inspect-request.ts';
import { exampleInspectedToken } from './texts/inspect-token.ts';
import {
  exampleApp,
  exampleJoin,
  exampleReference,
  exampleSample,
  exampleToken,
} from './texts/issue-token.ts';
import { exampleRoom } from './texts/room.ts';
import { EXAMPLE_WINDOW } from './texts/room-rules.ts';
import { exampleSession } from './texts/session.ts';
import { EXAMPLE_SESSION_ID, sessionIdSchema } from './texts/session-id.ts';

const sessionId = { name: 'sessionId', schema: sessionIdSchema, example: EXAMPLE_SESSION_ID };

/** Errors by which a room rejects a caller. */
const ROOM_DOOR_FAULTS = [
  'RoomNotFoundError',
  'RoomNotOpenError',
  'RoomLockedError',
  'RoomConflictError',
  'RoomClosedError',
  'ParticipantBannedError',
  'RoomFullError',
] as const;

const roomOperations: readonly Operation[] = [
  {
    route: 'POST /rooms/{name}/tokens',
    operationId: 'joinRoom',
    tag: 'Rooms',
    summary: 'Join a room',
    description:
      'Issues a token for the one session that all who join the room share. Trusted callers and moderators create the room by joining it, with the options under `session`; others join rooms that exist, or with `openRooms=true` also make new ones, with the default options.',
    pathParameters: [roomName],
    body: {
      schema: 'JoinRequest',
      examples: {
        nothing: {},
        publisher: { role: 'publisher', data: 'name=Ada' },
        routed: { session: { mediaMode: 'routed' } },
      },
    },
    success: {
      status: 201,
      description: 'A token for the session of the room.',
      also: waiting,
      schema: 'JoinedRoom',
      example: exampleJoin,
    },
    faults: [...ROOM_DOOR_FAULTS, 'AdmissionDeniedError', ...PLATFORM_FAULTS, ...ROOM_STORE_FAULTS],
  },
  {
    route: 'GET /rooms',
    operationId: 'listRooms',
    tag: 'Rooms',
    summary: 'List rooms',
    description:
      'Lists the rooms that have not expired, in the order of their names, also rooms that were created by joining them. A change can take a second to appear. With the parameter `roomsClaim`, moderators see the rooms of their claim only. For trusted callers and moderators.',
    query: [
      {
        name: 'limit',
        schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_ROOMS, default: MAX_PAGE_ROOMS },
        description:
          'Maximum number of rooms in the page. A page can have fewer rooms and still a `next`.',
      },
      {
        name: 'after',
        schema: storedRoomNameSchema,
        description: 'The `next` of the previous page. Default: the first page.',
      },
    ],
    success: {
      status: 200,
      description: 'A page of rooms.',
      schema: 'RoomList',
      example: { rooms: [exampleRoom], next: null },
    },
    faults: ['RoomStoreUnavailableError', 'CredentialsChangingError'],
  },
  {
    route: 'PUT /rooms/{name}',
    operationId: 'putRoom',
    tag: 'Rooms',
    summary: 'Put a room and its rules',
    description:
      'Creates a room, or replaces all rules of an existing room. The session stays the same, with one exception: the first rules that keep anyone out (`opensAt` in the future, `closesAt`, `closed`, `knock`) give a room that was created by joining it, and that no host has put, a new session with the same options. For trusted callers and moderators. Rules that keep anyone out are rejected where end users get tokens by session id.',
    pathParameters: [roomName],
    isConditional: true,
    body: {
      schema: 'RoomRequest',
      examples: {
        nothing: {},
        locked: { admission: 'closed' },
        appointment: { ...EXAMPLE_WINDOW, session: { mediaMode: 'routed' } },
      },
    },
    success: {
      status: 201,
      description: 'The new room.',
      also: {
        status: 200,
        description: 'The existing room.',
        example: { ...exampleRoom, created: false },
      },
      headers: ['etag'],
      schema: 'PutRoom',
      example: { ...exampleRoom, created: true },
    },
    faults: [
      'RoomConflictError',
      'PreconditionFailedError',
      ...HOST_FAULTS,
      ...PLATFORM_FAULTS,
      ...ROOM_STORE_FAULTS,
    ],
  },
  {
    route: 'GET /rooms/{name}',
    operationId: 'readRoom',
    tag: 'Rooms',
    summary: 'Show a room',
    description: 'Shows a room, its session and its rules. For trusted callers and moderators.',
    pathParameters: [roomName],
    success: {
      status: 200,
      description: 'The room.',
      headers: ['etag'],
      schema: 'Room',
      example: exampleRoom,
    },
    faults: ['RoomNotFoundError', ...HOST_FAULTS, ...ROOM_STORE_FAULTS],
  },
  {
    route: 'DELETE /rooms/{name}',
    operationId: 'closeRoom',
    tag: 'Rooms',
    summary: 'Close a room',
    description:
      'Deletes the room that exists when the request arrives, so the next join creates a new session. Issued tokens stay valid until they expire. If no host has put the room, a warm function can return the old session for up to 60 more seconds (`roomCacheSeconds`). For trusted callers and moderators.',
    pathParameters: [roomName],
    isConditional: true,
    success: { status: 204, description: 'There is no room of that name any more.' },
    faults: ['RoomNotFoundError', 'PreconditionFailedError', ...HOST_FAULTS, ...ROOM_STORE_FAULTS],
  },
];

const sampleFaults = [...ROOM_DOOR_FAULTS, ...PLATFORM_FAULTS, ...ROOM_STORE_FAULTS] as const;
const sampleSuccess = {
  status: 200,
  description: 'The project, the session and a token, as the samples read them.',
  schema: 'SampleResponse',
  example: exampleSample,
};

const sampleQuery = [
  {
    name: 'e2ee',
    schema: { type: 'boolean' },
    description:
      'Whether the session must be encrypted from end to end. If an existing room differs, the response is 409. If omitted, both are accepted, and a new room is not encrypted.',
  },
];
const sampleOnly = 'Only if the deployment has `sampleRoutes=true`, and under `npm start`.';

const sampleOperations: readonly Operation[] = [
  {
    route: 'GET /session',
    operationId: 'sampleSession',
    tag: 'Samples',
    summary: "Join the samples' one session",
    description: `Joins the room \`session\` with a publisher's token, as the vendor's learning servers do at this path. ${sampleOnly}`,
    query: sampleQuery,
    success: sampleSuccess,
    faults: sampleFaults,
  },
  {
    route: 'GET /room/{name}',
    operationId: 'sampleRoom',
    tag: 'Samples',
    summary: 'Join a room as the samples do',
    description: `Joins a room with a publisher's token, as the vendor's learning servers do at this path. ${sampleOnly}`,
    pathParameters: [sampleRoomName],
    query: sampleQuery,
    success: sampleSuccess,
    faults: sampleFaults,
  },
  {
    route: 'GET /session/{name}',
    operationId: 'sampleReference',
    tag: 'Samples',
    summary: 'Join a room as the reference app does',
    description: `Joins a room with a publisher's token, as the back end of the vendor's reference app did at this path before March 2026. ${sampleOnly}`,
    pathParameters: [sampleRoomName],
    query: sampleQuery,
    success: {
      ...sampleSuccess,
      description: 'The fields that the reference app reads.',
      schema: 'ReferenceResponse',
      example: exampleReference,
    },
    faults: sampleFaults,
  },
  {
    route: 'POST /v2/createSessionAndJoin',
    operationId: 'sampleApp',
    tag: 'Samples',
    summary: 'Join a room as the current apps do',
    description: `Joins a room with a publisher's token, as the back end of the vendor's current reference apps (React, iOS) does at this path. The React app sends its call in a batch, \`{"0": {"roomName": "…"}}\` with the query \`batch=1\`, and gets an array of one envelope. ${sampleOnly}`,
    body: {
      schema: 'AppRequest',
      isRequired: true,
      examples: { 'a room': { roomName: 'happy+panda' } },
    },
    success: {
      ...sampleSuccess,
      description: 'The fields that the apps read.',
      schema: 'AppResponse',
      example: { result: { data: exampleApp } },
    },
    faults: sampleFaults,
  },
];

export const operations: readonly Operation[] = [
  {
    route: 'POST /sessions',
    operationId: 'createSession',
    tag: 'Sessions',
    summary: 'Create a session',
    description:
      'Creates a session on the video platform. For trusted callers and moderators. Sessions cost nothing and never expire.',
    body: {
      schema: 'SessionRequest',
      examples: {
        nothing: {},
        routed: { mediaMode: 'routed' },
        recorded: { mediaMode: 'routed', archiveMode: 'always', archiveName: 'standup' },
      },
    },
    success: {
      status: 201,
      description: 'The session, with every option that it was created with.',
      schema: 'Session',
      example: exampleSession,
      links: {
        issueToken: {
          operationId: 'issueToken',
          parameters: { sessionId: '$response.body#/sessionId' },
          description: 'A token for this session.',
        },
      },
    },
    faults: PLATFORM_FAULTS,
  },
  {
    route: 'POST /sessions/{sessionId}/tokens',
    operationId: 'issueToken',
    tag: 'Tokens',
    summary: 'Issue a token',
    description:
      'Issues a token with which one client connects to a session of the project. It is signed without a call to the platform, so the session is not looked up: any id of the project is accepted. End users get a 403 here if the deployment has `roomsOnly=true` or if their claims list rooms; they get tokens by room.',
    pathParameters: [sessionId],
    body: {
      schema: 'TokenRequest',
      examples: {
        nothing: {},
        moderator: { role: 'moderator', data: 'name=Ada' },
        laidOut: { role: 'publisher', initialLayoutClassList: ['focus'] },
      },
    },
    success: {
      status: 201,
      description: 'The token, and what else a client needs to connect.',
      schema: 'Token',
      example: exampleToken,
    },
    faults: ['SessionNotFoundError'],
  },
  ...roomOperations,
  ...guestOperations,
  ...participantOperations,
  {
    route: 'GET /openapi.json',
    operationId: 'describeApi',
    tag: 'Description',
    summary: 'Describe the API',
    description:
      'Returns this document. Only if the deployment has `describe=true`, and under `npm start`.',
    success: {
      status: 200,
      description: 'An OpenAPI document, version 3.1.',
      schema: 'ApiDocument',
      example: { openapi: '3.1.1', info: { title: 'opentok-sessions', version: '1.0.0' } },
    },
    faults: [],
    isStatic: true,
  },
  {
    route: 'POST /tokens/inspect',
    operationId: 'inspectToken',
    tag: 'Description',
    summary: 'Inspect a token',
    description:
      'Returns the parts of a token, and whether the project of this deployment has signed it, by the current secret. For trusted callers; end users get 403. Only if the deployment has `describe=true` with `auth=iam`, and under `npm start`; with `auth=jwt` the route does not exist, and the function is invoked directly.',
    body: {
      schema: 'InspectRequest',
      examples: { jwt: { token: EXAMPLE_INSPECTED_TOKEN } },
      isRequired: true,
    },
    success: {
      status: 200,
      description: 'The fields of the token, and whether its signature is of this project.',
      schema: 'InspectedToken',
      example: exampleInspectedToken,
    },
    faults: [],
  },
  callbackOperation,
  ...sampleOperations,
];
