/** Sends a request as it was shown, and keeps the answer as it came. */
import { type FieldError, ProblemError } from '../../client/index.ts';
import { send } from '../../client/send.ts';
import type { Request } from './request-text.ts';

export interface RawAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly durationMs: number;
}

export interface Outcome {
  /** `undefined` when there was none. */
  readonly answer: RawAnswer | undefined;
  /** Of a success, parsed. */
  readonly content: unknown;
  /** What was wrong, in one sentence; `undefined` for a success. */
  readonly problem: string | undefined;
  readonly errors: readonly FieldError[];
}

export async function ask({ method, url, headers, body }: Request): Promise<Outcome> {
  let answer: RawAnswer | undefined;
  const startedMs = performance.now();
  try {
    const { body: content } = await send<unknown>(
      {
        url: '',
        headers,
        // What is shown is one request and its answer.
        maxRetries: 0,
        fetch: async (_, init) => {
          // The body may be written by hand, and be no JSON.
          const response = await fetch(url, { ...init, ...(body !== undefined && { body }) });
          answer = {
            status: response.status,
            statusText: response.statusText,
            headers: [...response.headers],
            body: await response.clone().text(),
            durationMs: performance.now() - startedMs,
          };
          return response;
        },
      },
      { method: method as 'GET' | 'POST' | 'PUT' | 'DELETE', path: url },
    );
    return { answer, content, problem: undefined, errors: [] };
  } catch (cause) {
    if (!(cause instanceof ProblemError)) {
      return { answer, content: undefined, problem: `No answer: ${cause}`, errors: [] };
    }
    const { name, message, errors, requestId } = cause;
    const reference = requestId ? ` (request ${requestId})` : '';
    return { answer, content: undefined, problem: `${name}: ${message}${reference}`, errors };
  }
}
