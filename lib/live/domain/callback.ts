/**
 * Callbacks of the platform ("session monitoring" and all others), and the events made from them. Pure: no
 * I/O.
 * Source: docs/live.md has the body of each callback.
 */
import { Fault, validationError } from '../../domain/faults.ts';
import {
  type Identity,
  readIdentity,
  toPersonId,
  toUnknownPersonId,
} from '../../domain/identity.ts';
import type { Project } from '../../domain/project.ts';
import { readProjectId, SESSION_ID_MAX_LENGTH } from '../../domain/session-id.ts';

/** EventBridge `detail-type` by the callback's `event`. */
export const LIVE_DETAIL_TYPES = {
  sessionCreated: 'OpenTok Live Session Started',
  sessionDestroyed: 'OpenTok Live Session Ended',
  sessionNotification: 'OpenTok Live Session Notification',
  connectionCreated: 'OpenTok Connection Created',
  connectionDestroyed: 'OpenTok Connection Destroyed',
  streamCreated: 'OpenTok Stream Created',
  streamDestroyed: 'OpenTok Stream Destroyed',
} as const;

/** EventBridge `detail-type` of every other callback. */
export const OTHER_DETAIL_TYPE = 'OpenTok Callback Received';

export type CallbackEvent = keyof typeof LIVE_DETAIL_TYPES;

/** A connection as a callback describes it. */
export interface CallbackConnection {
  readonly id: string;
  /** As sent; milliseconds since the UNIX epoch. */
  readonly createdAt: unknown;
  /** The connection data as sent; empty if there is none. */
  readonly data: string;
  /** Who the connection belongs to; `undefined` if the data is not in our form. */
  readonly identity: Identity | undefined;
}

export interface Callback {
  /** `other` for every event that is not about a live session. */
  readonly event: CallbackEvent | 'other';
  readonly sessionId: string | undefined;
  /** The project as the body names it. Archives send a number. */
  readonly projectId: string | undefined;
  /** As sent; milliseconds since the UNIX epoch. */
  readonly timestamp: unknown;
  /** The connection, or of a stream its publisher's. */
  readonly connection: CallbackConnection | undefined;
  readonly body: Fields;
}

type Fields = Readonly<Record<string, unknown>>;

/** The platform's ids of connections are UUIDs. */
const CONNECTION_ID_MAX_LENGTH = 255;
/** EventBridge accepts JSON of 1000 levels; the event around the body has some too. */
const MAX_DEPTH = 900;

/** @throws Fault `ValidationError` if the body is not a callback */
export function parseCallback(bytes: Uint8Array): Callback {
  const body = parseBody(bytes);
  const { event, sessionId, projectId } = body;
  const callback = {
    event: isLiveEvent(event) ? event : ('other' as const),
    sessionId: readSessionId(sessionId),
    projectId: readProject(projectId),
    timestamp: body['timestamp'],
    body,
  };
  if (callback.sessionId === undefined && (callback.event !== 'other' || !callback.projectId)) {
    throw invalid('#/sessionId', 'is missing');
  }
  return { ...callback, connection: readConnectionOf(callback.event, body) };
}

function parseBody(bytes: Uint8Array): Fields {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // The parser's message quotes the body.
    throw new Fault('ValidationError', 'The callback is not valid JSON in UTF-8.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('#', 'must be a JSON object');
  }
  if (isDeeperThan(MAX_DEPTH, body)) throw invalid('#', `must have at most ${MAX_DEPTH} levels`);
  return body as Fields;
}

function isLiveEvent(event: unknown): event is CallbackEvent {
  return typeof event === 'string' && Object.hasOwn(LIVE_DETAIL_TYPES, event);
}

function readSessionId(sessionId: unknown): string | undefined {
  if (!isGiven(sessionId)) return undefined;
  if (typeof sessionId === 'string' && sessionId.length <= SESSION_ID_MAX_LENGTH) return sessionId;
  throw invalid('#/sessionId', `must be at most ${SESSION_ID_MAX_LENGTH} characters`);
}

function readProject(projectId: unknown): string | undefined {
  if (!isGiven(projectId)) return undefined;
  if (typeof projectId === 'string' || typeof projectId === 'number') return String(projectId);
  throw invalid('#/projectId', 'must be a string or a number');
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function readConnectionOf(
  event: Callback['event'],
  { connection, stream }: Fields,
): CallbackConnection | undefined {
  switch (event) {
    case 'connectionCreated':
    case 'connectionDestroyed':
      return readConnection(connection, '#/connection');
    case 'streamCreated':
    case 'streamDestroyed':
      return readConnection(toFields(stream)['connection'], '#/stream/connection');
    case 'sessionCreated':
    case 'sessionDestroyed':
    case 'sessionNotification':
    case 'other':
      return undefined;
  }
}

/** Reads a connection, of which older bodies of streams have only the id. */
function readConnection(value: unknown, pointer: string): CallbackConnection {
  const { id, createdAt, data } = typeof value === 'string' ? { id: value } : toFields(value);
  if (typeof id !== 'string' || id === '' || id.length > CONNECTION_ID_MAX_LENGTH) {
    const detail = `must be 1 to ${CONNECTION_ID_MAX_LENGTH} characters`;
    throw invalid(typeof value === 'string' ? pointer : `${pointer}/id`, detail);
  }
  const text = typeof data === 'string' ? data : '';
  return { id, createdAt, data: text, identity: readIdentity(text) };
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function isDeeperThan(levels: number, root: object): boolean {
  let level: object[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= levels) return true;
    level = level
      .flatMap((value) => Object.values(value) as unknown[])
      .filter((value) => typeof value === 'object' && value !== null) as object[];
  }
  return false;
}

function invalid(pointer: string, detail: string): Fault {
  return validationError([{ pointer, detail }]);
}

/**
 * Checks that a callback is about this project. The body's `projectId` counts, and so does the project
 * that the session id names: the same secret may sign the callbacks of several projects.
 *
 * @throws Fault `ForbiddenError`
 */
export function assertOfProject({ projectId, sessionId }: Callback, project: Project): void {
  const ofSession = sessionId === undefined ? undefined : readProjectId(sessionId);
  const named = [projectId, ofSession].filter((id) => id !== undefined);
  if (named.length > 0 && named.every((id) => id.toLowerCase() === project.id)) return;
  throw new Fault('ForbiddenError', 'The callback is about another project.', {
    reason: `The callback names ${named.length > 0 ? 'another project' : 'no project'}, not ${project.id}.`,
  });
}

/** Returns the id of a participant: the same value as the `knockId` of a known person. */
export function toParticipantId({ id, identity }: CallbackConnection): string {
  return identity ? toPersonId(identity.sub) : toUnknownPersonId(id);
}

/** An event for the bus: EventBridge `detail-type` and `detail`. */
export interface LiveEvent {
  readonly type: string;
  readonly detail: Fields;
}

/**
 * @param of.room the name of the room that the session belongs to; `null` for none
 * @param of.reference the reference of the room; `null` for none
 */
export function toLiveEvent(
  callback: Callback,
  { room, reference }: { readonly room: string | null; readonly reference: string | null },
): LiveEvent {
  const { event, sessionId = null, timestamp, connection, body } = callback;
  const common = { sessionId, room, reference, ...(timestamp !== undefined && { timestamp }) };
  if (event === 'other') return { type: OTHER_DETAIL_TYPE, detail: { ...common, body } };
  const { stream, reason } = body;
  return {
    type: LIVE_DETAIL_TYPES[event],
    detail: {
      ...common,
      ...(connection && {
        participantId: toParticipantId(connection),
        connection: toConnectionDetail(connection),
      }),
      ...(stream !== undefined && { stream }),
      ...(reason !== undefined && { reason }),
    },
  };
}

function toConnectionDetail({ id, createdAt, data, identity }: CallbackConnection): Fields {
  const { sub = null, name = null } = identity ?? {};
  const own = identity ? (identity.data ?? null) : data;
  return { id, createdAt: createdAt ?? null, sub, name, data: own };
}

/** Returns a time in milliseconds since the UNIX epoch, or `undefined` for anything else. */
export function readTimeMs(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
