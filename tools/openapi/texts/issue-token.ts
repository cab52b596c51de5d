/** Schemas and texts for issued tokens: for a session, for a room, and in the format of the vendor's samples. */

import { ROLES } from '../../../lib/domain/token-request.ts';
import type {
  AppResponse,
  ReferenceResponse,
  SampleResponse,
} from '../../../lib/rooms/use-cases/join-room.ts';
import type { JoinedRoom } from '../../../lib/rooms/use-cases/sign-for-room.ts';
import type { IssuedToken } from '../../../lib/use-cases/issue-token.ts';
import type { SchemasOf } from './field-words.ts';
import { EXAMPLE_ROOM } from './room.ts';
import { exampleSession, projectSchemas } from './session.ts';
import { sessionIdSchema } from './session-id.ts';

const jwt = '[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+';

export const tokenSchemas: SchemasOf<IssuedToken> = {
  token: {
    type: 'string',
    pattern: `^(?:${jwt}|T1==[A-Za-z0-9+/=]+)$`,
    description:
      'The token, for `session.connect`. Anyone who has it can join until it expires, so keep it out of logs and URLs.',
  },
  sessionId: sessionIdSchema,
  role: { enum: ROLES, description: 'The role of the token.' },
  expireTime: {
    type: 'integer',
    exclusiveMinimum: 0,
    description: 'When the token expires, in whole seconds since the UNIX epoch.',
  },
  ...projectSchemas,
};

const { sessionId, apiKey } = { apiKey: '', ...exampleSession };

export const exampleToken: IssuedToken = {
  token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzY29wZSI6InNlc3Npb24uY29ubmVjdCJ9.c2lnbmF0dXJl',
  sessionId,
  role: 'publisher',
  expireTime: 1764086400,
  apiKey,
};

export const exampleJoin: JoinedRoom = { ...exampleToken, room: EXAMPLE_ROOM };

const projectId = {
  anyOf: [projectSchemas.apiKey, projectSchemas.applicationId].map(({ type, pattern }) => ({
    type,
    pattern,
  })),
  description: "The project's id: API key or application id. Samples read it under either name.",
};

export const sampleSchemas: SchemasOf<SampleResponse> = {
  apiKey: projectId,
  applicationId: projectId,
  sessionId: tokenSchemas.sessionId,
  token: tokenSchemas.token,
};

export const referenceSchemas: SchemasOf<ReferenceResponse> = {
  ...sampleSchemas,
  captionsId: { type: 'null', description: 'Always `null`: this service starts no captions.' },
};

export const appSchemas: SchemasOf<AppResponse> = {
  applicationId: projectId,
  sessionId: tokenSchemas.sessionId,
  sessionKey: {
    type: 'string',
    description: 'The session id. The apps send it back on routes that this service does not have.',
  },
  token: tokenSchemas.token,
};

export const exampleSample: SampleResponse = {
  apiKey,
  applicationId: apiKey,
  sessionId,
  token: exampleToken.token,
};

export const exampleReference: ReferenceResponse = { ...exampleSample, captionsId: null };

export const exampleApp: AppResponse = {
  applicationId: apiKey,
  sessionId,
  sessionKey: sessionId,
  token: exampleToken.token,
};
