/**
 * The use cases of hosts about the waiting room: list and decide. Knows no event and no environment.
 */
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { type Decision, isKnockId, type KnockView, toKnockView } from '../domain/knock.ts';
import { roomFault } from '../faults.ts';
import type { KnockDecisions } from '../table/knock-store.ts';
import { type FindRoomDeps, requireRoom } from './find-room.ts';

export type KnockAction =
  | { readonly action: 'listKnocks'; readonly room: string }
  | {
      readonly action: 'decideKnock';
      readonly room: string;
      readonly knockId: string;
      readonly decision: Decision;
    }
  | {
      readonly action: 'decideKnocks';
      readonly room: string;
      readonly decision: Decision;
      /** Ids that the host has seen; `undefined` for everyone who waits at this moment. */
      readonly knockIds?: readonly string[] | undefined;
    };

/** Everyone who waits, in the order in which they came. */
export type KnockOverview = { readonly knocks: readonly KnockView[] };

export interface KnockDeps extends FindRoomDeps {
  readonly knocks: KnockDecisions;
}

/** Decides about a crowd in seconds, without flooding the table. */
const DECISIONS_AT_ONCE = 20;

/**
 * A decision about several people applies only to those still waiting, so it never overrides the
 * decision of another host, and never affects a guest who has joined in the meantime.
 * @throws Fault `RoomNotFoundError`, and `KnockNotFoundError` for an unknown id
 */
export async function manageKnocks(
  deps: KnockDeps,
  request: KnockAction,
  invocation: Invocation,
): Promise<KnockOverview | Readonly<Record<string, never>>> {
  const { knocks } = deps;
  const { nowSeconds, remainingMs } = invocation;
  const room = await requireRoom(deps, request.room, invocation);
  switch (request.action) {
    case 'listKnocks': {
      const waiting = await knocks.listWaiting(room, nowSeconds, remainingMs);
      waiting.sort((one, other) => one.sinceMs - other.sinceMs);
      return { knocks: waiting.map(toKnockView) };
    }
    case 'decideKnock': {
      const { knockId, decision } = request;
      const given = { room, knockId, decision, nowSeconds, waiting: undefined };
      if (!isKnockId(knockId) || !(await knocks.decide(given, remainingMs))) {
        throw roomFault(
          'KnockNotFoundError',
          'There is no knock with this id. List who is waiting, and use an id of the list.',
        );
      }
      return {};
    }
    case 'decideKnocks': {
      const { decision, knockIds } = request;
      const seen: readonly { readonly knockId: string; readonly sinceMs?: number }[] = knockIds
        ? [...new Set(knockIds)].filter(isKnockId).map((knockId) => ({ knockId }))
        : await knocks.listWaiting(room, nowSeconds, remainingMs);
      const decide = ({ knockId, sinceMs }: (typeof seen)[number]) => {
        const waiting = sinceMs === undefined ? {} : { sinceMs };
        return knocks.decide({ room, knockId, decision, nowSeconds, waiting }, remainingMs);
      };
      await mapConcurrently(seen, decide, { limit: DECISIONS_AT_ONCE });
      return {};
    }
  }
}
