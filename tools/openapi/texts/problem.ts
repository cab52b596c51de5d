/** What the API's document says of problem documents. */

import type { Fault } from '../../../lib/domain/faults.ts';
import { type Problem, toProblem } from '../../../lib/events/problem.ts';
import type { AnyFaultName } from './faults.ts';
import { faultWords, makeFault } from './faults.ts';
import type { JsonSchema, SchemasOf } from './field-words.ts';

export const EXAMPLE_REQUEST_ID = 'c9b4a7a2-0d0e-4c57-9f3a-6b3f0a1f3a55';

/** The fault as a caller might get it. */
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
  description: 'Every field at fault.',
  items: {
    type: 'object',
    required: ['pointer', 'detail'],
    additionalProperties: false,
    properties: {
      pointer: {
        type: 'string',
        pattern: '^#(?:/[^/]*)*$',
        description:
          'Where in the body the field is: a JSON Pointer (RFC 6901) as a URI fragment, `#` for the whole body.',
      },
      detail: { type: 'string', minLength: 1, description: 'What is wrong with it, for people.' },
    },
  },
};

const openingTime: JsonSchema = {
  type: 'integer',
  minimum: 0,
  description: 'When the room opens, in whole seconds since the UNIX epoch.',
};

/** The problem document of one fault. */
export function problemSchema(name: AnyFaultName): JsonSchema {
  const { type, title, status, errors, opensAt } = exampleProblem(name);
  const properties: Omit<SchemasOf<Problem>, 'errors' | 'opensAt'> = {
    type: {
      const: type,
      description: 'The name of the fault, which never changes. Decide by it, or by the status.',
    },
    title: { const: title, description: 'The fault in few words, for people.' },
    status: { const: status, description: 'The HTTP status again.' },
    detail: {
      type: 'string',
      minLength: 1,
      description: 'What happened this time, for people.',
    },
    requestId: {
      type: 'string',
      minLength: 1,
      description: "Id of the invocation, under which the operator finds it in the function's log.",
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
      ...(errors ? { errors: fieldErrors } : {}),
    },
  };
}

/** What API Gateway answers by itself, before or instead of a function. */
export const gatewayMessage: JsonSchema = {
  type: 'object',
  description: 'What API Gateway answers by itself, before it asks a function.',
  required: ['message'],
  additionalProperties: false,
  properties: { message: { type: ['string', 'null'], description: 'The fault in few words.' } },
};
