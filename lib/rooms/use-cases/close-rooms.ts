/**
 * The use case "disconnect everyone from the rooms that have closed" (rule `disconnectAtClose`). Knows no event and no
 * environment.
 *
 * It runs once a minute. Each closing is tried in every run for two minutes: a client may have had a token and no
 * connection yet in the first one. A closing that fails is retried for a day. Those that were tried last wait behind
 * the others, so neither failures nor a run that has no time left keep a room from its turn.
 */

import { type Fault, toFault } from '../../domain/faults.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { Room } from '../domain/room.ts';
import type { Closing, ClosingStore } from '../table/closing-store.ts';
import { type FindRoomDeps, findRoom } from './find-room.ts';
import { createPresence, type ParticipantDeps } from './manage-participants.ts';

export interface CloseRoomsDeps extends FindRoomDeps, Pick<ParticipantDeps, 'moderation'> {
  readonly closings: ClosingStore;
  /** Called with the first failures of a run. */
  readonly onFailures: (failures: readonly CloseFailure[]) => void;
}

export interface CloseFailure {
  readonly room: string;
  readonly fault: Fault;
}

/** What a run did, for the log. */
export interface ClosedRooms {
  /** How many rooms were emptied. */
  readonly closed: number;
  /** How many could not be, or were not reached in time. The next run tries them again. */
  readonly notClosed: number;
  /** How many participants were disconnected. */
  readonly removed: number;
}

/** Throws what a call to the table throws if the due rooms cannot be listed. */
export type CloseRooms = (request: object, invocation: Invocation) => Promise<ClosedRooms>;

/** A closing is done with the first run that succeeds this long after it. */
export const REPEATED_SECONDS = 120;
/** Each of them disconnects up to 20 clients at once. */
const ROOMS_AT_ONCE = 10;
/** No room is started with less time left: reading it, listing its clients and marking it takes this long at most. */
const RESERVED_MS = 5_000;
const MAX_REPORTED_FAILURES = 20;

export function createCloseRooms(deps: CloseRoomsDeps): CloseRooms {
  const { closings, onFailures } = deps;

  /** @returns how many participants were disconnected; `undefined` for a closing that is void */
  const empty = async (closing: Closing, invocation: Invocation): Promise<number | undefined> => {
    const { room, credentials } = await findRoom(deps, closing.name, invocation);
    if (!room || !closesAt(room, closing)) return undefined;
    const presence = createPresence(deps, { room, credentials }, invocation);
    const { removed = 0 } = await presence.remove(await presence.list(new Map()));
    return removed;
  };

  const settle = async (closing: Closing, removed: number | undefined, invocation: Invocation) => {
    const { nowSeconds, remainingMs } = invocation;
    const isDone =
      removed === undefined || nowSeconds >= closing.closesAtSeconds + REPEATED_SECONDS;
    return isDone
      ? closings.remove(closing, remainingMs)
      : closings.markTried(closing, nowSeconds, remainingMs);
  };

  return async (_request, invocation) => {
    const { nowSeconds, remainingMs } = invocation;
    const due = sortByTurn(await closings.listDue(nowSeconds, remainingMs));
    const failures: CloseFailure[] = [];
    const close = async (closing: Closing): Promise<number | undefined> => {
      try {
        const removed = await empty(closing, invocation);
        await settle(closing, removed, invocation);
        return removed;
      } catch (error) {
        failures.push({ room: closing.name, fault: toFault(error) });
        await closings.markTried(closing, nowSeconds, remainingMs).catch(() => undefined);
        return undefined;
      }
    };
    let started = 0;
    const results = await mapConcurrently(due, close, {
      limit: ROOMS_AT_ONCE,
      mayStart: () => {
        const mayStart = remainingMs() > RESERVED_MS;
        if (mayStart) started += 1;
        return mayStart;
      },
    });
    if (failures.length > 0) onFailures(failures.slice(0, MAX_REPORTED_FAILURES));
    const emptied = results.filter((removed) => removed !== undefined);
    return {
      closed: emptied.length,
      notClosed: failures.length + due.length - started,
      removed: emptied.reduce((sum, removed) => sum + removed, 0),
    };
  };
}

/** Whether the room still closes at that time, and disconnects everyone then. */
function closesAt({ rules }: Room, { closesAtSeconds }: Closing): boolean {
  return rules?.disconnectAtClose === true && rules.closesAt === closesAtSeconds;
}

/** Rooms that were not tried yet come first, then those that were tried longest ago. */
function sortByTurn(due: readonly Closing[]): readonly Closing[] {
  const turn = ({ triedAtSeconds = 0 }: Closing) => triedAtSeconds;
  return due.toSorted((one, other) => turn(one) - turn(other));
}
