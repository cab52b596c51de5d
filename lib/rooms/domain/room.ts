/**
 * Rooms: a name, and the session that everyone who joins it shares. Pure: no I/O.
 */
import { Fault, type FieldError, validationError } from '../../domain/faults.ts';
import type { Project } from '../../domain/project.ts';
import { DEFAULT_ARCHIVE_RESOLUTION, type Session, toSession } from '../../domain/session.ts';
import { parseSessionRequest, type SessionOptions } from '../../domain/session-request.ts';
import { roomFault } from '../faults.ts';
import type { RoomRules } from './room-rules.ts';

export interface Room {
  readonly name: string;
  readonly sessionId: string;
  /** API key or application id of the project that the session belongs to. */
  readonly projectId: string;
  readonly options: SessionOptions;
  /** In whole seconds since the UNIX epoch. */
  readonly createdAtSeconds: number;
  /** The room counts as gone from this second on; `undefined` for never. */
  readonly expiresAtSeconds: number | undefined;
  /** As a host last put them; `undefined` if no host has put the room. */
  readonly rules: RoomRules | undefined;
  /** Identifies session and rules; present if there are rules. */
  readonly revision: string | undefined;
  /** Whether a person has been banned from the room, so that every join reads the bans. Default false. */
  readonly hasBans?: boolean;
  /** Identifies the count of seats, which begins again when a room gets `maxParticipants`. */
  readonly seatCountId?: string | undefined;
}

/** Clients and proxies take `.` and `..` out of paths (RFC 3986 section 5.2.4), so no room is called so. */
export const ROOM_NAME = /^(?!\.{1,2}$)[\w.~-]{1,128}$/;
export const ROOM_NAME_RULE =
  'must be 1 to 128 ASCII letters (case-sensitive), digits, "-", "_", "." and "~", and not "." or ".."';

export function isRoomName(value: unknown): value is string {
  return typeof value === 'string' && ROOM_NAME.test(value);
}

/**
 * A room's name from a path.
 * @throws Fault `ValidationError`
 */
export function readRoomName(name: unknown): string {
  if (isRoomName(name)) return name;
  throw new Fault('ValidationError', `The room's name ${ROOM_NAME_RULE}.`);
}

/** The vendor's apps join the words of a room's name with `+`, so names on the sample routes may contain it. */
export const SAMPLE_ROOM_NAME = /^(?!\.{1,2}$)[\w.~+-]{1,128}$/;
export const SAMPLE_ROOM_NAME_RULE = ROOM_NAME_RULE.replace('"-"', '"+", "-"');

/** Whether a room can have this name, by whichever route it was created. */
export function isStoredRoomName(value: unknown): value is string {
  return typeof value === 'string' && SAMPLE_ROOM_NAME.test(value);
}

/**
 * Reads a room's name from the path of a sample route.
 * @throws Fault `ValidationError`
 */
export function readSampleRoomName(name: unknown): string {
  if (isStoredRoomName(name)) return name;
  throw new Fault('ValidationError', `The room's name ${SAMPLE_ROOM_NAME_RULE}.`);
}

/** @throws Fault `ValidationError` */
export function parseRoomField(room: unknown): string {
  if (isRoomName(room)) return room;
  throw validationError([{ pointer: '#/room', detail: ROOM_NAME_RULE }]);
}

/** A room in the responses to callers. */
export type RoomView = Readonly<{ name: string; createdAt: string }> & Session;

export function toRoomView(room: Room, project: Project): RoomView {
  return {
    name: room.name,
    ...toSession(room.sessionId, room.options, project),
    createdAt: new Date(room.createdAtSeconds * 1000).toISOString(),
  };
}

/** Returns whether a room can be joined: it has not expired, and its session is of this project. */
export function isJoinable(room: Room, projectId: string, nowSeconds: number): boolean {
  return !isExpired(room, nowSeconds) && room.projectId === projectId;
}

/** DynamoDB removes an expired item within days, not at once. */
export function isExpired({ expiresAtSeconds }: Room, nowSeconds: number): boolean {
  return expiresAtSeconds !== undefined && expiresAtSeconds <= nowSeconds;
}

/** The options in a request. Omitted options match any value. */
export type RequestedOptions = Partial<SessionOptions>;

/** The options of a room that was requested without any. */
export const DEFAULT_OPTIONS: SessionOptions = parseSessionRequest(undefined);

/** @throws Fault `RoomConflictError` that lists each requested option that differs */
export function assertSameOptions(room: Room, requested: RequestedOptions): void {
  const errors = findDifferences(room.options, requested);
  if (errors.length === 0) return;
  throw roomFault('RoomConflictError', 'The room exists with other session options.', { errors });
}

export function hasOptions(
  { options }: Pick<Room, 'options'>,
  requested: RequestedOptions,
): boolean {
  return findDifferences(options, requested).length === 0;
}

function findDifferences(
  options: SessionOptions,
  requested: RequestedOptions,
): readonly FieldError[] {
  const names = Object.keys(requested) as (keyof SessionOptions)[];
  return names.flatMap((name) => {
    const actual = readOption(options, name);
    if (actual === requested[name]) return [];
    const detail = `the room has ${actual === undefined ? 'none' : JSON.stringify(actual)}`;
    return [{ pointer: `#/session/${name}`, detail }];
  });
}

function readOption(options: SessionOptions, name: keyof SessionOptions): unknown {
  const isDefaultResolution = name === 'archiveResolution' && options.archiveMode === 'always';
  return options[name] ?? (isDefaultResolution ? DEFAULT_ARCHIVE_RESOLUTION : undefined);
}
