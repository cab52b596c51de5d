/**
 * Creates sessions through the platform's REST API, authenticated as the project.
 */

import type { Credentials } from '../credentials/credentials.ts';
import { type RemainingMs, timeToWaitMs } from '../domain/deadline.ts';
import { Fault, judgePlatformRefusal } from '../domain/faults.ts';
import type { Project } from '../domain/project.ts';
import type { SessionOptions } from '../domain/session-request.ts';
import { buildProjectClaims } from '../domain/token-claims.ts';
import { readRetryAfterSeconds } from '../network/retry-after.ts';
import { TransportError, type WireResponse } from '../network/send.ts';
import type { CallPlatform } from './call-platform.ts';
import { explainRefusal } from './refusal-reason.ts';
import { buildSessionForm, parseSessionResponse, unusable } from './session-wire.ts';

const DEFAULT_URLS = {
  opentok: 'https://api.opentok.com',
  vonage: 'https://video.api.vonage.com',
} as const satisfies Record<Project['kind'], string>;

/** For one call with all its attempts: well below the 30 seconds that API Gateway waits. */
const CALL_TIMEOUT_MS = 8_000;
const RETRY_AFTER_SECONDS = 5;

export interface SessionApiOptions {
  readonly send: CallPlatform;
  /** Base URL; by default the one of the project's kind. */
  readonly url: string | undefined;
  /** A fresh UUID. */
  readonly newId: () => string;
  /** Who calls, for the platform's operators: `opentok-sessions/<version>`. */
  readonly userAgent: string;
}

export interface PlatformSessionRequest {
  readonly credentials: Credentials;
  readonly options: SessionOptions;
  readonly nowSeconds: number;
  readonly remainingMs: RemainingMs;
}

/** @param url as it is configured; by default the one of the project's kind, which may not be known */
export function toBaseUrl(url: string | undefined, project: Project): string;
export function toBaseUrl(url: string | undefined, project?: Project): string | undefined;
export function toBaseUrl(url: string | undefined, project?: Project): string | undefined {
  return url ?? (project && DEFAULT_URLS[project.kind]);
}

/** @throws Fault `Platform…Error` or `CredentialsRefusedError` */
export type CreatePlatformSession = (request: PlatformSessionRequest) => Promise<string>;

export function createSessionApi({
  send,
  url,
  newId,
  userAgent,
}: SessionApiOptions): CreatePlatformSession {
  return async ({ credentials: { project, signJwt }, options, nowSeconds, remainingMs }) => {
    const jwt = await signJwt(buildProjectClaims(project, nowSeconds, newId()));
    let response: WireResponse;
    try {
      response = await send({
        url: new URL(`${toBaseUrl(url, project)}/session/create`),
        headers: {
          // Without it the platform answers XML.
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': userAgent,
          ...(project.kind === 'opentok'
            ? { 'x-opentok-auth': jwt }
            : { authorization: `Bearer ${jwt}` }),
        },
        body: buildSessionForm(options),
        timeoutMs: timeToWaitMs(remainingMs, CALL_TIMEOUT_MS),
      });
    } catch (error) {
      throw error instanceof TransportError ? toTransportFault(error) : error;
    }
    if (response.status !== 200) throw toStatusFault(response);
    return parseSessionResponse(response, project);
  };
}

function toTransportFault(error: TransportError): Fault {
  const options = { reason: `The call to the platform failed: ${error.message}`, cause: error };
  switch (error.failure) {
    case 'timeout':
      return new Fault(
        'PlatformTimeoutError',
        'The video platform did not answer in time.',
        options,
      );
    case 'oversized':
    case 'malformed':
      return unusable(error.message);
    case 'connection':
    case 'stale connection':
      return new Fault('PlatformUnavailableError', 'The video platform is out of reach.', {
        ...options,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
  }
}

const REFUSALS = {
  CredentialsRefusedError: "The video platform refused this project's credentials.",
  PlatformRefusedError: 'The video platform refused the request.',
  PlatformUnavailableError: 'The video platform is out of reach.',
} as const;

function toStatusFault(response: WireResponse): Fault {
  const { status, body } = response;
  if (status < 400) return unusable(`its status is ${status}`);
  const { name, isTransient } = judgePlatformRefusal(status);
  const explained = explainRefusal(body);
  return new Fault(name, REFUSALS[name], {
    reason: `The platform answered with status ${status}.${explained ? ` ${explained}` : ''}`,
    isTransient,
    ...(name === 'PlatformUnavailableError'
      ? {
          retryAfterSeconds: Math.max(readRetryAfterSeconds(response) ?? RETRY_AFTER_SECONDS, 1),
        }
      : {}),
  });
}
