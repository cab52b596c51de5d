/** The responses of a route: its success, its errors by status, and those of API Gateway. */

import { toProblemResponse } from '../../lib/events/http-response.ts';
import { COMMON_FAULTS, type Operation } from './operation.ts';
import { refTo } from './response-schema.ts';
import { problemName } from './schemas.ts';
import type { AnyFaultName } from './texts/faults.ts';
import { ALL_FAULTS, FAULT_NAMES, faultWords } from './texts/faults.ts';
import type { JsonSchema } from './texts/field-words.ts';
import { EXAMPLE_REQUEST_ID, exampleFault, exampleProblem } from './texts/problem.ts';

/** By status, API Gateway's own words. Source: API Gateway developer guide, HTTP APIs, and trials. */
const GATEWAY_MESSAGES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The headers that answers of the functions have. */
export const headers: Readonly<Record<string, JsonSchema>> = {
  'cache-control': {
    description: 'Nothing here is worth a cache, and a token must not lie in one.',
    schema: { const: 'no-store' },
  },
  'x-content-type-options': {
    description: 'The body is what `content-type` says and nothing else.',
    schema: { const: 'nosniff' },
  },
  etag: {
    description: 'The entity tag of the room, for `If-Match`.',
    schema: { type: 'string', pattern: '^"[A-Za-z0-9_-]{22}"$' },
  },
  'retry-after': {
    description: 'In how many whole seconds to try again.',
    schema: { type: 'string', pattern: '^[1-9][0-9]*$', examples: ['5'] },
  },
  allow: {
    description: 'The methods that the path takes, with commas between.',
    schema: { type: 'string', pattern: '^[A-Z]+(?:, [A-Z]+)*$', examples: ['POST'] },
  },
  'www-authenticate': {
    description: 'The scheme that the deployment wants in the header `authorization`.',
    schema: { enum: ['AWS4-HMAC-SHA256', 'Bearer'] },
  },
};

/** A response that several routes share, and the name that they share it by. */
interface SharedResponse {
  readonly name: string;
  readonly status: number;
  readonly response: JsonSchema;
}

export function buildResponses(operation: Operation): Readonly<Record<string, JsonSchema>> {
  const failures = buildFailures(operation).map(({ status, name }) => [
    status,
    { $ref: `#/components/responses/${name}` },
  ]);
  const { success } = operation;
  const { also } = success;
  return {
    ...(also && { [also.status]: buildSuccess({ ...success, ...also }) }),
    [success.status]: buildSuccess(success),
    ...Object.fromEntries(failures),
  };
}

export function buildSharedResponses(operations: readonly Operation[]) {
  return Object.fromEntries(
    operations.flatMap(buildFailures).map(({ name, response }) => [name, response]),
  );
}

/** An example of each problem, by the fault's name. */
export function buildExamples(operations: readonly Operation[]) {
  const names = new Set([...COMMON_FAULTS, ...operations.flatMap(({ faults }) => faults)]);
  const inOrder = FAULT_NAMES.filter((name) => names.has(name));
  return Object.fromEntries(
    inOrder.map((name) => [name, { summary: ALL_FAULTS[name].title, value: exampleProblem(name) }]),
  );
}

function buildFailures({
  faults,
  otherStatuses = [],
  isStatic,
}: Operation): readonly SharedResponse[] {
  const byStatus = new Map<number, AnyFaultName[]>();
  for (const status of Object.keys(GATEWAY_MESSAGES)) byStatus.set(Number(status), []);
  const names = isStatic ? faults : [...COMMON_FAULTS, ...faults];
  const usual = names.map((name) => [name, ALL_FAULTS[name].status] as const);
  for (const [name, status] of [...usual, ...otherStatuses]) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return [...byStatus]
    .sort(([one], [other]) => one - other)
    .map(([status, names]) => ({
      name: [`Status${status}`, ...names.map((name) => name.replace(/Error$/, ''))].join('_'),
      status,
      response: buildFailure(status, names),
    }));
}

function buildSuccess({
  description,
  schema,
  example,
  links,
  headers: more = [],
}: Operation['success']): JsonSchema {
  return {
    description,
    headers: refToHeaders(['cache-control', 'x-content-type-options', ...more]),
    ...(schema && { content: { 'application/json': { schema: refTo(schema), example } } }),
    ...(links && { links }),
  };
}

function buildFailure(status: number, names: readonly AnyFaultName[]): JsonSchema {
  const message = GATEWAY_MESSAGES[status];
  const refs = names.map((name) => refTo(problemName(name)));
  const headerNames = names.flatMap((name) =>
    Object.keys(toProblemResponse(exampleFault(name), EXAMPLE_REQUEST_ID, { auth: 'jwt' }).headers),
  );
  const described = names.map((name) => `\`${name}\`: ${faultWords[name].description}`);
  if (message !== undefined) {
    described.push(`From API Gateway: \`{"message":"${message}"}\`, or another message.`);
  }
  return {
    description: described.join('\n\n'),
    ...(names.length > 0 && {
      headers: refToHeaders(Object.keys(headers).filter((name) => headerNames.includes(name))),
    }),
    content: {
      ...(names.length > 0 && {
        'application/problem+json': {
          schema: refs.length === 1 ? refs[0] : { oneOf: refs },
          examples: Object.fromEntries(
            names.map((name) => [name, { $ref: `#/components/examples/${name}` }]),
          ),
        },
      }),
      ...(message !== undefined && {
        'application/json': { schema: refTo('GatewayMessage'), example: { message } },
      }),
    },
  };
}

function refToHeaders(names: readonly string[]): JsonSchema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
