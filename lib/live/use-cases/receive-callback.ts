/**
 * The use case "receive a callback of the platform". Knows no event of Lambda and no environment.
 *
 * Who is connected is recorded first, because that can be repeated. Then the callback is claimed, published
 * and marked as published. A failure before the mark is a 5xx: the platform sends the callback again, and
 * that delivery completes it.
 *
 * Bans and the room's capacity are enforced beside publishing, and for each delivery: an outage of the bus lets no banned person in,
 * and a retry after a failed disconnect is not lost as a duplicate.
 */
import type { CallbackVerifier } from '../../credentials/callback-verifier.ts';
import type { SecretCache } from '../../credentials/secret-cache.ts';
import { Fault } from '../../domain/faults.ts';
import type { PublishResult } from '../../results/event-bridge.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import {
  assertOfProject,
  type Callback,
  parseCallback,
  readTimeMs,
  toLiveEvent,
} from '../domain/callback.ts';
import { assertSigned, readJwt } from '../domain/callback-signature.ts';
import { type CallbackClaims, CLAIM_MS, type Claim } from '../table/callback-claims.ts';
import type { ConnectionStore } from '../table/connection-store.ts';
import type { RecordLastCallback } from '../table/last-callback.ts';
import type { EnforceBan } from './enforce-ban.ts';
import type { EnforceCapacity } from './enforce-capacity.ts';
import type { FindReference } from './find-reference.ts';
import type { FindSessionRoom } from './find-session-room.ts';

export interface CallbackRequest {
  /** The body as it arrived; the signature covers these bytes. */
  readonly body: Uint8Array;
  /** Header `Authorization`; `undefined` if there is none. */
  readonly authorization: string | undefined;
}

/** What became of a callback, for the log. */
export interface CallbackResult {
  readonly outcome: 'published' | 'duplicate' | 'empty';
  readonly event?: Callback['event'];
  readonly sessionId?: string | undefined;
  /** How many connections were disconnected: those of a banned person, or beyond the room's capacity. */
  readonly participantsRemoved?: number;
}

export interface ReceiveCallbackDeps {
  readonly verifier: Pick<SecretCache<CallbackVerifier>, 'get'>;
  readonly findSessionRoom: FindSessionRoom;
  readonly findReference: FindReference;
  readonly connections: Pick<ConnectionStore, 'recordCreated' | 'recordDestroyed' | 'recordEnded'>;
  readonly claims: CallbackClaims;
  readonly publish: PublishResult;
  readonly enforceBan: EnforceBan;
  readonly enforceCapacity: EnforceCapacity;
  readonly recordLastCallback: RecordLastCallback;
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Called for a failure after publishing. A later delivery may then publish the event again. */
  readonly onIncomplete: (error: unknown) => void;
}

/** Throws Faults of the signature, the body and the project, and what its calls throw. */
export type ReceiveCallback = (
  request: CallbackRequest,
  invocation: Invocation,
) => Promise<CallbackResult>;

/** How often a delivery checks whether another one has published the same callback. */
const BUSY_PAUSE_MS = 200;
/** A claim expires after CLAIM_MS, and another delivery may take it over once. */
const MAX_BUSY_MS = 2 * CLAIM_MS;

export function createReceiveCallback(deps: ReceiveCallbackDeps): ReceiveCallback {
  const { verifier, claims, publish, enforceBan, enforceCapacity } = deps;
  const { recordLastCallback, now, onIncomplete } = deps;

  /** Publishes the callback unless it was published before. */
  const publishOnce = async (
    { callback, of, payloadHash }: { callback: Callback; of: RoomOfCallback; payloadHash: string },
    invocation: Invocation,
  ): Promise<'published' | 'duplicate'> => {
    const { remainingMs } = invocation;
    const claim = await waitForClaim(deps, payloadHash, invocation);
    if (!claim) return 'duplicate';
    try {
      await publish(toLiveEvent(callback, of), remainingMs);
    } catch (error) {
      await claims.release(claim, remainingMs).catch(onIncomplete);
      throw error;
    }
    await Promise.all([
      claims.complete(claim, remainingMs).catch(onIncomplete),
      recordLastCallback(now(), remainingMs).catch(onIncomplete),
    ]);
    return 'published';
  };

  const enforce: EnforceBan = async (...given) =>
    // A banned person takes no seat.
    (await enforceBan(...given)) || enforceCapacity(...given);

  return async ({ body, authorization }, invocation) => {
    // The portal checks the URL with an empty request.
    if (body.length === 0 && authorization === undefined) return { outcome: 'empty' };
    const jwt = readJwt(authorization);
    const { project, readClaims } = await verifier.get(invocation.remainingMs);
    const payloadHash = assertSigned(readClaims(jwt), body, invocation.nowSeconds);
    const callback = parseCallback(body);
    assertOfProject(callback, project);

    const { sessionId, event } = callback;
    const [of] = await Promise.all([
      findRoom(deps, sessionId, invocation),
      recordPresence(deps, callback, invocation),
    ]);
    // Both run to their end, whichever fails.
    const [publishing, enforcing] = await Promise.allSettled([
      publishOnce({ callback, of, payloadHash }, invocation),
      enforce(callback, of.room, invocation),
    ]);
    if (publishing.status === 'rejected') throw publishing.reason;
    if (enforcing.status === 'rejected') throw enforcing.reason;
    const participantsRemoved = enforcing.value;
    return { outcome: publishing.value, event, sessionId, participantsRemoved };
  };
}

/** The name and the reference of the session's room; `null` for none. */
interface RoomOfCallback {
  readonly room: string | null;
  readonly reference: string | null;
}

async function findRoom(
  {
    findSessionRoom,
    findReference,
  }: Pick<ReceiveCallbackDeps, 'findSessionRoom' | 'findReference'>,
  sessionId: string | undefined,
  clock: Pick<Invocation, 'nowSeconds' | 'remainingMs'>,
): Promise<RoomOfCallback> {
  const name = sessionId === undefined ? null : await findSessionRoom(sessionId, clock);
  if (sessionId === undefined || name === null) return { room: null, reference: null };
  return { room: name, reference: await findReference({ name, sessionId }, clock.remainingMs) };
}

/** Records what a callback says about who is connected. */
async function recordPresence(
  { connections, now }: Pick<ReceiveCallbackDeps, 'connections' | 'now'>,
  { event, sessionId = '', connection, timestamp, body }: Callback,
  { nowSeconds, remainingMs }: Invocation,
): Promise<void> {
  const timestampMs = readTimeMs(timestamp);
  if (event === 'connectionCreated' && connection) {
    const { id: connectionId, createdAt, identity } = connection;
    const createdAtMs = readTimeMs(createdAt) ?? timestampMs ?? now();
    const reported = { sessionId, connectionId, createdAtMs, nowSeconds };
    const { sub, name } = identity ?? {};
    return connections.recordCreated({ ...reported, sub, name }, remainingMs);
  }
  if (event === 'connectionDestroyed' && connection) {
    const gone = { sessionId, connectionId: connection.id, nowSeconds };
    return connections.recordDestroyed(gone, remainingMs);
  }
  // After a rotation of servers the session goes on under the same id, with the same people.
  const isEnd = event === 'sessionDestroyed' && body['reason'] !== 'serverRotation';
  if (!isEnd || timestampMs === undefined) return undefined;
  return connections.recordEnded({ sessionId, endedAtMs: timestampMs, nowSeconds }, remainingMs);
}

/**
 * Claims the callback, and waits while another invocation publishes it.
 *
 * @returns `undefined` if it is published
 */
async function waitForClaim(
  { claims, now, pause }: Pick<ReceiveCallbackDeps, 'claims' | 'now' | 'pause'>,
  payloadHash: string,
  { requestId, remainingMs }: Invocation,
): Promise<Claim | undefined> {
  const startedMs = now();
  for (;;) {
    const claim = { payloadHash, requestId, nowMs: now() };
    const state = await claims.claim(claim, remainingMs);
    if (state === 'published') return undefined;
    if (state === 'claimed') return claim;
    if (now() - startedMs > MAX_BUSY_MS) throw stillBusy();
    await pause(BUSY_PAUSE_MS);
  }
}

function stillBusy(): Fault {
  return new Fault('ResultPublishError', 'The callback is being published. Send it again.', {
    reason: 'Other invocations are publishing this callback, and none has finished.',
    retryAfterSeconds: 5,
  });
}
