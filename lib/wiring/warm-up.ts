/**
 * What a container does while Lambda still initializes it, at full speed and before any caller's time
 * counts. A failure is left for the first invocation to meet again and to answer.
 */
import type { Project } from '../domain/project.ts';
import type { Runtime } from './runtime.ts';

export interface WarmUp {
  /**
   * URL of the service that the first invocation will call: a connection to it is opened ahead, but
   * only if that invocation is waiting already. A connection opened long ahead is dead when it is
   * needed.
   * @param project `undefined` while the secret is not there yet
   */
  readonly toFirstUrl?: (project: Project | undefined) => string | undefined;
  /** What else to do once the secret is there. */
  readonly afterwards?: (project: Project) => Promise<void>;
}

/** What Lambda gives a container to initialize, before it starts it over as part of an invocation. */
const INITIALIZATION_MS = 10_000;
/** A connection takes some milliseconds; the caller waits for one that takes longer. */
const CONNECT_TIMEOUT_MS = 500;

/** Reads the secret and opens the connection. */
export async function warmUp(
  { config, fault, isOnDemand, network, now, projectSecret }: Runtime,
  { toFirstUrl = () => undefined, afterwards = async () => undefined }: WarmUp = {},
): Promise<void> {
  if (fault) return;
  const startedMs = now();
  const connect = async (url: string | undefined) => {
    if (isOnDemand && url) await network.connect(new URL(url), CONNECT_TIMEOUT_MS);
  };
  const known = toFirstUrl(undefined);
  const opening = connect(known);
  // The request for the secret is signed while its connection is on its way. But that keeps the thread
  // busy: whatever is to leave before has to have had its turn.
  void network.connect(new URL(config.secretsManagerUrl), CONNECT_TIMEOUT_MS);
  await nextTurn();
  const reading = projectSecret.get(() => INITIALIZATION_MS - (now() - startedMs));
  const openingLater = reading.then(({ project }) =>
    known ? undefined : connect(toFirstUrl(project)),
  );
  const rest = reading.then(({ project }) => afterwards(project));
  await Promise.allSettled([opening, openingLater, rest]);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
