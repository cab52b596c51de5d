/** What the panes need of a client library: to get in, to be told who is there, to get out. */
import type { Token } from '../../client/index.ts';

export interface Person {
  readonly name: string;
  readonly role: string;
}

export interface Call {
  leave(): void;
}

export interface CallHooks {
  readonly person: Person;
  readonly token: Token;
  /** Where to show who is there. */
  readonly stage: HTMLElement;
  /** Told when the call ends otherwise than by `leave`. */
  readonly onEnd: (reason: string) => void;
}

/** Rejects with an Error whose message is for people. */
export type JoinCall = (hooks: CallHooks) => Promise<Call>;

export const mayPublish = (role: string): boolean => role !== 'subscriber';
export const maySubscribe = (role: string): boolean => role !== 'publisheronly';
