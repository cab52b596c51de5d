/**
 * Calls the platform's REST API as the project, and explains its errors. Both environments, OpenTok and
 * Vonage, use the same format and differ in authentication. Source: OpenTok REST API reference.
 */
import type { Credentials } from '../credentials/credentials.ts';
import { capTimeoutMs, type RemainingMs } from '../domain/deadline.ts';
import {
  FAULTS,
  Fault,
  type FaultName,
  type FaultOptions,
  judgePlatformRefusal,
} from '../domain/faults.ts';
import type { Project } from '../domain/project.ts';
import { buildProjectClaims } from '../domain/token-claims.ts';
import { readRetryAfterSeconds } from '../network/http-dates.ts';
import { TransportError, type WireResponse } from '../network/send.ts';
import type { CallPlatform, PlatformRequest } from './call-platform.ts';
import { explainRefusal } from './refusal-reason.ts';

const DEFAULT_URLS = {
  opentok: 'https://api.opentok.com',
  vonage: 'https://video.api.vonage.com',
} as const satisfies Record<Project['kind'], string>;

/** For one call with all attempts. Well below the 30 seconds after which API Gateway gives up. */
const CALL_TIMEOUT_MS = 8_000;
const RETRY_AFTER_SECONDS = 5;

export interface ProjectApiOptions {
  readonly send: CallPlatform;
  /** Base URL. Default: the one for the project's kind. */
  readonly url: string | undefined;
  /** Returns a new UUID. */
  readonly newId: () => string;
  /** Identifies this service to the platform's operators: `opentok-sessions/<version>`. */
  readonly userAgent: string;
}

/** What every call to the platform needs. */
export interface PlatformCall {
  readonly credentials: Credentials;
  readonly nowSeconds: number;
  readonly remainingMs: RemainingMs;
}

export type ProjectRequest = PlatformCall & {
  /** From the base URL, with a leading slash. */
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
} & Pick<PlatformRequest, 'method' | 'maxResponseBytes'>;

/**
 * Returns the last response, whatever its status.
 *
 * @throws Fault `Platform…Error` if no complete response arrives
 */
export type CallAsProject = (request: ProjectRequest) => Promise<WireResponse>;

/** Returns the configured URL, or the default of the project's kind if the project is known. */
export function toBaseUrl(url: string | undefined, project: Project): string;
export function toBaseUrl(url: string | undefined, project?: Project): string | undefined;
export function toBaseUrl(url: string | undefined, project?: Project): string | undefined {
  return url ?? (project && DEFAULT_URLS[project.kind]);
}

export function createProjectApi({
  send,
  url,
  newId,
  userAgent,
}: ProjectApiOptions): CallAsProject {
  return async ({
    credentials: { project, signJwt },
    nowSeconds,
    remainingMs,
    path,
    body = '',
    headers,
    ...request
  }) => {
    const jwt = await signJwt(buildProjectClaims(project, nowSeconds, newId()));
    try {
      return await send({
        ...request,
        url: new URL(toBaseUrl(url, project) + path),
        headers: {
          // The default format is XML.
          accept: 'application/json',
          ...headers,
          'user-agent': userAgent,
          ...(project.kind === 'opentok'
            ? { 'x-opentok-auth': jwt }
            : { authorization: `Bearer ${jwt}` }),
        },
        body,
        timeoutMs: capTimeoutMs(remainingMs, CALL_TIMEOUT_MS),
      });
    } catch (error) {
      throw error instanceof TransportError ? toTransportFault(error) : error;
    }
  };
}

/**
 * Returns the JSON of a successful response.
 *
 * @throws Fault `PlatformInvalidResponseError` with a reason that describes the response
 */
export function parsePlatformJson({ headers, body }: WireResponse): unknown {
  const contentType = String(headers['content-type'] ?? 'none');
  if (!/^application\/json\b/i.test(contentType)) {
    throw toInvalidResponse(`its content type is ${contentType.slice(0, 80)}`);
  }
  if (body === '') throw toInvalidResponse('it is empty');
  try {
    return JSON.parse(body);
  } catch {
    throw toInvalidResponse(`it is not JSON (${body.length} characters)`);
  }
}

type PlatformFaultName = Extract<FaultName, `Platform${string}`> | 'CredentialsRefusedError';

/** The title says all that callers need. */
function platformFault(name: PlatformFaultName, options: FaultOptions): Fault {
  return new Fault(name, `${FAULTS[name].title}.`, options);
}

export function toInvalidResponse(what: string): Fault {
  return platformFault('PlatformInvalidResponseError', {
    reason: `The platform's response is invalid: ${what}.`,
  });
}

function toTransportFault(error: TransportError): Fault {
  const { failure, message } = error;
  if (failure === 'oversized' || failure === 'malformed') return toInvalidResponse(message);
  const options = { reason: `The call to the platform failed: ${message}`, cause: error };
  return failure === 'timeout'
    ? platformFault('PlatformTimeoutError', options)
    : platformFault('PlatformUnavailableError', {
        ...options,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
}

/** Returns the error for a response without the documented status. */
export function toStatusFault(response: WireResponse): Fault {
  const { status, body } = response;
  if (status < 400) return toInvalidResponse(`its status is ${status}`);
  const { name, isTransient } = judgePlatformRefusal(status);
  const explained = explainRefusal(body);
  return platformFault(name, {
    reason: `The platform returned status ${status}.${explained ? ` ${explained}` : ''}`,
    isTransient,
    ...(name === 'PlatformUnavailableError' && {
      retryAfterSeconds: Math.max(readRetryAfterSeconds(response) ?? RETRY_AFTER_SECONDS, 1),
    }),
  });
}
