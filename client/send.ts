/**
 * One call of the API, from request to answer: headers, deadline, retries and errors are decided here
 * for all of them.
 */
import { orAborted, sleep } from './abort.ts';
import { ProblemError } from './problem-error.ts';

/** The part of `fetch` that is used. One that signs (SigV4) makes calls for deployments with `auth=iam`. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

export type Headers = Readonly<Record<string, string>>;

/** Where the API is and how it is called. */
export interface Connection {
  /** Base URL, such as `https://video.example.com/prod`; a `/` at its end does not matter. */
  readonly url: string;
  /**
   * Sent with every request, such as `{ authorization: 'Bearer …' }`. A function is asked before each
   * request, retries too, so that a sign-in token is as fresh as can be.
   */
  readonly headers?: Headers | (() => Headers | Promise<Headers>);
  /** Default the global `fetch`. */
  readonly fetch?: Fetch;
  /** For a call with all its retries, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** How often a 429 or a 503 is tried again. Default 2. */
  readonly maxRetries?: number;
  /** The longest `Retry-After` that is waited for; a longer one is the caller's matter. Default 10. */
  readonly maxRetryAfterSeconds?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Percent-encoded, with the slash it starts with. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** An entity tag that the request is conditional on. */
  readonly ifMatch?: string | undefined;
}

export interface Answer<Body> {
  /** HTTP status. */
  readonly status: number;
  readonly body: Body;
  /** The server's clock now, in milliseconds since the UNIX epoch; where it does not tell, this one's. */
  readonly serverNowMs: () => number;
}

/**
 * @throws ProblemError for every answer that is no success; what `headers` and `fetch` throw; the
 *   signal's reason, or a `TimeoutError` (a `DOMException`) after `timeoutMs`
 */
export async function send<Body>(connection: Connection, call: Call): Promise<Answer<Body>> {
  const { timeoutMs = 30_000, maxRetries = 2, maxRetryAfterSeconds = 10 } = connection;
  const endMs = performance.now() + timeoutMs;
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([call.signal ?? deadline, deadline]);
  for (let retries = 0; ; retries += 1) {
    signal.throwIfAborted();
    const answer = await orAborted(attempt<Body>(connection, call, signal), signal);
    if (!(answer instanceof ProblemError)) return answer;
    const { status } = answer;
    // Without Retry-After 1 to 2 seconds, then 2 to 4: callers who failed together return apart.
    const pauseSeconds = answer.retryAfterSeconds ?? 2 ** retries * (1 + Math.random());
    const isPatient =
      retries < maxRetries &&
      pauseSeconds <= maxRetryAfterSeconds &&
      performance.now() + pauseSeconds * 1000 < endMs;
    if (!isPatient || (status !== 429 && status !== 503)) throw answer;
    await sleep(pauseSeconds, signal);
  }
}

async function attempt<Body>(
  { url, headers, fetch = globalThis.fetch }: Connection,
  { method, path, body, ifMatch }: Call,
  signal: AbortSignal,
): Promise<Answer<Body> | ProblemError> {
  const own = typeof headers === 'function' ? await headers() : headers;
  const wallMs = Date.now();
  const monotonicMs = performance.now();
  const response = await fetch(url.replace(/\/+$/, '') + path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(ifMatch && { 'if-match': ifMatch }),
      ...own,
    },
    ...(body && { body: JSON.stringify(body) }),
    signal,
  });
  const { status, ok } = response;
  const content = parse(await response.text());
  const date = Date.parse(response.headers.get('date') ?? '');
  if (ok && (content || status === 204)) {
    // The age counts from the request, so that the server's clock is at most this late. Of two clocks
    // the later one is believed: the monotonic one may stand still while a machine sleeps, the other
    // may be set back.
    const serverNowMs = () =>
      date ? date + Math.max(Date.now() - wallMs, performance.now() - monotonicMs) : Date.now();
    return { status, body: content as Body, serverNowMs };
  }
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), date);
  return new ProblemError(status, content, retryAfterSeconds);
}

/** The object in a text of JSON; `undefined` for anything else. */
function parse(text: string): object | undefined {
  try {
    const content = JSON.parse(text);
    if (Object(content) === content) return content;
  } catch {
    // A page of somebody between here and there.
  }
  return undefined;
}

/** Seconds or a date (RFC 9110 section 10.2.3), as seconds from the answer. */
function readRetryAfter(header: string | null, answeredMs: number): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header)
    ? Number(header)
    : (Date.parse(header) - (answeredMs || Date.now())) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
