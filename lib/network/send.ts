/**
 * One HTTP exchange with the platform or with AWS: a kept-alive connection, a deadline, a bound on
 * what is read. Judges nothing that the other end says.
 *
 * `node:https` rather than `fetch`: Node's fetch costs about twice as much at a cold start.
 */
import { Agent, request as httpsRequest } from 'node:https';
import { type ConnectionPool, createConnectionPool, type Transport } from './connection-pool.ts';

export interface WireRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** A longer answer is not read to its end. */
  readonly maxResponseBytes: number;
}

export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** @throws TransportError when there is no whole answer */
export type SendRequest = (request: WireRequest) => Promise<WireResponse>;

export interface Sender {
  readonly send: SendRequest;
  /**
   * Opens a connection ahead of the request that will need it. Settles once the connection stands or
   * is known not to; never throws, as the request will meet the same failure and tell it.
   */
  readonly connect: (url: URL, timeoutMs: number) => Promise<void>;
}

/** `malformed` is an answer that is no HTTP, breaks off or asks for another protocol. */
export type TransportFailure =
  | 'timeout'
  | 'connection'
  | 'stale connection'
  | 'oversized'
  | 'malformed';

/** Why there is no whole answer. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/**
 * One set of kept-alive connections per sender, so make one per container.
 * @param now milliseconds of the wall clock
 */
export function createSender(now: () => number): Sender {
  const secure = createConnectionPool({ request: httpsRequest, Agent }, now);
  let plain: Promise<ConnectionPool> | undefined;
  const choosePool = async ({ protocol }: URL): Promise<ConnectionPool> => {
    if (protocol === 'https:') return secure;
    // Only local stand-ins speak plain HTTP. Loading node:http costs a cold start some 20 ms.
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
  { url, headers, body, timeoutMs, maxResponseBytes }: WireRequest,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const request = pool.request(url, { method: 'POST', headers: { ...headers, ...length } });
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
    const timer = setTimeout(() => fail('timeout', `no answer within ${timeoutMs} ms`), timeoutMs);

    let hasBegun = false;
    const breakOff = (error: Error): void => fail('malformed', 'the answer broke off', error);

    request.on('error', (error: NodeJS.ErrnoException) => {
      const failure = toFailure(error, pool.isKept(request));
      // Who has begun to answer has taken the request: it is not to be sent again as if nobody had.
      if (hasBegun && failure !== 'malformed') breakOff(error);
      else fail(failure, error.code ?? error.message, error);
    });
    // Without a listener Node closes the connection and tells nobody.
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      fail('malformed', 'the answer switches to another protocol');
    });
    request.on('response', (response) => {
      hasBegun = true;
      const chunks: Buffer[] = [];
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        chunks.push(chunk);
        if (received > maxResponseBytes) {
          fail('oversized', `the answer has more than ${maxResponseBytes} bytes`);
        }
      });
      response.on('error', breakOff);
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

/** What the other end's closing looks like to whoever writes next; which one depends on how it closed. */
const CLOSED_CODES: readonly unknown[] = ['ECONNRESET', 'EPIPE'];

function toFailure({ code }: NodeJS.ErrnoException, isKept: boolean): TransportFailure {
  // A kept connection may have been closed by the other end while nobody looked.
  if (isKept && CLOSED_CODES.includes(code)) return 'stale connection';
  return code?.startsWith('HPE_') ? 'malformed' : 'connection';
}
