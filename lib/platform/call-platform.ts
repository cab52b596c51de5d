/**
 * One call to the platform, with retries.
 *
 * Every call may be repeated: creating a session twice leaves an unused session, which costs nothing, and
 * a connection is disconnected once.
 */
import { TimeoutError } from '../domain/deadline.ts';
import { readRetryAfterSeconds } from '../network/http-dates.ts';
import { createRetry, type RetryPolicy, type Timing } from '../network/retry.ts';
import {
  type SendRequest,
  TransportError,
  type WireRequest,
  type WireResponse,
} from '../network/send.ts';

/** Default. The documented response to session/create has about 700 bytes. */
export const MAX_RESPONSE_BYTES = 64 * 1024;
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

const POLICY: RetryPolicy = {
  maxRetries: 2,
  // Usual responses take well below a second. The vendor's SDKs wait for 20 seconds or forever.
  attemptTimeoutMs: 4_000,
  firstPauseMs: 100,
  longestPauseMs: 200,
  toMinPauseMs: (error) => {
    if (error instanceof TransportError) return error.failure === 'oversized' ? undefined : 0;
    if (!(error instanceof TransientStatus)) return undefined;
    return (readRetryAfterSeconds(error.response) ?? 0) * 1000;
  },
};

export type PlatformRequest = Omit<WireRequest, 'maxResponseBytes'> &
  Partial<Pick<WireRequest, 'maxResponseBytes'>>;

/**
 * Returns the last response, whatever its status. The request's `timeoutMs` covers all attempts and
 * pauses.
 *
 * @throws TransportError if no complete response arrives
 */
export type CallPlatform = (request: PlatformRequest) => Promise<WireResponse>;

export function createPlatformCall(send: SendRequest, timing: Timing): CallPlatform {
  const retry = createRetry(POLICY, timing);
  return async (request) => {
    try {
      return await retry(request.timeoutMs, async (timeoutMs) => {
        const response = await send({
          maxResponseBytes: MAX_RESPONSE_BYTES,
          ...request,
          timeoutMs,
        });
        if (RETRIED_STATUSES.has(response.status)) throw new TransientStatus(response);
        return response;
      });
    } catch (error) {
      if (error instanceof TransientStatus) return error.response;
      throw error instanceof TimeoutError ? toTransportError(error, request) : error;
    }
  };
}

function toTransportError(cause: TimeoutError, { timeoutMs }: PlatformRequest): TransportError {
  const message = timeoutMs > 0 ? `no response within ${timeoutMs} ms` : cause.message;
  return new TransportError('timeout', message, cause);
}

class TransientStatus extends Error {
  readonly response: WireResponse;

  constructor(response: WireResponse) {
    super(`status ${response.status}`);
    this.response = response;
  }
}
