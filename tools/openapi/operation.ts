import type { AnyFaultName } from './texts/faults.ts';
import type { JsonSchema } from './texts/field-words.ts';

export interface PathParameter {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly example: string;
}

export interface QueryParameter {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description: string;
}

export interface Success {
  readonly status: number;
  readonly description: string;
  /** Name of the response's schema; without one there is no body. */
  readonly schema?: string;
  readonly example?: object;
  /** Headers beyond those of every response. */
  readonly headers?: readonly string[];
  /** Another status, with the same response unless it names one. */
  readonly also?: {
    readonly status: number;
    readonly description: string;
    readonly schema?: string;
    readonly example?: object;
  };
  /** Requests that can follow with values of the response. */
  readonly links?: JsonSchema;
}

/** A route as the API's document describes it. */
export interface Operation {
  /** As in serverless.yml, such as `POST /sessions`. */
  readonly route: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** Whether the route is public, whatever the rest of the API requires. */
  readonly isPublic?: true;
  /** What the path names. */
  readonly pathParameters?: readonly PathParameter[];
  /** Query parameters. All are optional. */
  readonly query?: readonly QueryParameter[];
  /** Whether it is made only to what `If-Match` names. */
  readonly isConditional?: true;
  /** What it takes: the name of a schema, and examples by name. */
  readonly body?: {
    readonly schema: string;
    /** Whether the body is required. */
    readonly isRequired?: true;
    readonly examples: Readonly<Record<string, object>>;
  };
  readonly success: Success;
  /** Whether a function responds without reading the request, so none of our errors can occur. */
  readonly isStatic?: true;
  /** What it can fail with beyond what every route can. */
  readonly faults: readonly AnyFaultName[];
  /** Errors that this route also returns with another status than usual. */
  readonly otherStatuses?: readonly (readonly [name: AnyFaultName, status: number])[];
}

/** What every route can fail with. */
export const COMMON_FAULTS: readonly AnyFaultName[] = [
  'ValidationError',
  'UnauthenticatedError',
  'ForbiddenError',
  'MethodNotAllowedError',
  'PayloadTooLargeError',
  'UnsupportedMediaTypeError',
  'InternalError',
  'ConfigurationError',
  'SecretUnavailableError',
];

/** Errors of every route of a room's hosts. */
export const HOST_FAULTS: readonly AnyFaultName[] = ['ParticipantBannedError'];

/** Errors of calls to the video platform. */
export const PLATFORM_FAULTS: readonly AnyFaultName[] = [
  'CredentialsRefusedError',
  'PlatformRefusedError',
  'PlatformInvalidResponseError',
  'PlatformUnavailableError',
  'PlatformTimeoutError',
];

/** Errors of calls to the table of rooms. */
export const ROOM_STORE_FAULTS: readonly AnyFaultName[] = [
  'InvalidRoomItemError',
  'RoomStoreUnavailableError',
  'CredentialsChangingError',
];
