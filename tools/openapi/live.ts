/** Callbacks of the platform, and the events made from them. */
import { toPersonId } from '../../lib/domain/identity.ts';
import { SESSION_ID_MAX_LENGTH } from '../../lib/domain/session-id.ts';
import { LIVE_DETAIL_TYPES, OTHER_DETAIL_TYPE } from '../../lib/live/domain/callback.ts';
import { type Operation, PLATFORM_FAULTS } from './operation.ts';
import type { JsonSchema } from './texts/field-words.ts';
import { EXAMPLE_SESSION_ID } from './texts/session-id.ts';

const timestampMs = 1_764_000_000_123;
const exampleConnection = {
  id: 'c053fcc8-c681-41d5-8ec2-7a9e1434a21f',
  createdAt: timestampMs - 250,
  sub: 'ada',
  name: 'Ada',
  data: null,
};

export const callbackOperation: Operation = {
  route: 'POST /callbacks',
  operationId: 'receiveCallback',
  tag: 'Live rooms',
  summary: 'Receive a callback of the platform',
  description:
    'For the video platform only: set this URL in the account portal (docs/live.md). Every signed callback becomes one event on `resultBus`, and a new connection of a person who is banned from the room is disconnected. The header `authorization` is `Bearer` and a JWT: HS256 with one of `callbackSecrets`, `iat` at most 24 hours old, and `payload_hash` the SHA-256 of the body in hex. An empty request without signature returns 200, without effect. Only if the deployment has `liveRooms=true`, and under `npm start`.',
  isPublic: true,
  body: {
    schema: 'Callback',
    examples: {
      connectionCreated: {
        sessionId: EXAMPLE_SESSION_ID,
        projectId: '12345678',
        event: 'connectionCreated',
        timestamp: timestampMs,
        connection: {
          id: exampleConnection.id,
          createdAt: exampleConnection.createdAt,
          data: '{"sub":"ada","name":"Ada"}',
        },
      },
    },
  },
  success: {
    status: 200,
    description: 'The callback is accepted, or was accepted before.',
    schema: 'CallbackAccepted',
    example: {},
  },
  faults: [
    'CallbackUnsignedError',
    'ResultPublishError',
    'RoomStoreUnavailableError',
    // Of disconnecting a banned person.
    ...PLATFORM_FAULTS,
  ],
  otherStatuses: [['ConfigurationError', 503]],
};

const milliseconds = 'Milliseconds since the UNIX epoch, as the platform sent it.';

export const callbackSchemas: Readonly<Record<string, JsonSchema>> = {
  Callback: {
    type: 'object',
    description:
      'A callback of the platform. Each kind of callback has further fields, which are passed on.',
    additionalProperties: true,
    properties: {
      sessionId: {
        type: 'string',
        maxLength: SESSION_ID_MAX_LENGTH,
        description: 'The session. Some callbacks, for example of archives, may omit it.',
      },
      projectId: {
        type: ['string', 'number'],
        description: "The project, which must be the deployment's own. Archives send a number.",
      },
      event: {
        type: 'string',
        description: 'What happened, for example `connectionCreated`. May be absent.',
      },
      timestamp: { type: 'number', description: milliseconds },
      connection: {
        type: 'object',
        description:
          'The connection that was created or destroyed: `id`, `createdAt` and `data`, the connection data.',
      },
      stream: {
        type: 'object',
        description:
          'The stream that was created or destroyed, with the connection of its publisher.',
      },
      reason: { type: 'string', description: 'Why a session, connection or stream ended.' },
    },
  },
  CallbackAccepted: {
    type: 'object',
    description: 'An empty object.',
    additionalProperties: false,
  },
};

const connection: JsonSchema = {
  type: 'object',
  description: 'The connection; of a stream, that of its publisher.',
  required: ['id', 'createdAt', 'sub', 'name', 'data'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', minLength: 1 },
    createdAt: { description: milliseconds },
    sub: {
      type: ['string', 'null'],
      description: 'The subject of an end user, or `guest:` and an id. `null` if it is not known.',
    },
    name: { type: ['string', 'null'], description: 'The display name of a guest.' },
    data: {
      type: ['string', 'null'],
      description:
        'The `data` of the request for the token. If `sub` is `null`, the connection data as sent.',
    },
  },
};

const common = {
  sessionId: { type: ['string', 'null'] },
  room: {
    type: ['string', 'null'],
    description:
      'The name of the room that the session belongs to. `null` for a session without a room.',
  },
  reference: {
    type: ['string', 'null'],
    description: 'The `reference` of the room, at most a minute old. `null` for none.',
  },
  timestamp: { description: milliseconds },
};

const person = {
  participantId: {
    type: 'string',
    pattern: '^[A-Za-z0-9_-]{22}$',
    description: 'The same value as `knockId` for a known person.',
  },
  connection,
};
const reason = { reason: { description: 'As the platform sent it.' } };
const stream = { stream: { type: 'object', description: 'The stream, as the platform sent it.' } };

/** An event made from a callback. */
export interface LiveEventWords {
  /** EventBridge `detail-type`. */
  readonly type: string;
  readonly summary: string;
  readonly detail: JsonSchema;
  readonly example: object;
}

const exampleOfSession = {
  ...{ sessionId: EXAMPLE_SESSION_ID, room: 'ward', reference: 'appointment-4711' },
  timestamp: timestampMs,
};
const examplePerson = { participantId: toPersonId('ada'), connection: exampleConnection };
const exampleStream = {
  stream: {
    id: '63245362-e00e-4834-8371-9397deb3e452',
    createdAt: timestampMs,
    name: '',
    videoType: 'camera',
  },
};

function liveEvent(
  type: string,
  summary: string,
  { properties = {}, example = {} }: { properties?: JsonSchema; example?: object },
): LiveEventWords {
  const required = Object.keys(properties).filter((name) => name !== 'reason');
  return {
    type,
    summary,
    detail: {
      type: 'object',
      required: ['sessionId', 'room', 'reference', ...required],
      additionalProperties: false,
      properties: { ...common, ...properties },
    },
    example: { ...exampleOfSession, ...example },
  };
}

const ofConnection = { properties: { ...person, ...reason }, example: examplePerson };
const ofStream = {
  properties: { ...person, ...stream, ...reason },
  example: { ...examplePerson, ...exampleStream },
};

export const liveEvents: readonly LiveEventWords[] = [
  liveEvent(LIVE_DETAIL_TYPES.sessionCreated, 'The first client connects to a session', {
    properties: reason,
  }),
  liveEvent(LIVE_DETAIL_TYPES.sessionDestroyed, 'A session ended, or moved to another server', {
    properties: reason,
    example: { reason: 'serverRotation' },
  }),
  liveEvent(LIVE_DETAIL_TYPES.sessionNotification, 'A session is about to move', {
    properties: reason,
  }),
  liveEvent(LIVE_DETAIL_TYPES.connectionCreated, 'A client connected', ofConnection),
  liveEvent(LIVE_DETAIL_TYPES.connectionDestroyed, 'A client disconnected', {
    ...ofConnection,
    example: { ...examplePerson, reason: 'clientDisconnected' },
  }),
  liveEvent(LIVE_DETAIL_TYPES.streamCreated, 'A client publishes a stream', ofStream),
  liveEvent(LIVE_DETAIL_TYPES.streamDestroyed, 'A client stopped publishing a stream', {
    ...ofStream,
    example: { ...examplePerson, ...exampleStream, reason: 'clientDisconnected' },
  }),
  liveEvent(OTHER_DETAIL_TYPE, 'Any other callback: archives, broadcasts, captions, SIP', {
    properties: { body: { type: 'object', description: 'The callback as it was sent.' } },
    example: { body: { event: 'archive', projectId: 12345678, status: 'available' } },
  }),
];
