/** Sends a request exactly as the page shows it, and keeps the response unchanged. */
import { type FieldError, ProblemError } from '../../client/index.ts';
import { send } from '../../client/send.ts';
import { describeError } from '../describe-error.ts';
import type { Request } from './request-text.ts';

export interface RawResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly durationMs: number;
}

export interface Outcome {
  /** `undefined` if there was none. */
  readonly response: RawResponse | undefined;
  /** The parsed body of a success. */
  readonly content: unknown;
  /** The error in one sentence; `undefined` for a success. */
  readonly problem: string | undefined;
  /** The name of the error; `undefined` for a success, and without a response. */
  readonly problemName: string | undefined;
  /** The sentence of the API alone. */
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
}

export async function sendRequest({ method, url, headers, body }: Request): Promise<Outcome> {
  let response: RawResponse | undefined;
  const startedMs = performance.now();
  try {
    const { body: content } = await send<unknown>(
      {
        url: '',
        headers,
        // The page shows one request and its response.
        maxRetries: 0,
        fetch: async (_, init) => {
          // Text that is written by hand may not be JSON.
          const received = await fetch(url, { ...init, ...(body !== undefined && { body }) });
          response = {
            status: received.status,
            statusText: received.statusText,
            headers: [...received.headers],
            body: await received.clone().text(),
            durationMs: performance.now() - startedMs,
          };
          return received;
        },
      },
      { method: method as 'GET' | 'POST' | 'PUT' | 'DELETE', path: url },
    );
    const succeeded = { problem: undefined, problemName: undefined, detail: undefined, errors: [] };
    return { response, content, ...succeeded };
  } catch (cause) {
    const problem = describeError(cause);
    const of: Partial<ProblemError> = cause instanceof ProblemError ? cause : {};
    const { name: problemName, message: detail, errors = [] } = of;
    return { response, content: undefined, problem, problemName, detail, errors };
  }
}
