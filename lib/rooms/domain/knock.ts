/**
 * The waiting room: who has knocked, what a host has said, and what follows from it. A person is known
 * by their subject, so that a denial is not undone by knocking again. Pure: the clock is an argument.
 */
import { hash } from 'node:crypto';
import { roomFault } from '../faults.ts';

/** How often somebody who waits is to ask again. */
export const POLL_AFTER_SECONDS = 3;
/** Who has not asked for so long has left. */
export const GONE_AFTER_SECONDS = 30;
/** That somebody still waits is written down once in so long: six times a minute at most. */
export const SEEN_EVERY_SECONDS = 10;
/** How long an admission can be used. */
export const ADMISSION_SECONDS = 5 * 60;

const KNOCK_ID = /^[\w-]{22}$/;

export interface Knock {
  readonly room: string;
  readonly knockId: string;
  /** Of the room that was knocked at: at another one of the same name it is nothing. */
  readonly sessionId: string;
  readonly subject: string;
  readonly name: string | undefined;
  /** Since when they wait, in milliseconds since the UNIX epoch, so that several of one second have an order. */
  readonly sinceMs: number;
  /** Whole seconds since the UNIX epoch, as all other times. */
  readonly seenAtSeconds: number;
  readonly state: 'waiting' | 'admitted' | 'denied' | 'used';
  /** When the host said so, for who is admitted or denied. */
  readonly decidedAtSeconds: number;
}

/** What a host can say. */
export const DECISIONS = ['admit', 'deny'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Somebody who waits, as hosts get to see them. */
export type KnockView = Readonly<{
  knockId: string;
  sub: string;
  name: string | null;
  /** In whole seconds since the UNIX epoch. */
  since: number;
}>;

/** What somebody is told who has to wait. */
export type WaitingAnswer = Readonly<{
  status: 'waiting';
  /** To be sent along when asking again. */
  knock: string;
  pollAfterSeconds: number;
}>;

export function toWaitingAnswer(knock: string): WaitingAnswer {
  return { status: 'waiting', knock, pollAfterSeconds: POLL_AFTER_SECONDS };
}

export function isKnockId(value: unknown): value is string {
  return typeof value === 'string' && KNOCK_ID.test(value);
}

/** One for each person and room. */
export function toKnockId(subject: string): string {
  return hash('sha256', `knock:${subject}`, 'base64url').slice(0, 22);
}

export function toKnockView({ knockId, subject, name, sinceMs }: Knock): KnockView {
  return { knockId, sub: subject, name: name ?? null, since: Math.floor(sinceMs / 1000) };
}

export function isWaiting(knock: Knock, nowSeconds: number): boolean {
  return knock.state === 'waiting' && nowSeconds - knock.seenAtSeconds <= GONE_AFTER_SECONDS;
}

/**
 * What follows for somebody at the door: they are new there, or back after they had left; they are seen
 * to wait; they wait and were seen a moment ago; they may come in.
 * @param knock theirs; `undefined` for none
 * @param sessionId of the room as it is now
 * @throws Fault `AdmissionDeniedError`
 */
export function judgeKnock(
  knock: Knock | undefined,
  sessionId: string,
  nowSeconds: number,
): 'new' | 'seen' | 'waiting' | 'admitted' {
  if (!knock || knock.sessionId !== sessionId) return 'new';
  if (knock.state === 'denied') {
    throw roomFault('AdmissionDeniedError', 'A host has not let you in.');
  }
  if (knock.state === 'admitted') {
    return nowSeconds - knock.decidedAtSeconds < ADMISSION_SECONDS ? 'admitted' : 'new';
  }
  if (!isWaiting(knock, nowSeconds)) return 'new';
  return nowSeconds - knock.seenAtSeconds >= SEEN_EVERY_SECONDS ? 'seen' : 'waiting';
}
