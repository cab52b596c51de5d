/**
 * The errors of rooms, invites and the waiting room. Functions without rooms do not bundle this table.
 * Pure: no I/O.
 */
import { Fault, type FaultKind, type FaultOptions } from '../domain/faults.ts';

export const ROOM_FAULTS = {
  RoomNotFoundError: { status: 404, title: 'No such room' },
  InviteNotFoundError: { status: 404, title: 'No such invite' },
  ParticipantNotFoundError: { status: 404, title: 'No such participant' },
  KnockNotFoundError: { status: 404, title: 'No such knock' },
  RoomNotOpenError: { status: 403, title: 'The room is not open yet' },
  RoomLockedError: { status: 403, title: 'The room is locked' },
  AdmissionDeniedError: { status: 403, title: 'Not admitted' },
  ParticipantBannedError: { status: 403, title: 'Banned from the room' },
  ParticipantUnidentifiedError: { status: 409, title: 'The participant is not identified' },
  RoomFullError: { status: 409, title: 'The room is full' },
  RoomConflictError: { status: 409, title: 'The room exists with other options' },
  RoomClosedError: { status: 410, title: 'The room has closed' },
  PreconditionFailedError: { status: 412, title: 'The room has changed' },
  TooManyRequestsError: { status: 429, title: 'Too many requests' },
  InvalidRoomItemError: { status: 500, title: 'The room cannot be read' },
  RoomStoreUnavailableError: { status: 503, title: 'The rooms are unavailable' },
  CredentialsChangingError: { status: 503, title: 'Which project serves the room is unsettled' },
} as const satisfies Record<string, FaultKind>;

export type RoomFaultName = keyof typeof ROOM_FAULTS;

export function roomFault(name: RoomFaultName, detail: string, options: FaultOptions = {}): Fault {
  return new Fault(name, detail, options, ROOM_FAULTS[name]);
}
