/** All faults in one table, what the API's document says of each, and an example of it. */
import { FAULTS, Fault, type FaultName, type FaultOptions } from '../../../lib/domain/faults.ts';
import { ROOM_FAULTS, type RoomFaultName, roomFault } from '../../../lib/rooms/faults.ts';

export const ALL_FAULTS = { ...FAULTS, ...ROOM_FAULTS } as const;
/** The name of an error of any function. */
export type AnyFaultName = FaultName | RoomFaultName;
export const FAULT_NAMES = Object.keys(ALL_FAULTS) as AnyFaultName[];

/** The fault of that name, whichever table has it. */
export function makeFault(name: AnyFaultName, detail: string, options: FaultOptions = {}): Fault {
  return name in ROOM_FAULTS
    ? roomFault(name as RoomFaultName, detail, options)
    : new Fault(name as FaultName, detail, options);
}

export interface FaultWords {
  /** What happened and what to do about it, for who calls. */
  readonly description: string;
  /** Of a problem document as a caller might get it. */
  readonly example: { readonly detail: string } & Pick<
    FaultOptions,
    'errors' | 'members' | 'retryAfterSeconds' | 'allow'
  >;
}

export const faultWords: Readonly<Record<AnyFaultName, FaultWords>> = {
  ValidationError: {
    description:
      'The body is not JSON, or some of its fields, or the name or id in the path, are not allowed. `errors` lists every faulty field, up to 50. Repair the request; the same one fails again.',
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
    description:
      'No authorizer vouches for the caller. Sign in, or sign the request, and try again.',
    example: { detail: 'The request carries no authorization.' },
  },
  ForbiddenError: {
    description: 'The caller may not have that. `detail` says what they may have.',
    example: { detail: 'The requested role is moderator; the highest allowed role is publisher.' },
  },
  SessionNotFoundError: {
    description: 'The session belongs to another project.',
    example: { detail: 'This project has no session of that id.' },
  },
  RoomNotFoundError: {
    description:
      'There is no room of that name, or its time is over, and the caller may not create it.',
    example: { detail: 'There is no room of that name.' },
  },
  RoomNotOpenError: {
    description:
      'The room is not open yet; `opensAt` says when it opens. Try again after `Retry-After` seconds.',
    example: {
      detail: 'The room opens at 1764000000; it is 1763999940.',
      members: { opensAt: 1_764_000_000 },
      retryAfterSeconds: 60,
    },
  },
  RoomLockedError: {
    description:
      'The room is locked: only its hosts get tokens for it. Ask one of them. Of a sample route also: it has a waiting room, and a sample cannot wait.',
    example: { detail: 'The room is locked; only its hosts may enter.' },
  },
  MethodNotAllowedError: {
    description:
      'The path takes other methods, which `Allow` names. Behind API Gateway such a request is a 404 instead.',
    example: { detail: 'Only POST is allowed here.', allow: 'POST' },
  },
  RoomConflictError: {
    description:
      'The room exists with other session options, or for a message with other rules, than were asked for; `errors` names each. Ask for those of the room, or for none.',
    example: {
      detail: 'The room exists with other session options.',
      errors: [{ pointer: '#/session/mediaMode', detail: 'the room has "relayed"' }],
    },
  },
  RoomClosedError: {
    description: 'The time of the room is over. Nobody gets a token for it any more.',
    example: { detail: 'The room has closed, at 1764003600.' },
  },
  PreconditionFailedError: {
    description:
      'The room is not the one of `If-Match`: somebody has changed or removed it. Read it again and decide anew.',
    example: { detail: 'The room has changed since it was read. Read it again.' },
  },
  PayloadTooLargeError: {
    description: 'The body has over 32 KiB.',
    example: { detail: 'The body has 40000 bytes; at most 32768 are allowed.' },
  },
  UnsupportedMediaTypeError: {
    description: 'The body is announced as something other than JSON.',
    example: { detail: 'The body must be JSON, with content-type application/json.' },
  },
  InternalError: {
    description: 'A fault of the service itself. Tell its operator the `requestId`.',
    example: { detail: 'The request could not be handled.' },
  },
  ConfigurationError: {
    description: 'The deployment is misconfigured. Tell its operator the `requestId`.',
    example: { detail: 'The service is misconfigured.' },
  },
  InvalidRoomItemError: {
    description:
      "The room's item in the table is not one of this service. Tell its operator the `requestId`.",
    example: { detail: 'The room cannot be read.' },
  },
  CredentialsRefusedError: {
    description:
      "The video platform refused the project's credentials. Tell the operator: the secret must be replaced.",
    example: { detail: "The video platform rejected this project's credentials." },
  },
  PlatformRefusedError: {
    description:
      'The video platform refused the request, and mostly refuses the same one again. Tell the operator the `requestId`: the log has the status.',
    example: { detail: 'The video platform rejected the request.' },
  },
  PlatformInvalidResponseError: {
    description: 'The video platform returned an invalid response. A retry can help.',
    example: { detail: 'The video platform returned an invalid response.' },
  },
  PlatformUnavailableError: {
    description:
      'The video platform is unavailable, after retries. Try again after `Retry-After` seconds.',
    example: { detail: 'The video platform is unavailable.', retryAfterSeconds: 5 },
  },
  SecretUnavailableError: {
    description:
      "The project's credentials are out of reach. Try again after `Retry-After` seconds.",
    example: { detail: 'The credentials are out of reach for the moment.', retryAfterSeconds: 1 },
  },
  RoomStoreUnavailableError: {
    description:
      'The table of rooms is out of reach, or the room is being changed. Try again after `Retry-After` seconds.',
    example: { detail: 'The rooms are out of reach for the moment.', retryAfterSeconds: 1 },
  },
  CredentialsChangingError: {
    description:
      'The room is of another project than the credentials that were read last, and whether they have changed cannot be told yet; or they have changed meanwhile. Try again after `Retry-After` seconds.',
    example: {
      detail: "The project's credentials are changing. Retry in a second.",
      retryAfterSeconds: 1,
    },
  },
  ResultPublishError: {
    description:
      'The result of an asynchronous request could not be published. Over HTTP this never happens.',
    example: { detail: 'The result could not be published.' },
  },
  PlatformTimeoutError: {
    description: 'The video platform did not respond in time. Try again.',
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
    description: 'Nobody knocked under this id.',
    example: {
      detail: 'Nobody knocked under this id. List who is waiting, and use an id of the list.',
    },
  },
  AdmissionDeniedError: {
    description: 'A host denied the caller. Polling changes nothing until a host admits them.',
    example: { detail: 'A host has not let you in.' },
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
