/** Schemas, texts and examples of problem documents. */

import type { Fault } from '../../../lib/domain/faults.ts';
import { type Problem, toProblem } from '../../../lib/events/problem.ts';
import type { AnyFaultName } from './faults.ts';
import { faultWords, makeFault } from './faults.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';

export const EXAMPLE_REQUEST_ID = 'c9b4a7a2-0d0e-4c57-9f3a-6b3f0a1f3a55';

/** Returns an example of the error. */
export function exampleFault(name: AnyFaultName): Fault {
  const { detail, ...options } = faultWords[name].example;
  return makeFault(name, detail, options);
}

export function exampleProblem(name: AnyFaultName): Problem {
  return toProblem(exampleFault(name), EXAMPLE_REQUEST_ID);
}

const fieldErrors: JsonSchema = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  description: 'Every invalid field.',
  items: {
    type: 'object',
    required: ['pointer', 'detail'],
    additionalProperties: false,
    properties: {
      pointer: {
        type: 'string',
        pattern: '^#(?:/[^/]*)*$',
        description:
          'The field: a JSON Pointer (RFC 6901) as a URI fragment; `#` for the whole body.',
      },
      detail: { type: 'string', minLength: 1, description: 'What is wrong with it. For people.' },
    },
  },
};

const openingTime: JsonSchema = {
  type: 'integer',
  minimum: 0,
  description: 'When the room opens, in whole seconds since the UNIX epoch.',
};

const retryKnock: JsonSchema = {
  type: 'string',
  minLength: 1,
  description:
    'Only for a guest who sent neither `guest` nor `knock`: the secret to retry with, as `knock`, so that the retry is the same guest.',
};
/** The transient errors of `POST /invites/tokens`. */
const RETRIED_BY_GUESTS: readonly AnyFaultName[] = [
  'RoomStoreUnavailableError',
  'CredentialsChangingError',
  'SecretUnavailableError',
];

/** Returns the schema of one error's problem document. */
export function problemSchema(name: AnyFaultName): JsonSchema {
  const { type, title, status, errors, opensAt } = exampleProblem(name);
  const properties: Omit<SchemasOf<Problem>, 'errors' | 'opensAt' | 'knock'> = {
    type: {
      const: type,
      description: 'The name of the error. It never changes, so programs can rely on it.',
    },
    title: { const: title, description: 'A short summary. For people.' },
    status: { ...toStatusSchema(name, status), description: 'The HTTP status.' },
    detail: {
      type: 'string',
      minLength: 1,
      description: 'What is wrong in this request, and what to do. For people.',
    },
    requestId: {
      type: 'string',
      minLength: 1,
      description: 'Id of the invocation. The operator finds the log line by it.',
    },
  };
  return {
    type: 'object',
    description: faultWords[name].description,
    required: [
      ...['type', 'title', 'status', 'detail', 'requestId'],
      ...(opensAt === undefined ? [] : ['opensAt']),
    ],
    additionalProperties: false,
    properties: {
      ...properties,
      ...(opensAt === undefined ? {} : { opensAt: openingTime }),
      ...(RETRIED_BY_GUESTS.includes(name) ? { knock: retryKnock } : {}),
      ...(errors ? { errors: fieldErrors } : {}),
    },
  };
}

/** A response of API Gateway itself, sent before any function runs. */
export const gatewayMessage: JsonSchema = {
  type: 'object',
  description: 'A response of API Gateway itself, sent before any function runs.',
  required: ['message'],
  additionalProperties: false,
  properties: { message: { type: ['string', 'null'], description: 'A short summary.' } },
};

/** Callbacks without `callbackSecrets` get a 503, so that the platform sends them again. */
function toStatusSchema(name: AnyFaultName, status: number): JsonSchema {
  return name === 'ConfigurationError' ? { enum: [status, 503] } : { const: status };
}
