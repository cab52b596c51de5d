/**
 * The use case "request admission" to a room with a waiting room. Knows no event and no environment.
 *
 * The token is issued when the person polls, not when the host decides, so every rule is checked then.
 */
import type { Role } from '../../domain/token-request.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import type { Invite } from '../domain/invite.ts';
import {
  GONE_AFTER_SECONDS,
  isUnnamed,
  judgeKnock,
  type Knock,
  toKnockId,
} from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { roomFault } from '../faults.ts';
import type { GuestKnocks, KnockStore } from '../table/knock-store.ts';

export interface AdmissionRequest {
  readonly room: Room;
  readonly subject: string;
  readonly name: string | undefined;
  /** `undefined` for a user; a user's knock is read here. */
  readonly guest?: {
    readonly invite: Invite;
    readonly role: Role;
    /** The guest's knock as it was read; `undefined` if there is none. */
    readonly knock: Knock | undefined;
  };
}

/** The decision of a host that one person may join, once. */
export interface Admission {
  /** What the host saw when deciding. */
  readonly knock: Knock;
  /**
   * Uses up the admission.
   * @param placeUntilSeconds gives a guest their place in the same write
   * @returns false if it was used up or revoked in the meantime
   */
  readonly consume: (placeUntilSeconds?: number) => Promise<boolean>;
}

/**
 * @returns `undefined` if the person has to wait
 * @throws Fault `AdmissionDeniedError`, and `TooManyRequestsError` if the line of the invite is full
 */
export type RequestAdmission = (
  request: AdmissionRequest,
  invocation: Pick<Invocation, 'requestId' | 'nowSeconds' | 'remainingMs'>,
) => Promise<Admission | undefined>;

export interface RequestAdmissionDeps {
  readonly knocks: KnockStore;
  /** Slots of the lines of invites; not needed where no guest joins. */
  readonly takeSlot?: GuestKnocks['takeSlot'];
  /** Clock in milliseconds, to order people who knock in the same second. */
  readonly now: () => number;
}

/** One person polls from one place, and one host decides, so races are rare. */
const MAX_RACES = 3;

export function createRequestAdmission({
  knocks,
  takeSlot,
  now,
}: RequestAdmissionDeps): RequestAdmission {
  return async (request, invocation) => {
    const { room, subject, guest } = request;
    const { requestId, nowSeconds, remainingMs } = invocation;
    const key = { room: room.name, knockId: toKnockId(subject) };
    let knock = guest ? guest.knock : await knocks.get(key, remainingMs);
    for (let race = 0; race < MAX_RACES; race += 1) {
      const judged = judgeKnock(knock, room.sessionId, nowSeconds);
      if (judged === 'waiting') return undefined;
      if (judged === 'admitted' && knock) {
        const admitted = knock;
        return {
          knock: admitted,
          consume: (placeUntilSeconds) =>
            knocks.consume(admitted, { requestId, nowSeconds, placeUntilSeconds }, remainingMs),
        };
      }
      const slot = guest && (await takeSlotFor(guest.invite));
      const waiting =
        judged === 'seen' && knock
          ? { ...knock, seenAtSeconds: nowSeconds }
          : toNewKnock(request, knock, { sinceMs: now(), seenAtSeconds: nowSeconds });
      const placed = waiting.guest ? { ...waiting, guest: { ...waiting.guest, slot } } : waiting;
      if (await knocks.wait(placed, knock, remainingMs)) return undefined;
      knock = await knocks.get(key, remainingMs);
    }
    throw roomFault('RoomStoreUnavailableError', 'The waiting room is busy. Retry in a second.', {
      retryAfterSeconds: 1,
    });

    async function takeSlotFor(invite: Invite): Promise<number> {
      const of = { knockId: key.knockId, slot: knock?.guest?.slot, nowSeconds };
      const slot = await takeSlot?.(invite, of, remainingMs);
      if (slot !== undefined) return slot;
      throw roomFault(
        'TooManyRequestsError',
        `This invite is for ${invite.maxGuests}, and as many are waiting. Retry later.`,
        { retryAfterSeconds: GONE_AFTER_SECONDS },
      );
    }
  };
}

/** A person keeps the name of their first knock, so that a host who decides by it decides about it. */
function toNewKnock(
  { room, subject, name, guest }: AdmissionRequest,
  knock: Knock | undefined,
  times: Pick<Knock, 'sinceMs' | 'seenAtSeconds'>,
): Knock {
  const { sessionId } = room;
  const known = knock?.sessionId === sessionId ? knock : undefined;
  const isNamed = known !== undefined && !isUnnamed(known);
  return {
    ...{ room: room.name, knockId: toKnockId(subject), sessionId, subject },
    name: isNamed ? known.name : name,
    ...times,
    state: 'waiting',
    decidedAtSeconds: 0,
    ...(guest && {
      guest: {
        inviteId: guest.invite.inviteId,
        role: guest.role,
        placeUntilSeconds: known?.guest?.placeUntilSeconds,
      },
    }),
  };
}
