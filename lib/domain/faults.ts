/**
 * The errors that every function can return, by stable name. A wing adds its own table
 * (`lib/rooms/faults.ts`). Pure: no I/O.
 *
 * Direct callers catch the name (for example in a Step Functions `Catch`), the log shows it, and the
 * problem document's `type` contains it, so a published name never changes.
 */
/** The HTTP response of an error, and its level in the log. */
export interface FaultKind {
  readonly status: number;
  readonly title: string;
  /** Default: `error` from status 500 on, else `info`. */
  readonly logLevel?: 'info' | 'error';
}

export const FAULTS = {
  ValidationError: { status: 400, title: 'The request is not valid' },
  UnauthenticatedError: { status: 401, title: 'Not authenticated' },
  ForbiddenError: { status: 403, title: 'Not allowed' },
  SessionNotFoundError: { status: 404, title: 'No such session' },
  MethodNotAllowedError: { status: 405, title: 'Method not allowed' },
  PayloadTooLargeError: { status: 413, title: 'The body is too large' },
  UnsupportedMediaTypeError: { status: 415, title: 'The body is not JSON' },
  InternalError: { status: 500, title: 'Internal error' },
  ConfigurationError: { status: 500, title: 'The service is misconfigured' },
  CredentialsRefusedError: {
    status: 502,
    title: "The video platform rejected this project's credentials",
  },
  PlatformRefusedError: { status: 502, title: 'The video platform rejected the request' },
  PlatformInvalidResponseError: {
    status: 502,
    title: 'The video platform returned an invalid response',
  },
  PlatformUnavailableError: { status: 503, title: 'The video platform is unavailable' },
  SecretUnavailableError: { status: 503, title: 'The credentials are unavailable' },
  ResultPublishError: { status: 503, title: 'The result could not be published' },
  PlatformTimeoutError: { status: 504, title: 'The video platform did not respond in time' },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

/** The meaning of an error status of the platform. */
export interface PlatformRefusal {
  readonly name: 'CredentialsRefusedError' | 'PlatformRefusedError' | 'PlatformUnavailableError';
  /** Whether the same request may succeed later. */
  readonly isTransient: boolean;
}

const refusal = (name: PlatformRefusal['name'], isTransient: boolean): PlatformRefusal => ({
  name,
  isTransient,
});

/**
 * Only an error caused by the request itself is permanent. Every other error can be repaired by the
 * project's owner or the operator, or is temporary, so messages are kept and retried.
 */
const PLATFORM_REFUSALS: Readonly<Record<number, PlatformRefusal>> = {
  // Invalid options: a retry cannot succeed.
  400: refusal('PlatformRefusedError', false),
  401: refusal('CredentialsRefusedError', true),
  // The account is unpaid, or lacks the feature.
  402: refusal('PlatformRefusedError', true),
  403: refusal('CredentialsRefusedError', true),
  // A wrong base URL, or a deleted project.
  404: refusal('PlatformRefusedError', true),
  // The platform timed out reading the request, or a concurrent change is in progress.
  408: refusal('PlatformRefusedError', true),
  409: refusal('PlatformRefusedError', true),
  429: refusal('PlatformUnavailableError', true),
};

/** @param status 400 or higher */
export function judgePlatformRefusal(status: number): PlatformRefusal {
  // Any other 4xx (405, 415, 428, 499) concerns how the platform is called, not the options.
  const other = refusal(status < 500 ? 'PlatformRefusedError' : 'PlatformUnavailableError', true);
  return PLATFORM_REFUSALS[status] ?? other;
}

/** An invalid field. `pointer` is a JSON Pointer in URI fragment form (RFC 6901 section 6), as in RFC 9457. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** Extension members of a problem document (RFC 9457 section 3.2). */
export interface ProblemMembers {
  /** The secret with which a guest retries, as the same guest. */
  readonly knock?: string;
  /** When the room opens, in whole seconds since the UNIX epoch. */
  readonly opensAt?: number;
}

export interface FaultOptions {
  /** For the operator's log: what happened and where. Never contains a secret, a token or `data`. */
  readonly reason?: string;
  /** For the caller: every invalid field. */
  readonly errors?: readonly FieldError[];
  /** For the caller: extension members of the problem document. */
  readonly members?: ProblemMembers;
  /** Whether the same request may succeed later. Default: true from status 500 on. */
  readonly isTransient?: boolean;
  /** For the response header `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** For the response header `Allow`: the supported methods. */
  readonly allow?: string;
  readonly cause?: unknown;
}

/** An error with two audiences: `message` is sent to the caller, `reason` is logged for the operator. */
export class Fault extends Error {
  override readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly logLevel: 'info' | 'error';
  readonly reason: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly members: ProblemMembers | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: string | undefined;
  /** Whether the same request may succeed later. */
  readonly isTransient: boolean;

  /** @param kind of a name that is not in `FAULTS` */
  constructor(name: FaultName, detail: string, options?: FaultOptions);
  constructor(name: string, detail: string, options: FaultOptions, kind: FaultKind);
  constructor(
    name: string,
    detail: string,
    options: FaultOptions = {},
    kind: FaultKind = FAULTS[name as FaultName],
  ) {
    super(detail, { cause: options.cause });
    this.name = name;
    this.status = kind.status;
    this.title = kind.title;
    this.logLevel = kind.logLevel ?? (kind.status >= 500 ? 'error' : 'info');
    this.reason = options.reason;
    this.errors = options.errors;
    this.members = options.members;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.allow = options.allow;
    this.isTransient = options.isTransient ?? this.status >= 500;
  }
}

/** Returns the error for a request with invalid fields. */
export function validationError(errors: readonly FieldError[]): Fault {
  const detail =
    errors.length === 1 ? 'One field is not valid.' : `${errors.length} fields are not valid.`;
  return new Fault('ValidationError', detail, { errors });
}

/** Returns the error for a wrong configuration. Only the log contains the reason. */
export function misconfigured(reason: string, cause?: unknown): Fault {
  return new Fault('ConfigurationError', 'The service is misconfigured.', { reason, cause });
}

/** Converts any thrown value. Anything but a Fault becomes an InternalError without details for the caller. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const options = { reason: describeThrown(thrown), cause: thrown };
  return new Fault('InternalError', 'The request could not be handled.', options);
}

/** Describes any thrown value for the log. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
