/**
 * Sends one call of the API. Headers, timeout, retries and errors of all calls are decided here.
 */
import { sleep, throwIfAborted, withTimeout } from './abort.ts';
import { ProblemError } from './problem-error.ts';

/** The part of `fetch` that is used. Pass one that signs (SigV4) for deployments with `auth=iam`. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

export interface FetchInit {
  method: string;
  /** Names are in lower case. */
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** A redirect is an error, so that no secret is sent to another address. Not `error`: Cloudflare Workers lack it. */
  redirect: 'manual';
  /** Frameworks such as Next.js cache GET requests otherwise. */
  cache: 'no-store';
}

/** A record, pairs or a `Headers`. Upper and lower case of names do not matter. */
export type HeadersSource =
  | Readonly<Record<string, string>>
  | [name: string, value: string][]
  | Headers;

/** Where the API is and how it is called. */
export interface Connection {
  /** Base URL, such as `https://video.example.com/prod`, with or without a `/` at its end. */
  readonly url: string;
  /**
   * Sent with every request, such as `{ authorization: 'Bearer …' }`. A function is called before each
   * request, also before a retry, so that the sign-in token is fresh.
   */
  readonly headers?: HeadersSource | (() => HeadersSource | Promise<HeadersSource>);
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Milliseconds, for a call with all its retries. Default 30,000. */
  readonly timeoutMs?: number;
  /** How often a failed request is retried. Default 2. */
  readonly maxRetries?: number;
  /** Seconds. With a longer `Retry-After`, the call fails instead of waiting. Default 10. */
  readonly maxRetryAfterSeconds?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Percent-encoded, with a slash at its start. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** Entity tag: the request has an effect only if it still is that of the room. */
  readonly ifMatch?: string | undefined;
}

export interface ApiResponse<Body> {
  /** HTTP status. */
  readonly status: number;
  readonly body: Body;
  /** The server's clock now, in milliseconds since the UNIX epoch. Without a `Date` header, this machine's. */
  readonly serverNowMs: () => number;
}

/**
 * @throws ProblemError for every response that is not a success; whatever `headers` and `fetch` throw; the
 *   signal's reason, or a `TimeoutError` after `timeoutMs`
 */
export function send<Body>(connection: Connection, call: Call): Promise<ApiResponse<Body>> {
  const { headers, timeoutMs = 30_000, maxRetries = 2, maxRetryAfterSeconds = 10 } = connection;
  const endMs = performance.now() + timeoutMs;
  const sendUntilDone = async (signal: AbortSignal) => {
    for (let retries = 0; ; retries += 1) {
      const own = new Headers(typeof headers === 'function' ? await headers() : headers);
      throwIfAborted(signal);
      try {
        return await attempt<Body>(connection, call, own, signal);
      } catch (error) {
        // Without Retry-After 1 to 2 seconds, then 2 to 4: random, so that clients spread out.
        const { status, retryAfterSeconds = 2 ** retries * (1 + Math.random()) } =
          error as Partial<ProblemError>;
        const mayRetry =
          (status === undefined ? isRepeatable(call) : status === 429 || status === 503) &&
          retries < maxRetries &&
          retryAfterSeconds <= maxRetryAfterSeconds &&
          performance.now() + retryAfterSeconds * 1000 < endMs;
        if (!mayRetry) throw error;
        await sleep(retryAfterSeconds, signal);
      }
    }
  };
  return withTimeout(sendUntilDone, timeoutMs, call.signal);
}

/** @throws ProblemError for a response that is not a success; what `fetch` throws */
async function attempt<Body>(
  { url, fetch = globalThis.fetch }: Connection,
  { method, path, body, ifMatch }: Call,
  headers: Headers,
  signal: AbortSignal,
): Promise<ApiResponse<Body>> {
  if (body && !headers.has('content-type')) headers.set('content-type', 'application/json');
  if (ifMatch) headers.set('if-match', ifMatch);
  const wallMs = Date.now();
  const monotonicMs = performance.now();
  const response = await fetch(url.replace(/\/+$/, '') + path, {
    method,
    headers: Object.fromEntries(headers),
    ...(body && { body: JSON.stringify(body) }),
    signal,
    redirect: 'manual',
    cache: 'no-store',
  });
  const { status, ok, redirected } = response;
  const content = parse(await response.text());
  const date = Date.parse(response.headers.get('date') as string);
  if (ok && !redirected && (content || status === 204)) {
    // The age counts from the request, so that this clock is never ahead of the server's. The larger age
    // counts: the monotonic clock may stop while a machine sleeps, and the other may be set back.
    const serverNowMs = () =>
      date ? date + Math.max(Date.now() - wallMs, performance.now() - monotonicMs) : Date.now();
    return { status, body: content as Body, serverNowMs };
  }
  // 3xx, or 0 in browsers. A `fetch` that ignores `redirect` has followed it already.
  const isRedirect = redirected || (!ok && status < 400);
  throw new ProblemError(
    status,
    isRedirect ? { message: 'The URL redirects; use its target.' } : content,
    readRetryAfter(response.headers.get('retry-after'), date),
  );
}

/**
 * Whether to retry after a failure of the network, which may be after the server has done its work. Tokens
 * are issued for one user or guest however often that is; creating twice makes two, deleting may delete
 * what was created since.
 */
function isRepeatable({ method, path }: Call): boolean {
  return /^GET|^POST.+tokens$/.test(method + path);
}

/** The object in a text of JSON; `undefined` for anything else. */
function parse(text: string): object | undefined {
  try {
    const content = JSON.parse(text);
    if (Object(content) === content) return content;
  } catch {
    // Such as the page of a proxy.
  }
  return undefined;
}

/** Seconds or a date (RFC 9110 section 10.2.3), as seconds from the response. */
function readRetryAfter(header: string | null, respondedMs: number): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header)
    ? Number(header)
    : (Date.parse(header) - (respondedMs || Date.now())) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
