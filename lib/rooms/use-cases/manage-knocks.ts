/**
 * What hosts do about those who wait at a room's door: see them, and decide. Knows no event and no
 * environment.
 */

import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import {
  type Decision,
  GONE_AFTER_SECONDS,
  isKnockId,
  type Knock,
  type KnockView,
  toKnockView,
} from '../domain/knock.ts';
import { roomFault } from '../faults.ts';
import type { KnockList } from '../table/knock-list.ts';
import { type FindRoomDeps, requireRoom } from './find-room.ts';

export type KnockAction =
  | { readonly action: 'listKnocks'; readonly room: string }
  | {
      readonly action: 'decideKnock';
      readonly room: string;
      readonly knockId: string;
      readonly decision: Decision;
    }
  | { readonly action: 'decideKnocks'; readonly room: string; readonly decision: Decision };

/** Those who wait, who came first before who came last. */
export type KnockOverview = { readonly knocks: readonly KnockView[] };

export interface KnockDeps extends FindRoomDeps {
  readonly knocks: KnockList;
}

/** A crowd is decided about in seconds, and the table is not flooded. */
const DECISIONS_AT_ONCE = 20;

/** @throws Fault `RoomNotFoundError`, and `KnockNotFoundError` for an id that nobody has */
export async function manageKnocks(
  deps: KnockDeps,
  request: KnockAction,
  invocation: Invocation,
): Promise<KnockOverview | Readonly<Record<string, never>>> {
  const { knocks } = deps;
  const { nowSeconds, remainingMs } = invocation;
  const room = await requireRoom(deps, request.room, invocation);
  if (request.action === 'decideKnock') {
    const { knockId, decision } = request;
    const given = { room, knockId, decision, nowSeconds, onlyWaiting: false };
    if (!isKnockId(knockId) || !(await knocks.decide(given, remainingMs))) {
      throw roomFault('KnockNotFoundError', 'Nobody has knocked under that id.');
    }
    return {};
  }
  const seenSince = nowSeconds - GONE_AFTER_SECONDS;
  const waiting = await knocks.listWaiting(room, seenSince, remainingMs);
  if (request.action === 'listKnocks') {
    waiting.sort((one, other) => one.sinceMs - other.sinceMs);
    return { knocks: waiting.map(toKnockView) };
  }
  const { decision } = request;
  const decide = ({ knockId }: Knock) =>
    knocks.decide({ room, knockId, decision, nowSeconds, onlyWaiting: true }, remainingMs);
  await mapConcurrently(waiting, decide, { limit: DECISIONS_AT_ONCE });
  return {};
}
