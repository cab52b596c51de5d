/** What the parts of the host's controls share: the room, the host who acts, and where results are shown. */
import type { Client, Fetch } from '../../client/index.ts';

export interface HostActions {
  readonly room: () => string;
  /** The name of the host who acts. */
  readonly name: () => string;
  /** Shows a result, or an error. */
  readonly say: (words: string, isProblem?: boolean) => void;
  /** Runs an action, and shows its error. Returns whether it worked. */
  readonly act: (action: (signal: AbortSignal | undefined) => Promise<unknown>) => Promise<boolean>;
  /** A client for the requests of one step, which are shown beside the panes. */
  readonly clientFor: (title: string, call: string, result?: string) => Client;
  /** As `clientFor`, for the client of someone else. */
  readonly fetchFor: (title: string, call: string, result?: string) => Fetch;
  /** A client for what the page reads to show it, which an app need not. */
  readonly quietClient: () => Client;
}
