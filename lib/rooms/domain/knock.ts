/**
 * The waiting room: who knocked, what a host decided, and what follows. A person is identified by their
 * subject, so knocking again does not undo a denial. Pure: the clock is an argument.
 */
import { toPersonId } from '../../domain/identity.ts';
import type { Role } from '../../domain/token-request.ts';
import { roomFault } from '../faults.ts';

/** How often a waiting caller should poll. */
export const POLL_AFTER_SECONDS = 3;
/** A waiting caller who has not polled for this long is gone. */
export const GONE_AFTER_SECONDS = 30;
/** How often a poll is written to the table: at most six times a minute. */
export const SEEN_EVERY_SECONDS = 10;
/** How long an admission can be used. */
export const ADMISSION_SECONDS = 5 * 60;

const KNOCK_ID = /^[\w-]{22}$/;

/** One person at one room: a user who knocked, or a guest who knocked or has a place of an invite. */
export interface Knock {
  readonly room: string;
  readonly knockId: string;
  /** Session of the room. The knock is void for a later room of the same name. */
  readonly sessionId: string;
  readonly subject: string;
  /** Shown to hosts and in the token. It never changes, so a decision about a name stays about it. */
  readonly name: string | undefined;
  /** When the person began to wait, in milliseconds since the UNIX epoch, so that two in one second have an order. */
  readonly sinceMs: number;
  /** Last poll that was written. Whole seconds since the UNIX epoch, like all times below. */
  readonly seenAtSeconds: number;
  /** `joining`: the admission is in use. `joined`: it is used up, or the person joined without one. */
  readonly state: 'waiting' | 'admitted' | 'joining' | 'joined' | 'denied';
  /** When the host decided; 0 before. */
  readonly decidedAtSeconds: number;
  /** `undefined` for a user. */
  readonly guest?: GuestOfInvite | undefined;
}

export interface GuestOfInvite {
  readonly inviteId: string;
  /** The role that the guest asked for when knocking. */
  readonly role: Role;
  /** Until when the guest's place is valid; `undefined` without a place. */
  readonly placeUntilSeconds?: number | undefined;
  /** The guest's slot in the line of the invite, while waiting. */
  readonly slot?: number | undefined;
}

/** What a host can decide. */
export const DECISIONS = ['admit', 'deny'] as const;
export type Decision = (typeof DECISIONS)[number];

/** A waiting person as hosts see them. */
export type KnockView = Readonly<{
  knockId: string;
  sub: string;
  name: string | null;
  /** Whole seconds since the UNIX epoch. */
  since: number;
}>;

/** The response to a caller who has to wait. */
export type WaitingResponse = Readonly<{
  status: 'waiting';
  /** To be sent along with the next poll. */
  knock: string;
  pollAfterSeconds: number;
}>;

export function toWaitingResponse(knock: string): WaitingResponse {
  return { status: 'waiting', knock, pollAfterSeconds: POLL_AFTER_SECONDS };
}

export function isKnockId(value: unknown): value is string {
  return typeof value === 'string' && KNOCK_ID.test(value);
}

/** Returns the id of a person: one per subject. */
export function toKnockId(subject: string): string {
  return toPersonId(subject);
}

export function toKnockView({ knockId, subject, name, sinceMs }: Knock): KnockView {
  return { knockId, sub: subject, name: name ?? null, since: Math.floor(sinceMs / 1000) };
}

/**
 * Returns whether the item of a guest was written by another guest's request, because the container crashed
 * between counting the guest and writing the item. It has a place, but no name and no times.
 */
export function isUnnamed({ sinceMs, state }: Knock): boolean {
  return sinceMs === 0 && state === 'joined';
}

export function isWaiting(knock: Knock, nowSeconds: number): boolean {
  return knock.state === 'waiting' && nowSeconds - knock.seenAtSeconds <= GONE_AFTER_SECONDS;
}

/**
 * Returns what a poll leads to: `new` begins to wait, `seen` keeps waiting and is written, `waiting`
 * keeps waiting, `admitted` may join.
 * @param knock `undefined` if the person has none
 * @param sessionId session of the room as it is now
 * @throws Fault `AdmissionDeniedError`
 */
export function judgeKnock(
  knock: Knock | undefined,
  sessionId: string,
  nowSeconds: number,
): 'new' | 'seen' | 'waiting' | 'admitted' {
  if (!knock || knock.sessionId !== sessionId) return 'new';
  switch (knock.state) {
    case 'denied':
      throw roomFault('AdmissionDeniedError', 'A host has not let you in.');
    case 'admitted':
    case 'joining':
      return nowSeconds - knock.decidedAtSeconds < ADMISSION_SECONDS ? 'admitted' : 'new';
    case 'joined':
      return 'new';
    case 'waiting':
      if (!isWaiting(knock, nowSeconds)) return 'new';
      return nowSeconds - knock.seenAtSeconds >= SEEN_EVERY_SECONDS ? 'seen' : 'waiting';
  }
}
