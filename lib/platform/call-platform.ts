/**
 * One call to the platform: how often it is tried, for how long, and how much of an answer is read.
 *
 * Creating a session twice is harmless: the platform has no idempotency key, but an unused session
 * costs nothing and never connects anybody.
 */
import { OutOfTime } from '../domain/deadline.ts';
import { createRetry, type RetryPolicy, type Timing } from '../network/retry.ts';
import { readRetryAfterSeconds } from '../network/retry-after.ts';
import {
  type SendRequest,
  TransportError,
  type WireRequest,
  type WireResponse,
} from '../network/send.ts';

/** The documented answer has about 700 bytes. */
export const MAX_RESPONSE_BYTES = 64 * 1024;
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

const POLICY: RetryPolicy = {
  maxRetries: 2,
  // Healthy answers take well below a second; the vendor's SDKs wait 20 seconds or for ever.
  attemptTimeoutMs: 4_000,
  firstPauseMs: 100,
  longestPauseMs: 200,
  toMinPauseMs: (error) => {
    if (error instanceof TransportError) return error.failure === 'oversized' ? undefined : 0;
    if (!(error instanceof TransientStatus)) return undefined;
    return (readRetryAfterSeconds(error.response) ?? 0) * 1000;
  },
};

export type PlatformRequest = Omit<WireRequest, 'maxResponseBytes'>;

/**
 * The request's `timeoutMs` is for all attempts and pauses together. Judges no answer.
 * @throws TransportError when there is no whole answer
 */
export type CallPlatform = (request: PlatformRequest) => Promise<WireResponse>;

export function createPlatformCall(send: SendRequest, timing: Timing): CallPlatform {
  const retry = createRetry(POLICY, timing);
  return async (request) => {
    try {
      return await retry(request.timeoutMs, async (timeoutMs) => {
        const bounds = { timeoutMs, maxResponseBytes: MAX_RESPONSE_BYTES };
        const response = await send({ ...request, ...bounds });
        if (RETRIED_STATUSES.has(response.status)) throw new TransientStatus(response);
        return response;
      });
    } catch (error) {
      if (error instanceof TransientStatus) return error.response;
      throw error instanceof OutOfTime ? toTimeout(error, request) : error;
    }
  };
}

function toTimeout(error: OutOfTime, { timeoutMs }: PlatformRequest): TransportError {
  const what = timeoutMs > 0 ? `no answer within ${timeoutMs} ms` : 'no time was left to try';
  return new TransportError('timeout', what, error);
}

class TransientStatus extends Error {
  readonly response: WireResponse;

  constructor(response: WireResponse) {
    super(`status ${response.status}`);
    this.response = response;
  }
}
