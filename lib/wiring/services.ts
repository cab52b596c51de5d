/** The services that functions call, connected to the real network. Each function creates only those it needs. */
import { randomUUID } from 'node:crypto';
import { createSecretCache, type SecretCache } from '../credentials/secret-cache.ts';
import { createSecretReader } from '../credentials/secrets-manager.ts';
import { parseTokenVerifier, type TokenVerifier } from '../credentials/token-verifier.ts';
import { misconfigured } from '../domain/faults.ts';
import { createPlatformCall } from '../platform/call-platform.ts';
import { createModerationApi, type ModerationApi } from '../platform/moderation-api.ts';
import type { ProjectApiOptions } from '../platform/project-api.ts';
import { type CreatePlatformSession, createSessionApi } from '../platform/session-api.ts';
import { createPublisher, type PublishResult } from '../results/event-bridge.ts';
import type { Config } from './config.ts';
import type { Network } from './network.ts';
import type { Runtime, SessionCount } from './runtime.ts';

interface PlatformRuntime {
  readonly config: Pick<Config, 'videoApiUrl'>;
  readonly network: Pick<Network, 'send' | 'timing' | 'userAgent'>;
}

function toApiOptions({ config, network }: PlatformRuntime): ProjectApiOptions {
  const { send, timing, userAgent } = network;
  return {
    send: createPlatformCall(send, timing),
    url: config.videoApiUrl,
    newId: randomUUID,
    userAgent,
  };
}

/** Returns the calls that list and disconnect the clients of a session. */
export function createModeration(runtime: PlatformRuntime): ModerationApi {
  return createModerationApi(toApiOptions(runtime));
}

/** Returns the call that creates a session on the platform. */
export function createPlatformSessions({
  config,
  network,
  sessionCount,
}: PlatformRuntime & { readonly sessionCount?: SessionCount }): CreatePlatformSession {
  const createPlatformSession = createSessionApi(toApiOptions({ config, network }));
  return async (request) => {
    const sessionId = await createPlatformSession(request);
    sessionCount?.add();
    return sessionId;
  };
}

/**
 * Returns the publisher of result events. Without an endpoint it throws Fault `ConfigurationError` on use,
 * because a function may never publish anything.
 */
export function createResultPublisher({
  config: { eventBusName, eventBridgeUrl },
  network,
}: Pick<Runtime, 'config' | 'network'>): PublishResult {
  if (eventBridgeUrl) {
    return createPublisher(network.aws, { busName: eventBusName, endpoint: eventBridgeUrl });
  }
  return async () => {
    throw misconfigured('AWS_ENDPOINT_URL_EVENTBRIDGE must be set to publish results.');
  };
}

/** Returns the verifier of tokens. It reads the secret for every inspection, so a verdict is never about an old secret. */
export function createVerifierCache({ config, network, now }: Runtime): SecretCache<TokenVerifier> {
  const readSecret = createSecretReader(network.aws, config.secretsManagerUrl);
  return createSecretCache({
    read: (timeoutMs) => readSecret(config.secretId, timeoutMs),
    parse: parseTokenVerifier,
    ttlMs: 0,
    staleMs: 0,
    now,
    onStale: () => undefined,
  });
}
