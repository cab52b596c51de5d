/** The schemas that the document's routes and events refer to by name. */

import { inspectRequest } from '../../lib/domain/inspect-request.ts';
import { sessionRequest } from '../../lib/domain/session-request.ts';
import { tokenRequest } from '../../lib/domain/token-request.ts';
import { MAX_PAGE_ROOMS } from '../../lib/rooms/domain/room-page.ts';
import { KNOCK_MAX_LENGTH } from '../../lib/rooms/domain/room-request.ts';
import { roomRules } from '../../lib/rooms/domain/room-rules.ts';
import { buildGuestSchemas } from './guest-schemas.ts';
import { callbackSchemas } from './live.ts';
import { toRequestSchema } from './request-schema.ts';
import { PROJECT_NAMES, refTo, toResponseSchema } from './response-schema.ts';
import { roomNameSchema, sampleRoomNameSchema, storedRoomNameSchema } from './room-name.ts';
import type { AnyFaultName } from './texts/faults.ts';
import { FAULT_NAMES } from './texts/faults.ts';
import type { JsonSchema } from './texts/field-words.ts';
import { inspectRequestWords } from './texts/inspect-request.ts';
import { exampleInspectedToken, inspectedTokenSchemas } from './texts/inspect-token.ts';
import {
  appSchemas,
  exampleApp,
  exampleJoin,
  exampleReference,
  exampleSample,
  exampleToken,
  referenceSchemas,
  sampleSchemas,
  tokenSchemas,
} from './texts/issue-token.ts';
import { knockFieldDescription } from './texts/knock.ts';
import { gatewayMessage, problemSchema } from './texts/problem.ts';
import { exampleRoom, roomSchemas } from './texts/room.ts';
import { putSessionDescription, requestedSessionDescription } from './texts/room-request.ts';
import { ruleWords } from './texts/room-rules.ts';
import {
  archivedOnlyIfAlways,
  eitherProject,
  exampleSession,
  sessionSchemas,
} from './texts/session.ts';
import { sessionRequestWords } from './texts/session-request.ts';
import { joinDescriptions, tokenRequestWords } from './texts/token-request.ts';

export function problemName(fault: AnyFaultName): string {
  return fault.replace(/Error$/, 'Problem');
}

export function buildSchemas(): Readonly<Record<string, JsonSchema>> {
  const token = toRequestSchema(tokenRequest, tokenRequestWords);
  const tokenFields = Object(token['properties']);
  const rules = toRequestSchema(roomRules, ruleWords);
  return {
    SessionRequest: {
      description: 'Options of a session. All are optional; unknown ones are rejected.',
      ...toRequestSchema(sessionRequest, sessionRequestWords),
    },
    Session: toResponseSchema({
      description: 'A session.',
      properties: sessionSchemas,
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: exampleSession,
    }),
    TokenRequest: {
      description: 'Options of a token. All are optional; unknown ones are rejected.',
      ...token,
    },
    Token: toResponseSchema({
      description: 'A token and what belongs to it.',
      properties: tokenSchemas,
      optional: PROJECT_NAMES,
      rules: [eitherProject],
      example: exampleToken,
    }),
    JoinRequest: {
      description:
        'Options of a token, and of the session of a room. All are optional; unknown ones are rejected.',
      ...token,
      properties: {
        ...tokenFields,
        role: { ...tokenFields.role, description: joinDescriptions.role },
        expireTime: { ...tokenFields.expireTime, description: joinDescriptions.expireTime },
        session: { ...refTo('SessionRequest'), description: requestedSessionDescription },
        knock: { type: 'string', maxLength: KNOCK_MAX_LENGTH, description: knockFieldDescription },
      },
    },
    RoomRequest: {
      description:
        'Rules of a room, and options of its session. All are optional; unknown ones are rejected.',
      ...rules,
      properties: {
        ...Object(rules['properties']),
        session: { ...refTo('SessionRequest'), description: putSessionDescription },
      },
    },
    PutRoom: toResponseSchema({
      description: 'A room that was put.',
      properties: {
        ...roomSchemas(roomNameSchema),
        created: { type: 'boolean', description: 'Whether there was no such room before.' },
      },
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: { ...exampleRoom, created: true },
    }),
    JoinedRoom: toResponseSchema({
      description: "A token for a room's session.",
      properties: { ...tokenSchemas, room: roomNameSchema },
      optional: PROJECT_NAMES,
      rules: [eitherProject],
      example: exampleJoin,
    }),
    Room: toResponseSchema({
      description: 'A room and its session.',
      properties: roomSchemas(roomNameSchema),
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: exampleRoom,
    }),
    RoomList: toResponseSchema({
      description: 'A page of rooms.',
      properties: {
        rooms: {
          type: 'array',
          items: refTo('ListedRoom'),
          maxItems: MAX_PAGE_ROOMS,
          description: 'The rooms, in the order of their names.',
        },
        next: {
          type: ['string', 'null'],
          description: 'The `after` of the next page; null on the last one.',
        },
      },
      example: { rooms: [exampleRoom], next: null },
    }),
    ListedRoom: toResponseSchema({
      description: 'A room and its session.',
      properties: roomSchemas(storedRoomNameSchema),
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: exampleRoom,
    }),
    InspectRequest: {
      description: 'A token to inspect. Unknown fields are rejected.',
      ...toRequestSchema(inspectRequest, inspectRequestWords),
    },
    InspectedToken: toResponseSchema({
      description: 'The parts of a token, and whether its signature is of this project.',
      properties: inspectedTokenSchemas,
      optional: [...PROJECT_NAMES, 'header'],
      rules: [eitherProject],
      example: exampleInspectedToken,
    }),
    ...buildGuestSchemas(),
    ...callbackSchemas,
    SampleResponse: toResponseSchema({
      description: "The response of the vendor's sample servers.",
      properties: sampleSchemas,
      example: exampleSample,
    }),
    ReferenceResponse: toResponseSchema({
      description: "The response of the back end of the vendor's reference app.",
      properties: referenceSchemas,
      example: exampleReference,
    }),
    AppRequest: {
      type: 'object',
      description: "What the vendor's current apps send. Other fields are ignored.",
      required: ['roomName'],
      properties: { roomName: sampleRoomNameSchema },
    },
    AppResponse: toResponseSchema({
      description: "What the vendor's current apps read, in the envelope of tRPC.",
      properties: {
        result: {
          type: 'object',
          description: 'The envelope.',
          required: ['data'],
          properties: {
            data: {
              type: 'object',
              description: 'The project, the session and a token.',
              required: Object.keys(appSchemas),
              properties: appSchemas,
            },
          },
        },
      },
      example: { result: { data: exampleApp } },
    }),
    ApiDocument: {
      type: 'object',
      description: 'An OpenAPI document.',
      required: ['openapi', 'info'],
      properties: {
        openapi: { type: 'string', description: 'Version of OpenAPI.' },
        info: { type: 'object', description: 'What the document is about.' },
      },
    },
    ...Object.fromEntries(FAULT_NAMES.map((name) => [problemName(name), problemSchema(name)])),
    GatewayMessage: gatewayMessage,
  };
}
