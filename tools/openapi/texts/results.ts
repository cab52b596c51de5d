/**
 * What the API's document says of the events that report the results of asynchronous requests.
 * Source of the envelope: EventBridge user guide, "Events".
 */
import { type FieldError, validationError } from '../../../lib/domain/faults.ts';
import { toProblem } from '../../../lib/events/problem.ts';
import { REFERENCE_MAX_LENGTH } from '../../../lib/events/reference.ts';
import { RESULT_SOURCE } from '../../../lib/results/event-bridge.ts';
import { ROOM_NAME_RULE } from '../../../lib/rooms/domain/room.ts';
import type { AnyFaultName } from './faults.ts';
import type { JsonSchema } from './field-words.ts';
import { EXAMPLE_REQUEST_ID } from './problem.ts';
import { exampleRoom } from './room.ts';
import { referenceDescription } from './room-request.ts';
import { exampleSession } from './session.ts';

export interface ResultEventWords {
  /** EventBridge `detail-type`. */
  readonly type: string;
  readonly summary: string;
  /** Name of the response's schema, by the field of `detail` that holds it. */
  readonly response?: {
    readonly field: string;
    readonly schema: string;
    /** What else may be in `detail`: the schema of each item of a list. */
    readonly lists?: Readonly<Record<string, { readonly schema: string; readonly words: string }>>;
  };
  /** The errors of a rejected request. */
  readonly faults?: readonly AnyFaultName[];
  readonly example: Readonly<Record<string, unknown>>;
}

const EXAMPLE_CORRELATION = {
  eventId: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  reference: 'appointment-4711',
};

function exampleFailure(body: object, error: FieldError): ResultEventWords['example'] {
  const { reference } = EXAMPLE_CORRELATION;
  const problem = toProblem(validationError([error]), EXAMPLE_REQUEST_ID);
  return { problem, ...EXAMPLE_CORRELATION, body: { ...body, reference } };
}

export const resultEvents: readonly ResultEventWords[] = [
  {
    type: 'OpenTok Session Created',
    summary: 'A session was created on request of a message',
    response: { field: 'session', schema: 'Session' },
    example: { session: exampleSession, ...EXAMPLE_CORRELATION },
  },
  {
    type: 'OpenTok Session Failed',
    summary: 'A request for a session failed permanently',
    faults: ['ValidationError', 'PayloadTooLargeError', 'PlatformRefusedError'],
    example: exampleFailure(
      { mediaMode: 'peer' },
      { pointer: '#/mediaMode', detail: 'must be one of relayed, routed' },
    ),
  },
  {
    type: 'OpenTok Room Opened',
    summary: 'A room was opened on request of a message',
    response: {
      field: 'room',
      schema: 'Room',
      lists: {
        invites: {
          schema: 'CreatedInvite',
          words:
            'The requested invites, with their secrets. Only if the deployment has `inviteResults=true`.',
        },
      },
    },
    example: { room: exampleRoom, ...EXAMPLE_CORRELATION },
  },
  {
    type: 'OpenTok Room Failed',
    summary: 'A request for a room failed permanently',
    faults: [
      'ValidationError',
      'PayloadTooLargeError',
      'PlatformRefusedError',
      'RoomConflictError',
    ],
    example: exampleFailure({ room: 'class 7b' }, { pointer: '#/room', detail: ROOM_NAME_RULE }),
  },
];

const correlation = {
  eventId: {
    type: 'string',
    minLength: 1,
    description:
      'Id of the event or message with the request: EventBridge `id`, SNS or SQS message id. A request that is delivered twice has two results with the same id.',
  },
  reference: { type: 'string', maxLength: REFERENCE_MAX_LENGTH, description: referenceDescription },
};

const refused = {
  body: {
    description:
      'The rejected request as it was received: text if it was text (SNS, SQS). If it has over 128 KiB as JSON, its beginning as text.',
  },
  bodyTruncated: { const: true, description: 'Only where `body` is not the whole request.' },
};

export function detailSchema(
  { response, faults = [] }: ResultEventWords,
  toRef: (schema: string) => JsonSchema,
  toProblemRef: (fault: AnyFaultName) => JsonSchema,
): JsonSchema {
  const outcome = response
    ? { [response.field]: toRef(response.schema), ...toLists(response.lists ?? {}, toRef) }
    : { problem: { oneOf: faults.map(toProblemRef) }, ...refused };
  return {
    type: 'object',
    required: [response?.field ?? 'problem', 'eventId', ...(response ? [] : ['body'])],
    additionalProperties: false,
    properties: { ...outcome, ...correlation },
  };
}

function toLists(
  lists: NonNullable<NonNullable<ResultEventWords['response']>['lists']>,
  toRef: (schema: string) => JsonSchema,
): JsonSchema {
  return Object.fromEntries(
    Object.entries(lists).map(([name, { schema, words }]) => [
      name,
      { type: 'array', minItems: 1, items: toRef(schema), description: words },
    ]),
  );
}

export function resultEventSchema(
  { type }: Pick<ResultEventWords, 'type'>,
  detail: JsonSchema,
): JsonSchema {
  return {
    type: 'object',
    required: ['source', 'detail-type', 'detail'],
    properties: {
      source: { const: RESULT_SOURCE },
      'detail-type': { const: type },
      id: { type: 'string', description: "EventBridge's own id of this event." },
      time: { type: 'string', format: 'date-time', description: 'When it was published.' },
      detail,
    },
  };
}
