/**
 * Creates sessions with the platform's `POST /session/create`, authenticated as the project.
 * Source: OpenTok REST API reference, "Create a session". Both environments use the same format.
 */
import type { Credentials } from '../credentials/credentials.ts';
import { capTimeoutMs, type RemainingMs } from '../domain/deadline.ts';
import { Fault, judgePlatformRefusal } from '../domain/faults.ts';
import type { Project } from '../domain/project.ts';
import { isSessionOf, readProjectId } from '../domain/session-id.ts';
import type { SessionOptions } from '../domain/session-request.ts';
import { buildProjectClaims } from '../domain/token-claims.ts';
import { readRetryAfterSeconds } from '../network/http-dates.ts';
import { TransportError, type WireResponse } from '../network/send.ts';
import type { CallPlatform } from './call-platform.ts';
import { explainRefusal } from './refusal-reason.ts';

const DEFAULT_URLS = {
  opentok: 'https://api.opentok.com',
  vonage: 'https://video.api.vonage.com',
} as const satisfies Record<Project['kind'], string>;

/** For one call with all attempts. Well below the 30 seconds after which API Gateway gives up. */
const CALL_TIMEOUT_MS = 8_000;
const RETRY_AFTER_SECONDS = 5;

export interface SessionApiOptions {
  readonly send: CallPlatform;
  /** Base URL. Default: the one for the project's kind. */
  readonly url: string | undefined;
  /** Returns a new UUID. */
  readonly newId: () => string;
  /** Identifies this service to the platform's operators: `opentok-sessions/<version>`. */
  readonly userAgent: string;
}

export interface PlatformSessionRequest {
  readonly credentials: Credentials;
  readonly options: SessionOptions;
  readonly nowSeconds: number;
  readonly remainingMs: RemainingMs;
}

/** Returns the configured URL, or the default of the project's kind if the project is known. */
export function toBaseUrl(url: string | undefined, project: Project): string;
export function toBaseUrl(url: string | undefined, project?: Project): string | undefined;
export function toBaseUrl(url: string | undefined, project?: Project): string | undefined {
  return url ?? (project && DEFAULT_URLS[project.kind]);
}

/**
 * Returns the id of the new session.
 *
 * @throws Fault `Platform…Error` or `CredentialsRefusedError`
 */
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
          // The default format is XML.
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          'user-agent': userAgent,
          ...(project.kind === 'opentok'
            ? { 'x-opentok-auth': jwt }
            : { authorization: `Bearer ${jwt}` }),
        },
        body: buildSessionForm(options),
        timeoutMs: capTimeoutMs(remainingMs, CALL_TIMEOUT_MS),
      });
    } catch (error) {
      throw error instanceof TransportError ? toTransportFault(error) : error;
    }
    if (response.status !== 200) throw toStatusFault(response);
    return parseSessionResponse(response, project);
  };
}

/** Returns the body of the request. Always sets both modes: the defaults of REST API and SDKs differ. */
export function buildSessionForm(options: SessionOptions): string {
  const form = new URLSearchParams({
    'p2p.preference': options.mediaMode === 'relayed' ? 'enabled' : 'disabled',
    archiveMode: options.archiveMode,
  });
  if (options.location !== undefined) form.set('location', options.location);
  if (options.archiveName !== undefined) form.set('archiveName', options.archiveName);
  if (options.archiveResolution !== undefined) {
    form.set('archiveResolution', options.archiveResolution);
  }
  if (options.e2ee) form.set('e2ee', 'true');
  return form.toString();
}

/**
 * Returns the id of the session. The documented response is a JSON array of one object. Only its
 * `session_id` is reliable.
 *
 * @throws Fault `PlatformInvalidResponseError` with a reason that describes the response
 */
export function parseSessionResponse({ headers, body }: WireResponse, project: Project): string {
  const contentType = String(headers['content-type'] ?? 'none');
  if (!/^application\/json\b/i.test(contentType)) {
    throw toInvalidResponse(`its content type is ${contentType.slice(0, 80)}`);
  }
  const sessionId = readSessionId(parseJson(body));
  if (isSessionOf(project.id, sessionId)) return sessionId;
  throw toInvalidResponse(
    readProjectId(sessionId) === undefined
      ? 'its session_id is malformed'
      : 'its session belongs to another project',
  );
}

function parseJson(body: string): unknown {
  if (body === '') throw toInvalidResponse('it is empty');
  try {
    return JSON.parse(body);
  } catch {
    throw toInvalidResponse(`it is not JSON (${body.length} characters)`);
  }
}

function readSessionId(response: unknown): string {
  if (!Array.isArray(response)) throw toInvalidResponse('it is not an array');
  if (response.length !== 1)
    throw toInvalidResponse(`it is an array of ${response.length} sessions`);
  const [session] = response as unknown[];
  const id = (session as { session_id?: unknown } | null)?.session_id;
  if (typeof id !== 'string') throw toInvalidResponse('its session has no session_id');
  return id;
}

function toInvalidResponse(what: string): Fault {
  const detail = 'The video platform returned an invalid response.';
  return new Fault('PlatformInvalidResponseError', detail, {
    reason: `The platform's response is invalid: ${what}.`,
  });
}

function toTransportFault(error: TransportError): Fault {
  const options = { reason: `The call to the platform failed: ${error.message}`, cause: error };
  switch (error.failure) {
    case 'timeout':
      return new Fault(
        'PlatformTimeoutError',
        'The video platform did not respond in time.',
        options,
      );
    case 'oversized':
    case 'malformed':
      return toInvalidResponse(error.message);
    case 'connection':
    case 'stale connection':
      return new Fault('PlatformUnavailableError', 'The video platform is unavailable.', {
        ...options,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
  }
}

const DETAILS = {
  CredentialsRefusedError: "The video platform rejected this project's credentials.",
  PlatformRefusedError: 'The video platform rejected the request.',
  PlatformUnavailableError: 'The video platform is unavailable.',
} as const;

function toStatusFault(response: WireResponse): Fault {
  const { status, body } = response;
  if (status < 400) return toInvalidResponse(`its status is ${status}`);
  const { name, isTransient } = judgePlatformRefusal(status);
  const explained = explainRefusal(body);
  return new Fault(name, DETAILS[name], {
    reason: `The platform returned status ${status}.${explained ? ` ${explained}` : ''}`,
    isTransient,
    ...(name === 'PlatformUnavailableError'
      ? {
          retryAfterSeconds: Math.max(readRetryAfterSeconds(response) ?? RETRY_AFTER_SECONDS, 1),
        }
      : {}),
  });
}
