/**
 * The requests and answers of the API, as docs/openapi.json describes them.
 */

export type Role = 'subscriber' | 'publisher' | 'moderator' | 'publisheronly';

export interface SessionRequest {
  readonly mediaMode?: 'relayed' | 'routed';
  readonly archiveMode?: 'manual' | 'always';
  readonly location?: string;
  readonly archiveName?: string;
  readonly archiveResolution?:
    | '480x640'
    | '640x480'
    | '720x1280'
    | '1280x720'
    | '1080x1920'
    | '1920x1080';
  readonly e2ee?: boolean;
}

export interface TokenRequest {
  readonly role?: Role;
  readonly expireTime?: number;
  readonly data?: string;
  readonly initialLayoutClassList?: readonly string[];
  readonly tokenType?: 'JWT' | 'T1';
}

export interface JoinRequest extends TokenRequest {
  readonly session?: SessionRequest;
}

/** The project that a client names to `OT.initSession`: one of the two. */
export type ProjectField =
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never };

export type Session = ProjectField & {
  readonly sessionId: string;
  readonly mediaMode: 'relayed' | 'routed';
  readonly archiveMode: 'manual' | 'always';
  readonly location: string | null;
  readonly e2ee: boolean;
  readonly archiveName?: string | null;
  readonly archiveResolution?: string;
};

export type IssuedToken = ProjectField & {
  readonly token: string;
  readonly sessionId: string;
  readonly role: Role;
  /** In whole seconds since the UNIX epoch, by the server's clock. */
  readonly expireTime: number;
};

export type JoinedRoom = IssuedToken & { readonly room: string };

export type Room = Session & {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
};

export interface FieldError {
  /** A JSON Pointer as a URI fragment (RFC 6901 section 6). */
  readonly pointer: string;
  readonly detail: string;
}

/** A problem document (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

/** The stable names of the problems that the API answers with. */
export type FaultName =
  | 'ValidationError'
  | 'UnauthenticatedError'
  | 'ForbiddenError'
  | 'SessionNotFoundError'
  | 'RoomNotFoundError'
  | 'MethodNotAllowedError'
  | 'RoomConflictError'
  | 'PayloadTooLargeError'
  | 'UnsupportedMediaTypeError'
  | 'InternalError'
  | 'ConfigurationError'
  | 'RoomMalformedError'
  | 'CredentialsRefusedError'
  | 'PlatformRefusedError'
  | 'PlatformResponseError'
  | 'PlatformUnavailableError'
  | 'SecretUnavailableError'
  | 'RoomStoreUnavailableError'
  | 'ResultUnpublishedError'
  | 'PlatformTimeoutError';
