/** The whole document: OpenAPI 3.1, made of the schemas that check requests and of the words beside them. */

import { RESULT_SOURCE } from '../../lib/results/event-bridge.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { description, securitySchemes, tags } from './front-matter.ts';
import { type LiveEventWords, liveEvents } from './live.ts';
import type { Operation, PathParameter } from './operation.ts';
import { operations } from './operations.ts';
import { refTo } from './response-schema.ts';
import { buildExamples, buildResponses, buildSharedResponses, headers } from './responses.ts';
import { buildSchemas, problemName } from './schemas.ts';
import type { JsonSchema } from './texts/field-words.ts';
import { detailSchema, resultEventSchema, resultEvents } from './texts/results.ts';
import { exampleRoom } from './texts/room.ts';

export function buildDocument() {
  const paths = buildPaths();
  const webhooks = buildWebhooks();
  const responses = buildSharedResponses(operations);
  return {
    openapi: '3.1.1',
    info: {
      title: 'opentok-sessions',
      version: packageJson.version,
      summary: 'Sessions and tokens for OpenTok and Vonage Video',
      description,
      contact: { name: 'The operator of this deployment' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Wherever this document was fetched from.' }],
    // The last one is for npm start alone: there every caller is trusted.
    security: [{ sigV4: [] }, { jwt: [] }, {}],
    tags,
    paths,
    webhooks,
    components: {
      securitySchemes,
      headers,
      responses,
      examples: buildExamples(operations),
      schemas: keepUsed(buildSchemas(), { paths, webhooks, responses }),
    },
  };
}

export type Document = ReturnType<typeof buildDocument>;

/** ASCII alone, since a pattern may hold characters that no editor shows. */
export function toText(document: Document): string {
  const text = JSON.stringify(document, undefined, 2);
  return `${text.replace(/[\u007f-\uffff]/g, toEscape)}\n`;
}

function toEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function buildPaths(): Readonly<Record<string, JsonSchema>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const [method = '', path = ''] = operation.route.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: buildOperation(operation) };
  }
  return paths;
}

function buildOperation(operation: Operation): JsonSchema {
  const { operationId, tag, summary, description, query = [], body, isPublic } = operation;
  const { pathParameters = [] } = operation;
  const isConditional = operation.isConditional ?? false;
  return {
    operationId,
    tags: [tag],
    summary,
    description,
    ...(isPublic && { security: [] }),
    ...((pathParameters.length > 0 || query.length > 0 || isConditional) && {
      parameters: [
        ...pathParameters.map(toParameter),
        ...query.map((parameter) => ({ ...parameter, in: 'query', required: false })),
        ...(isConditional ? [ifMatch] : []),
      ],
    }),
    ...(body && {
      requestBody: {
        required: body.isRequired ?? false,
        description: `At most 32 KiB of JSON in UTF-8.${body.isRequired ? '' : ' No body is the same as `{}`.'}`,
        content: {
          'application/json': {
            schema: refTo(body.schema),
            examples: Object.fromEntries(
              Object.entries(body.examples).map(([name, value]) => [name, { value }]),
            ),
          },
        },
      },
    }),
    responses: buildResponses(operation),
  };
}

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description:
    'Entity tags of which the room must have one, or `*` for any room (RFC 9110 section 13.1.1); otherwise the response is 412. If omitted, there is no condition.',
  schema: { type: 'string' },
  example: exampleRoom.etag,
};

function toParameter({ name, schema, example }: PathParameter) {
  const { description, examples, ...rest } = schema;
  return { name, in: 'path', required: true, description, schema: rest, example };
}

function buildWebhooks(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    [
      ...resultEvents.map((event) => ({
        ...event,
        tag: 'Results',
        detail: detailSchema(event, refTo, (name) => refTo(problemName(name))),
      })),
      ...liveEvents.map((event) => ({ ...event, tag: 'Live rooms' })),
    ].map((event) => [toName(event.type), { post: buildEvent(event) }]),
  );
}

function buildEvent(event: LiveEventWords & { readonly tag: string }): JsonSchema {
  const { type, tag, summary, detail, example } = event;
  return {
    operationId: `on${type.replaceAll(' ', '')}`,
    tags: [tag],
    summary,
    description: `An event \`${type}\` of source \`${RESULT_SOURCE}\` on the EventBridge bus \`resultBus\`, for your rules to match: no HTTP request.`,
    security: [],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: resultEventSchema(event, detail),
          example: { source: RESULT_SOURCE, 'detail-type': type, detail: example },
        },
      },
    },
    responses: { '200': { description: 'Nothing is waited for.' } },
  };
}

/** `OpenTok Session Created` is `sessionCreated`. */
function toName(type: string): string {
  const [, first = '', ...rest] = type.split(' ');
  return [first.toLowerCase(), ...rest].join('');
}

/** Omits the errors that no caller can receive. */
function keepUsed(
  schemas: Readonly<Record<string, JsonSchema>>,
  users: object,
): Readonly<Record<string, JsonSchema>> {
  const text = JSON.stringify([users, schemas]);
  return Object.fromEntries(
    Object.entries(schemas).filter(([name]) => text.includes(`"${refTo(name)['$ref']}"`)),
  );
}
