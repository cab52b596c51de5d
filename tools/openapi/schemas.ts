/** The schemas that the document's routes and events refer to by name. */
import { FAULTS, type FaultName } from '../../lib/domain/faults.ts';
import type { JsonSchema } from '../../lib/domain/field-words.docs.ts';
import { exampleRoom, roomSchemas } from '../../lib/domain/room.docs.ts';
import { requestedSessionDescription } from '../../lib/domain/room-request.docs.ts';
import { ruleWords } from '../../lib/domain/room-rules.docs.ts';
import { roomRules } from '../../lib/domain/room-rules.ts';
import {
  archivedOnlyIfAlways,
  eitherProject,
  exampleSession,
  sessionSchemas,
} from '../../lib/domain/session.docs.ts';
import { sessionRequestWords } from '../../lib/domain/session-request.docs.ts';
import { sessionRequest } from '../../lib/domain/session-request.ts';
import { tokenRequestWords } from '../../lib/domain/token-request.docs.ts';
import { tokenRequest } from '../../lib/domain/token-request.ts';
import { gatewayMessage, problemSchema } from '../../lib/events/problem.docs.ts';
import {
  exampleJoin,
  exampleReference,
  exampleSample,
  exampleToken,
  referenceSchemas,
  sampleSchemas,
  tokenSchemas,
} from '../../lib/use-cases/issue-token.docs.ts';
import { roomNameSchema } from './operations.ts';
import { toRequestSchema } from './request-schema.ts';

/** An answer has one of them. */
const PROJECT_NAMES = ['apiKey', 'applicationId'];

export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

export function problemName(fault: FaultName): string {
  return fault.replace(/Error$/, 'Problem');
}

export function buildSchemas(): Readonly<Record<string, JsonSchema>> {
  const token = toRequestSchema(tokenRequest, tokenRequestWords);
  const rules = toRequestSchema(roomRules, ruleWords);
  return {
    SessionRequest: {
      description: 'Options of a session. All are optional; unknown ones are refused.',
      ...toRequestSchema(sessionRequest, sessionRequestWords),
    },
    Session: answer({
      description: 'A session.',
      properties: sessionSchemas,
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: exampleSession,
    }),
    TokenRequest: {
      description: 'Options of a token. All are optional; unknown ones are refused.',
      ...token,
    },
    Token: answer({
      description: 'A token and what belongs to it.',
      properties: tokenSchemas,
      optional: PROJECT_NAMES,
      rules: [eitherProject],
      example: exampleToken,
    }),
    JoinRequest: {
      description:
        'Options of a token, and of the session of a room. All are optional; unknown ones are refused.',
      ...token,
      properties: {
        ...Object(token['properties']),
        session: { ...refTo('SessionRequest'), description: requestedSessionDescription },
      },
    },
    RoomRequest: {
      description:
        'Rules of a room, and options of its session. All are optional; unknown ones are refused.',
      ...rules,
      properties: {
        ...Object(rules['properties']),
        session: { ...refTo('SessionRequest'), description: requestedSessionDescription },
      },
    },
    PutRoom: answer({
      description: 'A room that was put.',
      properties: {
        ...roomSchemas(roomNameSchema),
        created: { type: 'boolean', description: 'Whether there was no such room before.' },
      },
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: { ...exampleRoom, created: true },
    }),
    JoinedRoom: answer({
      description: "A token for a room's session.",
      properties: { ...tokenSchemas, room: roomNameSchema },
      optional: PROJECT_NAMES,
      rules: [eitherProject],
      example: exampleJoin,
    }),
    Room: answer({
      description: 'A room and its session.',
      properties: roomSchemas(roomNameSchema),
      optional: [...PROJECT_NAMES, 'archiveName', 'archiveResolution'],
      rules: [eitherProject, archivedOnlyIfAlways],
      example: exampleRoom,
    }),
    SampleAnswer: answer({
      description: "What the vendor's sample servers answer.",
      properties: sampleSchemas,
      example: exampleSample,
    }),
    ReferenceAnswer: answer({
      description: "What the back end of the vendor's reference app answers.",
      properties: referenceSchemas,
      example: exampleReference,
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
    ...Object.fromEntries(
      (Object.keys(FAULTS) as FaultName[]).map((name) => [problemName(name), problemSchema(name)]),
    ),
    GatewayMessage: gatewayMessage,
  };
}

/** @param parts.optional fields that are not in every answer */
function answer(parts: {
  readonly description: string;
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly optional?: readonly string[];
  readonly rules?: readonly JsonSchema[];
  readonly example: object;
}): JsonSchema {
  const { description, properties, optional = [], rules, example } = parts;
  return {
    type: 'object',
    description,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
    properties,
    ...(rules && { allOf: rules }),
    examples: [example],
  };
}
