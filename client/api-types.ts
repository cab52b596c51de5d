/** The requests and answers of docs/openapi.json: made by `npm run client:types`, not by hand. */

export type Role = 'subscriber' | 'publisher' | 'moderator' | 'publisheronly';

/** Options of a session. All are optional; unknown ones are rejected. */
export interface SessionRequest {
  /** How streams travel. `relayed`: between clients directly, if their networks allow it. `routed`: through the platform's media router, which recording and end-to-end encryption require. */
  readonly mediaMode?: 'relayed' | 'routed';
  /** When the platform records the session. `manual`: on request. `always`: from the first stream on; requires `mediaMode` `routed`. */
  readonly archiveMode?: 'manual' | 'always';
  /** An IPv4 address near the clients. The platform chooses the server by it. Default: the platform chooses by the first client that connects. */
  readonly location?: string;
  /** Name of the recording. 1 to 80 characters of well-formed Unicode; characters beyond U+FFFF, such as most emoji, count twice. Requires `archiveMode` `always`. Default: none. */
  readonly archiveName?: string;
  /** Width and height of the recording in pixels. Requires `archiveMode` `always`. Default: `640x480`. */
  readonly archiveResolution?:
    | '480x640'
    | '640x480'
    | '720x1280'
    | '1280x720'
    | '1080x1920'
    | '1920x1080';
  /** Whether streams are encrypted end to end. `true` requires `mediaMode` `routed` and `archiveMode` `manual`, because the platform cannot record encrypted media. */
  readonly e2ee?: boolean;
}

/** Options of a token. All are optional; unknown ones are rejected. */
export interface TokenRequest {
  /** What the client may do. `subscriber`: receive streams. `publisheronly`: send streams only. `publisher`: both. `moderator`: also mute and disconnect others. An end user gets at most their own role. Default: `publisher`, or the highest role of the caller if that is lower. */
  readonly role?: Role;
  /** When the token expires. Whole seconds since the UNIX epoch, later than now and at most 2592000 seconds (30 days) from now; for end users 86400 seconds (24 hours). The deployment can lower both with `maxTokenSeconds`. `0` stands for 86400 seconds (24 hours) from now, or the maximum if that is shorter. Milliseconds are rejected. Expiry prevents connecting and does not disconnect anyone. If the platform moves the session to another server, all clients reconnect, and an expired token fails. */
  readonly expireTime?: number;
  /** Connection data, which every client in the session can read. At most 1000 characters of well-formed Unicode; characters beyond U+FFFF, such as most emoji, count twice. For an end user the token carries `{"sub":"<their subject>","data":"<this>"}`, and the limit applies to that text. Default: none; an empty text is omitted. */
  readonly data?: string;
  /** Layout classes of the client's streams in recordings and broadcasts. Each is well-formed Unicode without white space; joined by single spaces they have at most 1000 characters (those beyond U+FFFF count twice). Default: none. */
  readonly initialLayoutClassList?: readonly string[];
  /** Format of the token: `JWT`, or `T1`, OpenTok's older format. With a Vonage application, `T1` returns 400. */
  readonly tokenType?: 'JWT' | 'T1';
}

/** Options of a token, and of the session of a room. All are optional; unknown ones are rejected. */
export interface JoinRequest {
  /** What the client may do. `subscriber`: receive streams. `publisheronly`: send streams only. `publisher`: both. `moderator`: also mute and disconnect others. An end user gets at most their own role. Default: the room's `defaultRole` if the caller may have it, otherwise `publisher`, or the highest role of the caller if that is lower. */
  readonly role?: Role;
  /** When the token expires. Whole seconds since the UNIX epoch, later than now and at most 2592000 seconds (30 days) from now; for end users 86400 seconds (24 hours). The deployment can lower both with `maxTokenSeconds`. `0` stands for 86400 seconds (24 hours) from now, or the maximum if that is shorter. Milliseconds are rejected. Expiry prevents connecting and does not disconnect anyone. If the platform moves the session to another server, all clients reconnect, and an expired token fails. No later than the room's `closesAt`: a default expiry is shortened to it, a later requested expiry returns 400. */
  readonly expireTime?: number;
  /** Connection data, which every client in the session can read. At most 1000 characters of well-formed Unicode; characters beyond U+FFFF, such as most emoji, count twice. For an end user the token carries `{"sub":"<their subject>","data":"<this>"}`, and the limit applies to that text. Default: none; an empty text is omitted. */
  readonly data?: string;
  /** Layout classes of the client's streams in recordings and broadcasts. Each is well-formed Unicode without white space; joined by single spaces they have at most 1000 characters (those beyond U+FFFF count twice). Default: none. */
  readonly initialLayoutClassList?: readonly string[];
  /** Format of the token: `JWT`, or `T1`, OpenTok's older format. With a Vonage application, `T1` returns 400. */
  readonly tokenType?: 'JWT' | 'T1';
  /** Options of the room's session, for callers who create the room by joining it. Of a room that exists, what is given here is compared with what the room has: a difference is a 409. */
  readonly session?: SessionRequest;
  /** The `knock` of the previous response while waiting. Optional for users, who are identified by their account. With it, a user who joins while the room is open leaves the waiting list at once. */
  readonly knock?: string;
}

/** Rules of a room, and options of its session. All are optional; unknown ones are rejected. */
export interface RoomRequest {
  /** When the room opens for callers who are not hosts, in whole seconds since the UNIX epoch. Default: at once. */
  readonly opensAt?: number;
  /** When the room closes: no token is issued from then on, and none is valid longer. In whole seconds since the UNIX epoch, later than now and than `opensAt`. Default: never. */
  readonly closesAt?: number;
  /** Who gets a token: all callers who may join (`open`), callers that a host admits (`knock`), or only hosts (`closed`). */
  readonly admission?: 'open' | 'knock' | 'closed';
  /** The role of a token that is requested without a role, if the caller may have it. Default: `publisher`, or the highest role of the caller if that is lower. */
  readonly defaultRole?: 'subscriber' | 'publisher' | 'moderator' | 'publisheronly';
  /** Your own name for the room. Returned with the room and in its events, and never interpreted. */
  readonly reference?: string;
  /** How many people fit into the room. People who are connected are counted, and people who got a token within the last 60 seconds. Moderators and trusted callers are counted, and always get in. Needs `liveRooms=true`. Default: no limit. */
  readonly maxParticipants?: number;
  /** Whether everyone is disconnected at `closesAt`, hosts included; needs `closesAt`. It happens within a minute of `closesAt`, and again in the two minutes after. Only if the deployment has `liveRooms=true`. Default: false, people who are connected stay. */
  readonly disconnectAtClose?: boolean;
  /** Options of the room's session, for making the room where there is none. Of a room that exists, what is given here is compared with what the room has: a difference is a 409. */
  readonly session?: SessionRequest;
}

/** Options of an invite. All are optional; unknown ones are rejected. */
export interface InviteRequest {
  /** The highest role of its guests, and the role of guests without a requested role. At most the role of the caller; `moderator` only by trusted callers. */
  readonly role?: Role;
  /** Expiry of the invite, and the latest expiry of its guests' tokens. Whole seconds since the UNIX epoch, later than now and at most 31622400 seconds (366 days) from now; `0` is 24 hours from now. */
  readonly expireTime?: number;
  /** When the invite becomes valid. Whole seconds since the UNIX epoch, earlier than `expireTime`. Default: at once. */
  readonly opensAt?: number;
  /** How many guests it is for: 1 to 10000. A returning guest is not counted again. At most as many wait at a time in a room with a waiting room. */
  readonly maxGuests?: number;
  /** Name of the guest, which every participant of the session can read. It must be 1 to 64 characters, at least one of them visible, and none a control, format, bidirectional or invisible character. Joiners, variation selectors and emoji sequences are allowed where writing systems need them. */
  readonly name?: string;
}

/** The secret of an invite or of a guest, and options of a token. Unknown fields are rejected. */
export interface GuestRequest {
  /** The secret of the invite. `invite` or `guest` is required; all secrets must belong to the same invite. */
  readonly invite?: string;
  /** The `guest` of an earlier response, to return as the same guest. */
  readonly guest?: string;
  /** The secret of a guest who has not joined yet: one that the client has made before its first request, or the `knock` of an earlier response. */
  readonly knock?: string;
  /** Name of the guest, which every participant of the session can read; the invite's name takes precedence. It must be 1 to 64 characters, at least one of them visible, and none a control, format, bidirectional or invisible character. Joiners, variation selectors and emoji sequences are allowed where writing systems need them. */
  readonly name?: string;
  /** The role of the token, at most the invite's. Default: the invite's role. After an admission, it is the role that the guest requested when knocking. */
  readonly role?: Role;
  /** Connection data, which every client in the session can read. The token carries `{"sub":"guest:<random>","name":"<the guest's name>","data":"<this>"}`, at most 1000 characters in all. If omitted or empty, there is none. */
  readonly data?: string;
  /** Layout classes of the client's streams in recordings and broadcasts. Each is well-formed Unicode without white space; joined by single spaces they have at most 1000 characters (those beyond U+FFFF count twice). Default: none. */
  readonly initialLayoutClassList?: readonly string[];
}

/** The decision of a host about one person. */
export interface Decision {
  /** `admit` or `deny`. An admission is valid for five minutes and one token. A denial lasts as long as the room, or until a host admits the person. */
  readonly decision: 'admit' | 'deny';
}

/** The decision of a host about a participant. */
export interface ParticipantDecision {
  /** `remove`, `ban`, `allow`. `remove` disconnects the participant, who may join again. `ban` does so too and gives them no more tokens for the room, for as long as it has its session. `allow` lifts a ban. */
  readonly decision: 'remove' | 'ban' | 'allow';
}

/** A session. */
export type Session = {
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** How streams travel: between clients directly, or through the media router. */
  readonly mediaMode: 'relayed' | 'routed';
  /** Whether the platform records the session on request or always. */
  readonly archiveMode: 'manual' | 'always';
  /** The requested location hint; `null` for none. */
  readonly location: string | null;
  /** Whether streams are encrypted end to end. */
  readonly e2ee: boolean;
  /** Name of the recording; `null` for none. Only with `archiveMode` `always`. */
  readonly archiveName?: string | null;
  /** Width and height of the recording in pixels. Only with `archiveMode` `always`. Default: `640x480`. */
  readonly archiveResolution?:
    | '480x640'
    | '640x480'
    | '720x1280'
    | '1280x720'
    | '1080x1920'
    | '1920x1080';
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** A token and what belongs to it. */
export type Token = {
  /** The token, for `session.connect`. Anyone who has it can join until it expires, so keep it out of logs and URLs. */
  readonly token: string;
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** The role of the token. */
  readonly role: Role;
  /** When the token expires, in whole seconds since the UNIX epoch. */
  readonly expireTime: number;
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** A token for a room's session. */
export type JoinedRoom = {
  /** The token, for `session.connect`. Anyone who has it can join until it expires, so keep it out of logs and URLs. */
  readonly token: string;
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** The role of the token. */
  readonly role: Role;
  /** When the token expires, in whole seconds since the UNIX epoch. */
  readonly expireTime: number;
  /** Name of the room: 1 to 128 ASCII letters (case-sensitive), digits, "-", "_", "." and "~", and not "." or "..". */
  readonly room: string;
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** A token for the session of an invite's room. */
export type JoinedGuest = {
  /** The token, for `session.connect`. Anyone who has it can join until it expires, so keep it out of logs and URLs. */
  readonly token: string;
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** The role of the token. */
  readonly role: Role;
  /** When the token expires, in whole seconds since the UNIX epoch. */
  readonly expireTime: number;
  /** Name of the room: 1 to 128 ASCII letters (case-sensitive), digits, "-", "_", "." and "~", and not "." or "..". */
  readonly room: string;
  /** The secret with which the same guest returns, after a reload or for another token, without being counted again. It is the `knock` of the request, if there was one. */
  readonly guest: string;
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** The response to a caller who has to wait. */
export interface Waiting {
  /** A host has not decided yet. */
  readonly status: 'waiting';
  /** Send it along with the next poll. */
  readonly knock: string;
  /** Seconds until the next poll, 3. A caller who does not poll for 30 seconds leaves the list. */
  readonly pollAfterSeconds: number;
}

/** A room and its session. */
export type Room = {
  /** Name of the room: 1 to 128 ASCII letters (case-sensitive), digits, "-", "_", "." and "~", and not "." or "..". */
  readonly name: string;
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** How streams travel: between clients directly, or through the media router. */
  readonly mediaMode: 'relayed' | 'routed';
  /** Whether the platform records the session on request or always. */
  readonly archiveMode: 'manual' | 'always';
  /** The requested location hint; `null` for none. */
  readonly location: string | null;
  /** Whether streams are encrypted end to end. */
  readonly e2ee: boolean;
  /** Name of the recording; `null` for none. Only with `archiveMode` `always`. */
  readonly archiveName?: string | null;
  /** Width and height of the recording in pixels. Only with `archiveMode` `always`. Default: `640x480`. */
  readonly archiveResolution?:
    | '480x640'
    | '640x480'
    | '720x1280'
    | '1280x720'
    | '1080x1920'
    | '1920x1080';
  /** When the room was created, to the second, in UTC. */
  readonly createdAt: string;
  /** From when on others than hosts get tokens; null for from the start. */
  readonly opensAt: number | null;
  /** When the room closes; null for never. */
  readonly closesAt: number | null;
  /** Who gets a token. */
  readonly admission: 'open' | 'knock' | 'closed';
  /** The role of a token that is requested without a role; null for the default. */
  readonly defaultRole: 'subscriber' | 'publisher' | 'moderator' | 'publisheronly' | null;
  /** Your own name for the room; null for none. */
  readonly reference: string | null;
  /** How many people fit into the room; null for no limit. */
  readonly maxParticipants: number | null;
  /** Whether everyone is disconnected at `closesAt`. */
  readonly disconnectAtClose: boolean;
  /** The entity tag, as the header `ETag` has it, for `If-Match`. */
  readonly etag: string;
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** A room that was put. */
export type PutRoom = {
  /** Name of the room: 1 to 128 ASCII letters (case-sensitive), digits, "-", "_", "." and "~", and not "." or "..". */
  readonly name: string;
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** How streams travel: between clients directly, or through the media router. */
  readonly mediaMode: 'relayed' | 'routed';
  /** Whether the platform records the session on request or always. */
  readonly archiveMode: 'manual' | 'always';
  /** The requested location hint; `null` for none. */
  readonly location: string | null;
  /** Whether streams are encrypted end to end. */
  readonly e2ee: boolean;
  /** Name of the recording; `null` for none. Only with `archiveMode` `always`. */
  readonly archiveName?: string | null;
  /** Width and height of the recording in pixels. Only with `archiveMode` `always`. Default: `640x480`. */
  readonly archiveResolution?:
    | '480x640'
    | '640x480'
    | '720x1280'
    | '1280x720'
    | '1080x1920'
    | '1920x1080';
  /** When the room was created, to the second, in UTC. */
  readonly createdAt: string;
  /** From when on others than hosts get tokens; null for from the start. */
  readonly opensAt: number | null;
  /** When the room closes; null for never. */
  readonly closesAt: number | null;
  /** Who gets a token. */
  readonly admission: 'open' | 'knock' | 'closed';
  /** The role of a token that is requested without a role; null for the default. */
  readonly defaultRole: 'subscriber' | 'publisher' | 'moderator' | 'publisheronly' | null;
  /** Your own name for the room; null for none. */
  readonly reference: string | null;
  /** How many people fit into the room; null for no limit. */
  readonly maxParticipants: number | null;
  /** Whether everyone is disconnected at `closesAt`. */
  readonly disconnectAtClose: boolean;
  /** The entity tag, as the header `ETag` has it, for `If-Match`. */
  readonly etag: string;
  /** Whether there was no such room before. */
  readonly created: boolean;
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** A page of rooms. */
export interface RoomList {
  /** The rooms, in the order of their names. */
  readonly rooms: readonly ListedRoom[];
  /** The `after` of the next page; null on the last one. */
  readonly next: string | null;
}

/** A room and its session. */
export type ListedRoom = {
  /** Name of the room. Only a room of the sample routes has a "+" in its name. */
  readonly name: string;
  /** Id of the session, as returned by the platform. */
  readonly sessionId: string;
  /** How streams travel: between clients directly, or through the media router. */
  readonly mediaMode: 'relayed' | 'routed';
  /** Whether the platform records the session on request or always. */
  readonly archiveMode: 'manual' | 'always';
  /** The requested location hint; `null` for none. */
  readonly location: string | null;
  /** Whether streams are encrypted end to end. */
  readonly e2ee: boolean;
  /** Name of the recording; `null` for none. Only with `archiveMode` `always`. */
  readonly archiveName?: string | null;
  /** Width and height of the recording in pixels. Only with `archiveMode` `always`. Default: `640x480`. */
  readonly archiveResolution?:
    | '480x640'
    | '640x480'
    | '720x1280'
    | '1280x720'
    | '1080x1920'
    | '1920x1080';
  /** When the room was created, to the second, in UTC. */
  readonly createdAt: string;
  /** From when on others than hosts get tokens; null for from the start. */
  readonly opensAt: number | null;
  /** When the room closes; null for never. */
  readonly closesAt: number | null;
  /** Who gets a token. */
  readonly admission: 'open' | 'knock' | 'closed';
  /** The role of a token that is requested without a role; null for the default. */
  readonly defaultRole: 'subscriber' | 'publisher' | 'moderator' | 'publisheronly' | null;
  /** Your own name for the room; null for none. */
  readonly reference: string | null;
  /** How many people fit into the room; null for no limit. */
  readonly maxParticipants: number | null;
  /** Whether everyone is disconnected at `closesAt`. */
  readonly disconnectAtClose: boolean;
  /** The entity tag, as the header `ETag` has it, for `If-Match`. */
  readonly etag: string;
} & (
  | { readonly apiKey: string; readonly applicationId?: never }
  | { readonly applicationId: string; readonly apiKey?: never }
);

/** An invite and its secret. */
export interface CreatedInvite {
  /** Id of the invite. */
  readonly inviteId: string;
  /** The highest role that its guests may have. */
  readonly role: Role;
  /** Expiry. Whole seconds since the UNIX epoch. */
  readonly expireTime: number;
  /** When the invite becomes valid; null if it is valid at once. */
  readonly opensAt: number | null;
  /** How many guests it is for. */
  readonly maxGuests: number;
  /** How many guests have taken a place. */
  readonly guests: number;
  /** Name of the guest; null if the guests name themselves. */
  readonly name: string | null;
  /** When the invite was made, to the second, in UTC. */
  readonly createdAt: string;
  /** The secret of the invite, returned only this once. Send it in the fragment of a link (`#`), which browsers send to no server. */
  readonly invite: string;
}

/** The invites to a room, the oldest first. */
export interface InviteList {
  /** The invites to a room, the oldest first. */
  readonly invites: readonly Invite[];
}

/** An invite, without its secret. */
export interface Invite {
  /** Id of the invite. */
  readonly inviteId: string;
  /** The highest role that its guests may have. */
  readonly role: Role;
  /** Expiry. Whole seconds since the UNIX epoch. */
  readonly expireTime: number;
  /** When the invite becomes valid; null if it is valid at once. */
  readonly opensAt: number | null;
  /** How many guests it is for. */
  readonly maxGuests: number;
  /** How many guests have taken a place. */
  readonly guests: number;
  /** Name of the guest; null if the guests name themselves. */
  readonly name: string | null;
  /** When the invite was made, to the second, in UTC. */
  readonly createdAt: string;
}

/** Everyone who waits, in the order of arrival. */
export interface KnockList {
  /** Everyone who waits, in the order of arrival. */
  readonly knocks: readonly Knock[];
}

/** A person in the waiting room. */
export interface Knock {
  /** Id of a person in a room. The same at each knock of that person. */
  readonly knockId: string;
  /** The subject of an end user, or `guest:` and a random text. */
  readonly sub: string;
  /** Name of a guest; null if none is known. It does not change afterwards. */
  readonly name: string | null;
  /** When the person began to wait. Whole seconds since the UNIX epoch. */
  readonly since: number;
}

/** Who is in a room, and who is banned from it. */
export interface ParticipantList {
  /** Everyone who is in the room, in the order of arrival. */
  readonly participants: readonly Participant[];
  /** Everyone who is banned from the room, in the order of their bans. Lift a ban with the decision `allow`. */
  readonly banned: readonly Ban[];
}

/** A person in a room. */
export interface Participant {
  /** Id of a participant. It is the same each time the person returns, and the same value as their `knockId`. A connection of an unknown person has its own id. */
  readonly participantId: string;
  /** The person: an end user's subject, or `guest:` and a random id. null if it is not known. */
  readonly sub: string | null;
  /** Name of a guest. null if it is not known. */
  readonly name: string | null;
  /** When the first of the connections began. Whole seconds since the UNIX epoch. */
  readonly since: number;
  /** The platform's ids of the person's connections. */
  readonly connections: readonly string[];
}

/** A person who is banned from a room. */
export interface Ban {
  /** Id of a participant. It is the same each time the person returns, and the same value as their `knockId`. A connection of an unknown person has its own id. */
  readonly participantId: string;
  /** The person: an end user's subject, or `guest:` and a random id. null if it is not known. */
  readonly sub: string | null;
  /** Name of a guest. null if it is not known. */
  readonly name: string | null;
  /** The invite with which a guest came. While it has places left, they can come as another guest; delete the invite to prevent that. null for a user. */
  readonly inviteId: string | null;
  /** When the person was banned. Whole seconds since the UNIX epoch. */
  readonly since: number;
}

/** One field at fault. */
export interface FieldError {
  /** The field: a JSON Pointer (RFC 6901) as a URI fragment; `#` for the whole body. */
  readonly pointer: string;
  /** What is wrong with it. For people. */
  readonly detail: string;
}

/** The stable names of the problems that the API answers with. */
export type FaultName =
  | 'ValidationError'
  | 'UnauthenticatedError'
  | 'ForbiddenError'
  | 'SessionNotFoundError'
  | 'MethodNotAllowedError'
  | 'PayloadTooLargeError'
  | 'UnsupportedMediaTypeError'
  | 'InternalError'
  | 'ConfigurationError'
  | 'CredentialsRefusedError'
  | 'PlatformRefusedError'
  | 'PlatformInvalidResponseError'
  | 'PlatformUnavailableError'
  | 'SecretUnavailableError'
  | 'ResultPublishError'
  | 'PlatformTimeoutError'
  | 'RoomNotFoundError'
  | 'InviteNotFoundError'
  | 'ParticipantNotFoundError'
  | 'KnockNotFoundError'
  | 'RoomNotOpenError'
  | 'RoomLockedError'
  | 'AdmissionDeniedError'
  | 'ParticipantBannedError'
  | 'ParticipantUnidentifiedError'
  | 'RoomFullError'
  | 'RoomConflictError'
  | 'RoomClosedError'
  | 'PreconditionFailedError'
  | 'TooManyRequestsError'
  | 'InvalidRoomItemError'
  | 'RoomStoreUnavailableError'
  | 'CredentialsChangingError'
  | 'CallbackUnsignedError';
