/** All errors in one table, with the text and the example that the API's document has for each. */
import { FAULTS, Fault, type FaultName, type FaultOptions } from '../../../lib/domain/faults.ts';
import { LIVE_FAULTS, type LiveFaultName, liveFault } from '../../../lib/live/faults.ts';
import { ROOM_FAULTS, type RoomFaultName, roomFault } from '../../../lib/rooms/faults.ts';

export const ALL_FAULTS = { ...FAULTS, ...ROOM_FAULTS, ...LIVE_FAULTS } as const;
/** The name of an error of any function. */
export type AnyFaultName = FaultName | RoomFaultName | LiveFaultName;
export const FAULT_NAMES = Object.keys(ALL_FAULTS) as AnyFaultName[];

/** Creates an error by name, from any table. */
export function makeFault(name: AnyFaultName, detail: string, options: FaultOptions = {}): Fault {
  if (name in LIVE_FAULTS) return liveFault(name as LiveFaultName, detail, options);
  return name in ROOM_FAULTS
    ? roomFault(name as RoomFaultName, detail, options)
    : new Fault(name as FaultName, detail, options);
}

export interface FaultWords {
  /** For callers: what is wrong and what to do. */
  readonly description: string;
  /** An example of the problem document. */
  readonly example: { readonly detail: string } & Pick<
    FaultOptions,
    'errors' | 'members' | 'retryAfterSeconds' | 'allow'
  >;
}

export const faultWords: Readonly<Record<AnyFaultName, FaultWords>> = {
  CallbackUnsignedError: {
    description: 'The callback is not signed. The platform sends it again, signed.',
    example: {
      detail: 'The callback is not signed. Send it again, signed.',
      retryAfterSeconds: 5,
    },
  },
  ValidationError: {
    description:
      'The body is not JSON, or fields of it, or the name or id in the path, are invalid. `errors` lists every invalid field, up to 50. Correct the request before sending it again.',
    example: {
      detail: 'One field is not valid.',
      errors: [
        {
          pointer: '#/role',
          detail: 'must be one of subscriber, publisher, moderator, publisheronly',
        },
      ],
    },
  },
  UnauthenticatedError: {
    description: 'The caller is not authenticated. Sign in, or sign the request, and retry.',
    example: { detail: 'The request carries no authorization.' },
  },
  ForbiddenError: {
    description: 'The caller may not do this. `detail` says what is allowed.',
    example: { detail: 'The requested role is moderator; the highest allowed role is publisher.' },
  },
  SessionNotFoundError: {
    description: 'The session belongs to another project.',
    example: { detail: 'This project has no session of that id.' },
  },
  RoomNotFoundError: {
    description: 'The room does not exist or has expired, and the caller may not create it.',
    example: { detail: 'There is no room of that name.' },
  },
  RoomNotOpenError: {
    description:
      'The room is not open yet. `opensAt` says when it opens. Retry after `Retry-After` seconds.',
    example: {
      detail: 'The room opens at 1764000000; it is 1763999940.',
      members: { opensAt: 1_764_000_000 },
      retryAfterSeconds: 60,
    },
  },
  RoomLockedError: {
    description:
      'The room is locked: only hosts get tokens for it. Ask a host. On a sample route, also: the room has a waiting room, which samples do not support.',
    example: { detail: 'The room is locked; only its hosts may enter.' },
  },
  MethodNotAllowedError: {
    description:
      'The path does not support this method. `Allow` lists the supported ones. Behind API Gateway such a request returns 404 instead.',
    example: { detail: 'Only POST is allowed here.', allow: 'POST' },
  },
  RoomFullError: {
    description:
      'As many people are in the room, or got a token within the last 60 seconds, as its `maxParticipants`. No place of an invite was used up. Retry after `Retry-After` seconds.',
    example: {
      detail: 'The room is full: 10 people fit. Retry later.',
      retryAfterSeconds: 5,
    },
  },
  RoomConflictError: {
    description:
      'The room exists with session options (or, for a message, rules) other than the requested ones. `errors` lists each difference. Request those of the room, or omit them.',
    example: {
      detail: 'The room exists with other session options.',
      errors: [{ pointer: '#/session/mediaMode', detail: 'the room has "relayed"' }],
    },
  },
  RoomClosedError: {
    description: 'The room has closed. No tokens are issued for it.',
    example: { detail: 'The room has closed, at 1764003600.' },
  },
  PreconditionFailedError: {
    description: 'The room does not match `If-Match`: it was changed or removed. Read it again.',
    example: { detail: 'The room has changed since it was read. Read it again.' },
  },
  PayloadTooLargeError: {
    description: 'The body is larger than 32 KiB.',
    example: { detail: 'The body has 40000 bytes; at most 32768 are allowed.' },
  },
  UnsupportedMediaTypeError: {
    description: 'The content type of the body is not JSON.',
    example: { detail: 'The body must be JSON, with content-type application/json.' },
  },
  InternalError: {
    description: 'An unexpected error of the service. Report the `requestId` to its operator.',
    example: { detail: 'The request could not be handled.' },
  },
  ConfigurationError: {
    description: 'The deployment is misconfigured. Report the `requestId` to its operator.',
    example: { detail: 'The service is misconfigured.' },
  },
  InvalidRoomItemError: {
    description:
      "The room's item in the table was not written by this service. Report the `requestId` to its operator.",
    example: { detail: 'The room cannot be read.' },
  },
  CredentialsRefusedError: {
    description:
      "The video platform rejected the project's credentials. The operator must replace the secret.",
    example: { detail: "The video platform rejected this project's credentials." },
  },
  PlatformRefusedError: {
    description:
      'The video platform rejected the request. A retry seldom helps. Report the `requestId` to the operator: the log contains the status.',
    example: { detail: 'The video platform rejected the request.' },
  },
  PlatformInvalidResponseError: {
    description: 'The video platform returned an invalid response. A retry can help.',
    example: { detail: 'The video platform returned an invalid response.' },
  },
  PlatformUnavailableError: {
    description:
      'The video platform is unavailable, also after retries. Retry after `Retry-After` seconds.',
    example: { detail: 'The video platform is unavailable.', retryAfterSeconds: 5 },
  },
  SecretUnavailableError: {
    description:
      "The project's credentials are temporarily unavailable. Retry after `Retry-After` seconds.",
    example: {
      detail: 'The credentials are temporarily unavailable. Retry in a second.',
      retryAfterSeconds: 1,
    },
  },
  RoomStoreUnavailableError: {
    description:
      'The table of rooms is temporarily unavailable, or the room is being changed. Retry after `Retry-After` seconds.',
    example: {
      detail: 'The rooms are temporarily unavailable. Retry in a second.',
      retryAfterSeconds: 1,
    },
  },
  CredentialsChangingError: {
    description:
      'The room belongs to another project than the credentials, and the credentials are being read again. Retry after `Retry-After` seconds.',
    example: {
      detail: "The project's credentials are changing. Retry in a second.",
      retryAfterSeconds: 1,
    },
  },
  ResultPublishError: {
    description:
      'The event could not be published: the result of a message, or a callback. Over HTTP only for callbacks, which the platform sends again.',
    example: { detail: 'The result could not be published.' },
  },
  PlatformTimeoutError: {
    description: 'The video platform did not respond in time. Retry.',
    example: { detail: 'The video platform did not respond in time.' },
  },
  InviteNotFoundError: {
    description:
      'The invite is invalid, expired, revoked or used up; the response does not say which. Ask the host for a new one. To hosts: the room has no invite with this id.',
    example: {
      detail:
        'This invite is invalid, expired, revoked or already used. Ask the host for a new one.',
    },
  },
  KnockNotFoundError: {
    description: 'There is no knock with this id.',
    example: {
      detail: 'There is no knock with this id. List who is waiting, and use an id of the list.',
    },
  },
  AdmissionDeniedError: {
    description: 'A host denied the caller. Polling changes nothing until a host admits them.',
    example: { detail: 'A host has not let you in.' },
  },
  ParticipantNotFoundError: {
    description: 'The room has no participant with this id, and never had a person with it.',
    example: { detail: 'The room has no participant with that id.' },
  },
  ParticipantBannedError: {
    description: 'A host banned the caller from the room. Only another host can lift the ban.',
    example: { detail: 'A host has banned you from this room.' },
  },
  ParticipantUnidentifiedError: {
    description:
      'The person of the connection is not known, so no person can be banned. Remove the participant instead.',
    example: {
      detail: 'The person of this connection is not known, so it can be removed but not banned.',
    },
  },
  TooManyRequestsError: {
    description:
      "Too many requests within a minute, by this guest or, for an unknown guest, from the client's address; or as many guests wait as the invite is for. Retry after `Retry-After` seconds.",
    example: {
      detail: 'Too many requests came from your address. Retry after the time in Retry-After.',
      retryAfterSeconds: 17,
    },
  },
};
