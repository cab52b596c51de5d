/**
 * The errors that every function can return, by stable name. A wing adds a table of its own
 * (`lib/rooms/faults.ts`). Pure: no I/O.
 *
 * Direct callers catch the name (for example in a Step Functions `Catch`), the log shows it, and the
 * problem document's `type` contains it, so a published name never changes.
 */
/** The HTTP response of an error. */
export interface FaultKind {
  readonly status: number;
  readonly title: string;
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
  CredentialsRefusedError: { status: 502, title: 'The video platform refused the credentials' },
  PlatformRefusedError: { status: 502, title: 'The video platform refused the request' },
  PlatformInvalidResponseError: {
    status: 502,
    title: 'The video platform gave an unusable answer',
  },
  PlatformUnavailableError: { status: 503, title: 'The video platform is out of reach' },
  SecretUnavailableError: { status: 503, title: 'The credentials are out of reach' },
  ResultPublishError: { status: 503, title: 'The result could not be published' },
  PlatformTimeoutError: { status: 504, title: 'The video platform is too slow' },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof FAULTS;

/** What a status of the platform from 400 on means. */
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
 * Only what the request itself is at fault for is refused for good. All else is for the project's
 * owner or the operator to repair, or passes by itself, and no message is to be lost meanwhile.
 */
const PLATFORM_REFUSALS: Readonly<Record<number, PlatformRefusal>> = {
  // The platform does not take these options, and never will.
  400: refusal('PlatformRefusedError', false),
  401: refusal('CredentialsRefusedError', true),
  // The account is not paid for, or may not do this.
  402: refusal('PlatformRefusedError', true),
  403: refusal('CredentialsRefusedError', true),
  // Another address than the platform's, or a project that is gone.
  404: refusal('PlatformRefusedError', true),
  // The platform waited too long for the request, or was changing something else.
  408: refusal('PlatformRefusedError', true),
  409: refusal('PlatformRefusedError', true),
  429: refusal('PlatformUnavailableError', true),
};

/** @param status of the platform's answer, from 400 on */
export function judgePlatformRefusal(status: number): PlatformRefusal {
  // Any other 4xx (405, 415, 428, 499) speaks of how the platform is called, not of what was asked.
  const other = refusal(status < 500 ? 'PlatformRefusedError' : 'PlatformUnavailableError', true);
  return PLATFORM_REFUSALS[status] ?? other;
}

/** One fault of one field: a JSON Pointer in URI fragment form (RFC 6901 section 6), as RFC 9457 shows it. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** What a problem document says beside what all of them say (RFC 9457 section 3.2). */
export interface ProblemMembers {
  /** When the room opens, in whole seconds since the UNIX epoch. */
  readonly opensAt?: number;
}

export interface FaultOptions {
  /** For the operator's log: what happened and where. Never holds a secret, a token or `data`. */
  readonly reason?: string;
  /** For the caller: every faulty field. */
  readonly errors?: readonly FieldError[];
  /** For the caller: what is particular to this fault. */
  readonly members?: ProblemMembers;
  /** Whether the same request may succeed later. Default: from status 500 on. */
  readonly isTransient?: boolean;
  /** For the caller's `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** For the caller's `Allow`: the methods that would be right. */
  readonly allow?: string;
  readonly cause?: unknown;
}

/**
 * A failure with two audiences: `message` goes to the caller word for word, `reason` to the log.
 */
export class Fault extends Error {
  override readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly reason: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly members: ProblemMembers | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: string | undefined;
  /** Whether the same request may succeed later: the fault is not the request's own. */
  readonly isTransient: boolean;

  /** @param kind status and title of a name that is not in `FAULTS` */
  constructor(name: FaultName, detail: string, options?: FaultOptions);
  constructor(name: string, detail: string, options: FaultOptions, kind: FaultKind);
  constructor(
    name: string,
    detail: string,
    options: FaultOptions = {},
    { status, title }: FaultKind = FAULTS[name as FaultName],
  ) {
    super(detail, { cause: options.cause });
    this.name = name;
    this.status = status;
    this.title = title;
    this.reason = options.reason;
    this.errors = options.errors;
    this.members = options.members;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.allow = options.allow;
    this.isTransient = options.isTransient ?? this.status >= 500;
  }
}

/** The refusal of a request for its fields: all of them at once. */
export function validationError(errors: readonly FieldError[]): Fault {
  const detail =
    errors.length === 1 ? 'One field is not valid.' : `${errors.length} fields are not valid.`;
  return new Fault('ValidationError', detail, { errors });
}

/** The refusal of every request while the deployment is wrong: callers learn that, the log why. */
export function misconfigured(reason: string, cause?: unknown): Fault {
  return new Fault('ConfigurationError', 'The service is misconfigured.', { reason, cause });
}

/** Whatever was thrown, as a fault; what is not one is ours to answer for, and says nothing to the caller. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const options = { reason: describeThrown(thrown), cause: thrown };
  return new Fault('InternalError', 'The request could not be handled.', options);
}

/** Whatever was thrown, in words for the log. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
