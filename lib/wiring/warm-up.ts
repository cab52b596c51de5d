/**
 * Prepares a container while Lambda initializes it, at full CPU speed and before a request waits. Failures are
 * ignored here: the first invocation meets them again and reports them.
 */
import type { SecretCache } from '../credentials/secret-cache.ts';
import type { Project } from '../domain/project.ts';
import type { LambdaHandler } from '../events/handler.ts';
import type { Runtime } from './runtime.ts';

export interface WarmUpOptions {
  /**
   * Returns the URL of the first service that an invocation calls, to connect to it in advance. The connection
   * is opened only if a request already waits: an idle one would be closed by the time it is needed.
   *
   * @param project `undefined` until the secret is read
   */
  readonly toFirstUrl?: (project: Project | undefined) => string | undefined;
  /** Runs once the secret is read. */
  readonly afterwards?: (project: Project) => Promise<void>;
}

/** Lambda's limit for initialization. A container that exceeds it starts again within the invocation. */
const INITIALIZATION_MS = 10_000;
/** A connection takes milliseconds. If it takes longer, the invocation waits for it instead. */
const CONNECT_TIMEOUT_MS = 500;

type WarmUpRuntime = Omit<Runtime, 'projectSecret'> & {
  readonly projectSecret: Pick<SecretCache<{ readonly project: Project }>, 'get'>;
};

/** Reads the secret and opens the first connection. */
export async function warmUp(
  { config, fault, isOnDemand, network, now, projectSecret }: WarmUpRuntime,
  { toFirstUrl = () => undefined, afterwards = async () => undefined }: WarmUpOptions = {},
): Promise<void> {
  if (fault) return;
  const startedMs = now();
  const connect = async (url: string | undefined) => {
    if (isOnDemand && url) await network.connect(new URL(url), CONNECT_TIMEOUT_MS);
  };
  const known = toFirstUrl(undefined);
  const opening = connect(known);
  // The connection is opened while the request for the secret is signed. Signing blocks the thread, so the
  // connection attempts get their turn first.
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

/**
 * Handles one synthetic request during initialization, so the first real request runs compiled code and started
 * signing threads. The token is discarded, and nothing is logged.
 *
 * Call it after the secret was read, not meanwhile: the response would find the thread busy and the start take
 * a tenth longer (docs/benchmarks.md).
 *
 * @param createFunction returns the handler for a runtime
 */
export async function primeHandler(
  runtime: Runtime,
  createFunction: (runtime: Runtime) => LambdaHandler,
  { id }: Project,
): Promise<void> {
  const config = { ...runtime.config, auth: 'iam' } as const;
  const handler = createFunction({ ...runtime, config, log: () => undefined });
  await handler(toTokenEvent(id), { awsRequestId: 'priming' });
}

function toTokenEvent(projectId: string): object {
  const sessionId = `1_${Buffer.from(`1~${projectId}~~0~priming`).toString('base64url')}`;
  return {
    rawPath: '/sessions/priming/tokens',
    requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: 'priming' } } },
    headers: { 'content-type': 'application/json' },
    pathParameters: { sessionId },
    body: JSON.stringify({ role: 'publisher', data: 'priming' }),
  };
}
