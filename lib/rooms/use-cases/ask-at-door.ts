/**
 * The use case "ask at the door" of a room whose hosts let people in one by one. Knows no event and no
 * environment.
 *
 * The token is made when somebody asks, not when the host decides, so every rule is looked at then.
 */

import type { Invocation } from '../../use-cases/invocation.ts';
import { judgeKnock, type Knock, toKnockId } from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import type { KnockDoor } from '../table/knock-door.ts';

export interface AtDoor {
  readonly room: Room;
  /** Who they are, in the words of whoever vouches for them. */
  readonly subject: string;
  readonly name: string | undefined;
}

/** A host's word that one person may come in, once. */
export interface Admission {
  /** @returns false when it was used meanwhile, or taken back; then they have to wait */
  readonly use: () => Promise<boolean>;
}

/**
 * @returns `undefined` for who has to wait
 * @throws Fault `AdmissionDeniedError`
 */
export type AskAtDoor = (
  who: AtDoor,
  invocation: Pick<Invocation, 'requestId' | 'nowSeconds' | 'remainingMs'>,
) => Promise<Admission | undefined>;

/** One person asks from one place at a time, and one host decides. */
const MAX_RACES = 3;

/** @param now the clock in milliseconds, for an order among those of one second */
export function askAtDoorWith(door: KnockDoor, now: () => number): AskAtDoor {
  return async ({ room, subject, name }, { requestId, nowSeconds, remainingMs }) => {
    const key = { room: room.name, knockId: toKnockId(subject) };
    for (let race = 0; race < MAX_RACES; race += 1) {
      const knock = await door.get(key, remainingMs);
      const judged = judgeKnock(knock, room.sessionId, nowSeconds);
      if (judged === 'waiting') return undefined;
      if (judged === 'new') {
        const times = { sinceMs: now(), seenAtSeconds: nowSeconds };
        const fresh = toKnock({ room, subject, name }, times);
        if (await door.put(fresh, knock, remainingMs)) return undefined;
      } else if (judged === 'seen') {
        if (await door.see(knock as Knock, nowSeconds, remainingMs)) return undefined;
      } else {
        const by = { requestId, nowSeconds };
        return { use: () => door.use(knock as Knock, by, remainingMs) };
      }
    }
    throw roomFault('RoomStoreUnavailableError', 'The door is being looked at; try again.', {
      retryAfterSeconds: 1,
    });
  };
}

function toKnock(
  { room, subject, name }: AtDoor,
  times: Pick<Knock, 'sinceMs' | 'seenAtSeconds'>,
): Knock {
  return {
    room: room.name,
    knockId: toKnockId(subject),
    sessionId: room.sessionId,
    ...{ subject, name },
    ...times,
    state: 'waiting',
    decidedAtSeconds: 0,
  };
}
