/**
 * Sends one HTTP request to the platform or to AWS: over a kept-alive connection, with a timeout and a
 * limit on the size of the response. Does not interpret status or body.
 *
 * Uses `node:https`: `fetch` costs about twice as much of a cold start.
 */
import { Agent, request as httpsRequest } from 'node:https';
import { type ConnectionPool, createConnectionPool, type Transport } from './connection-pool.ts';

export interface WireRequest {
  /** Default `POST`. */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** For the whole exchange, including the connection. */
  readonly timeoutMs: number;
  /** A larger body fails the exchange as `oversized`. */
  readonly maxResponseBytes: number;
}

export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** @throws TransportError if no complete response arrives */
export type SendRequest = (request: WireRequest) => Promise<WireResponse>;

export interface Sender {
  readonly send: SendRequest;
  /**
   * Opens a connection before the request that needs it. Resolves once it is established, failed or
   * timed out. Never rejects: the request gets the same error.
   */
  readonly connect: (url: URL, timeoutMs: number) => Promise<void>;
}

/**
 * `malformed`: the response is not HTTP, is incomplete or switches protocols. `stale connection`: the
 * other end closed a kept-alive connection before it read the request.
 */
export type TransportFailure =
  | 'timeout'
  | 'connection'
  | 'stale connection'
  | 'oversized'
  | 'malformed';

/** Why there is no complete response. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/**
 * Creates a sender with its own kept-alive connections. Create one per container.
 * @param now milliseconds of the wall clock
 */
export function createSender(now: () => number): Sender {
  const secure = createConnectionPool({ request: httpsRequest, Agent }, now);
  let plain: Promise<ConnectionPool> | undefined;
  const choosePool = async ({ protocol }: URL): Promise<ConnectionPool> => {
    if (protocol === 'https:') return secure;
    // Only local stand-ins use plain HTTP. Loading node:http takes about 20 ms of a cold start.
    plain ??= import('node:http').then((http) =>
      createConnectionPool(http as unknown as Transport, now),
    );
    return plain;
  };
  return {
    send: async (request) => exchange(await choosePool(request.url), request),
    connect: async (url, timeoutMs) => (await choosePool(url)).connect(url, timeoutMs),
  };
}

function exchange(
  pool: ConnectionPool,
  { method = 'POST', url, headers, body, timeoutMs, maxResponseBytes }: WireRequest,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const request = pool.request(url, { method, headers: { ...headers, ...length } });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    const fail = (failure: TransportFailure, message: string, cause?: unknown): void =>
      end(() => {
        reject(new TransportError(failure, message, cause));
        const isLost = failure === 'timeout' || failure === 'stale connection';
        if (isLost && pool.isKept(request)) pool.dropIdle(url);
        request.destroy();
      });
    const timer = setTimeout(
      () => fail('timeout', `no response within ${timeoutMs} ms`),
      timeoutMs,
    );

    let hasResponse = false;
    const failIncomplete = (error: Error): void =>
      fail('malformed', 'the response is incomplete', error);

    request.on('error', (error: NodeJS.ErrnoException) => {
      const failure = toFailure(error, pool.isKept(request));
      // The server has read the request once it responds, so the connection was not stale.
      if (hasResponse && failure !== 'malformed') failIncomplete(error);
      else fail(failure, error.code ?? error.message, error);
    });
    // Without a listener, Node closes the connection and emits no other event.
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      fail('malformed', 'the response switches protocols');
    });
    request.on('response', (response) => {
      hasResponse = true;
      const chunks: Buffer[] = [];
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        chunks.push(chunk);
        if (received > maxResponseBytes) {
          fail('oversized', `the response has more than ${maxResponseBytes} bytes`);
        }
      });
      response.on('error', failIncomplete);
      response.on('end', () =>
        end(() =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        ),
      );
    });
    request.end(body);
  });
}

/** What a write fails with after the other end has closed; it depends on how it closed. */
const CLOSED_CODES: readonly unknown[] = ['ECONNRESET', 'EPIPE'];

function toFailure({ code }: NodeJS.ErrnoException, isKept: boolean): TransportFailure {
  if (isKept && CLOSED_CODES.includes(code)) return 'stale connection';
  return code?.startsWith('HPE_') ? 'malformed' : 'connection';
}
