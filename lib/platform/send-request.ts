/**
 * One HTTP exchange with the platform: a kept-alive connection, a deadline, a bound on what is read.
 * Judges nothing that the platform says.
 *
 * `node:https` rather than `fetch`: Node's fetch costs about twice as much at a cold start.
 */
import { Agent, request as httpsRequest } from 'node:https';
import { limitIdleSockets } from './idle-sockets.ts';

/** The documented answer has about 700 bytes. */
export const MAX_RESPONSE_BYTES = 64 * 1024;

export interface PlatformRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
}

export interface PlatformResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** @throws TransportError when there is no whole answer */
export type SendRequest = (request: PlatformRequest) => Promise<PlatformResponse>;

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

type Transport = Pick<typeof import('node:https'), 'request' | 'Agent'>;

/**
 * One set of kept-alive connections per sender, so make one per container.
 * @param now milliseconds of the wall clock
 */
export function createSender(now: () => number = Date.now): SendRequest {
  const secure = createPool({ request: httpsRequest, Agent }, now);
  let plain: Promise<Pool> | undefined;

  return async (request) => {
    if (request.url.protocol === 'https:') return exchange(secure, request);
    // Only local stand-ins speak plain HTTP. Loading node:http costs a cold start some 20 ms.
    plain ??= import('node:http').then((http) => createPool(http as unknown as Transport, now));
    return exchange(await plain, request);
  };
}

interface Pool {
  readonly transport: Transport;
  readonly agent: Agent;
  readonly dropIdle: () => void;
}

function createPool(transport: Transport, now: () => number): Pool {
  const agent = new transport.Agent({ keepAlive: true });
  return { transport, agent, dropIdle: limitIdleSockets(agent, now) };
}

function exchange(
  { transport, agent, dropIdle }: Pool,
  { url, headers, body, timeoutMs }: PlatformRequest,
): Promise<PlatformResponse> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    dropIdle();
    const request = transport.request(url, {
      method: 'POST',
      agent,
      headers: { ...headers, ...length },
    });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    const fail = (failure: TransportFailure, message: string, cause?: unknown): void =>
      end(() => {
        reject(new TransportError(failure, message, cause));
        request.destroy();
      });
    const timer = setTimeout(() => fail('timeout', `no answer within ${timeoutMs} ms`), timeoutMs);

    request.on('error', (error: NodeJS.ErrnoException) => {
      fail(toFailure(error, request.reusedSocket), error.code ?? error.message, error);
    });
    // Without a listener Node closes the connection and tells nobody.
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      fail('malformed', 'the answer switches to another protocol');
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        chunks.push(chunk);
        if (received > MAX_RESPONSE_BYTES) {
          fail('oversized', `the answer has more than ${MAX_RESPONSE_BYTES} bytes`);
        }
      });
      response.on('error', (error) => fail('malformed', 'the answer broke off', error));
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

function toFailure({ code }: NodeJS.ErrnoException, isReused: boolean): TransportFailure {
  // A kept-alive connection may have been closed by the other end while nobody looked.
  if (isReused && CLOSED_CODES.includes(code)) return 'stale connection';
  return code?.startsWith('HPE_') ? 'malformed' : 'connection';
}
