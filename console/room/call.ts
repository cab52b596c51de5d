/** What the panes need of a video client: to connect, to learn of the end, and to leave. */
import type { Token } from '../../client/index.ts';

export interface Person {
  readonly name: string;
  readonly role: string;
}

export interface Call {
  /** Resolves when the platform has reported the end, or at once where it reports none. */
  leave(): Promise<unknown>;
}

export interface CallHooks {
  readonly person: Person;
  readonly token: Token;
  /** The element for the videos. */
  readonly stage: HTMLElement;
  /** Called when the call ends other than by `leave`. */
  readonly onEnd: (reason: string) => void;
}

/** Rejects with an Error that has a message for people. */
export type JoinCall = (hooks: CallHooks) => Promise<Call>;

export const mayPublish = (role: string): boolean => role !== 'subscriber';
export const maySubscribe = (role: string): boolean => role !== 'publisheronly';
