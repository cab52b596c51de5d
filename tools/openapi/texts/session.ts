/** Schemas and texts for a session in responses. */

import type { ProjectField } from '../../../lib/domain/project.ts';
import { DEFAULT_ARCHIVE_RESOLUTION, type Session } from '../../../lib/domain/session.ts';
import {
  ARCHIVE_NAME_MAX_LENGTH,
  ARCHIVE_RESOLUTIONS,
} from '../../../lib/domain/session-request.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';
import { EXAMPLE_API_KEY, EXAMPLE_SESSION_ID, sessionIdSchema } from './session-id.ts';

/** The project, in the field that the vendor's client library expects: one of the two. */
export const projectSchemas: SchemasOf<ProjectField> = {
  apiKey: {
    type: 'string',
    pattern: '^[0-9]+$',
    description: 'API key of the OpenTok project, for `OT.initSession`.',
    examples: [EXAMPLE_API_KEY],
  },
  applicationId: {
    type: 'string',
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    description: 'Id of the Vonage application, for `OT.initSession`.',
    examples: ['29f760f8-7ce1-46c9-ade3-f2dedee4ed5f'],
  },
};

export const eitherProject: JsonSchema = {
  oneOf: [{ required: ['apiKey'] }, { required: ['applicationId'] }],
};

export const sessionSchemas: SchemasOf<Session> = {
  sessionId: sessionIdSchema,
  mediaMode: {
    enum: ['relayed', 'routed'],
    description: 'How streams travel: between clients directly, or through the media router.',
  },
  archiveMode: {
    enum: ['manual', 'always'],
    description: 'Whether the platform records the session on request or always.',
  },
  location: {
    type: ['string', 'null'],
    format: 'ipv4',
    description: 'The requested location hint; `null` for none.',
  },
  e2ee: { type: 'boolean', description: 'Whether streams are encrypted end to end.' },
  archiveName: {
    type: ['string', 'null'],
    minLength: 1,
    maxLength: ARCHIVE_NAME_MAX_LENGTH,
    description: 'Name of the recording; `null` for none. Only with `archiveMode` `always`.',
  },
  archiveResolution: {
    enum: ARCHIVE_RESOLUTIONS,
    description: `Width and height of the recording in pixels. Only with \`archiveMode\` \`always\`. Default: \`${DEFAULT_ARCHIVE_RESOLUTION}\`.`,
  },
  ...projectSchemas,
};

/** The fields of the recording are present with `archiveMode` `always` and absent otherwise. */
export const archivedOnlyIfAlways: JsonSchema = {
  if: { properties: { archiveMode: { const: 'always' } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    properties: { archiveName: {}, archiveResolution: {} },
    required: ['archiveName', 'archiveResolution'],
    additionalProperties: true,
  },
  else: {
    properties: { archiveName: false, archiveResolution: false },
    additionalProperties: true,
  },
};

export const exampleSession: Session = {
  sessionId: EXAMPLE_SESSION_ID,
  mediaMode: 'routed',
  archiveMode: 'always',
  location: null,
  e2ee: false,
  archiveName: 'standup',
  archiveResolution: DEFAULT_ARCHIVE_RESOLUTION,
  apiKey: EXAMPLE_API_KEY,
};
