/**
 * What all stand-ins share: an HTTP or HTTPS server on 127.0.0.1 and a free port that records
 * requests, fails on demand and leaves no socket behind.
 */
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createFaultQueue } from './fault-queue.ts';
import { type Answer, applyFault, type Fault, send } from './faults.ts';
import { testCertificate } from './test-certificate.ts';

/** One request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The connection it came on, counted from 1 in order of arrival. */
  readonly connection: number;
  /** The fault it met, if any. */
  readonly fault?: Fault['kind'];
}

/** A running stand-in. */
export interface StandIn<R extends RecordedRequest = RecordedRequest> {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /** Requests in order of arrival; in a long run the latest, see `keptRequests`. */
  readonly requests: readonly R[];
  /** All requests and TCP connections since the start. */
  readonly counts: { readonly requests: number; readonly connections: number };
  /** Makes the next request fail, or the next `times` (may be `Infinity`); faults queue up. */
  fail(fault: Fault, options?: { times?: number }): void;
  /** Forgets the faults that no request has met yet. */
  recover(): void;
  /** Resolves when `count` requests have arrived since the start, at once if they have. */
  received(count: number): Promise<void>;
  /** Ends every connection, also those that hang, and frees the port. May be called twice. */
  close(): Promise<void>;
}

/** How one stand-in differs from the others. */
export interface StandInBehavior<R extends RecordedRequest> {
  /** Adds to a request what tests of this stand-in like to look at. */
  readonly read: (request: RecordedRequest) => R;
  /** The usual answer. */
  readonly answer: (request: R) => Answer | Promise<Answer>;
  /** Serves HTTPS with the test certificate. Default false. */
  readonly tls?: boolean | undefined;
  /** How many requests are kept at least; memory ends at twice as many. Default 10,000. */
  readonly keptRequests?: number;
}

/** Starts a stand-in; resolves once it accepts connections. */
export async function startStandIn<R extends RecordedRequest>(
  behavior: StandInBehavior<R>,
): Promise<StandIn<R>> {
  const { keptRequests = 10_000 } = behavior;
  const faults = createFaultQueue();
  const requests: R[] = [];
  const counts = { requests: 0, connections: 0 };
  const arrivals: Arrival[] = [];
  const closing = new AbortController();

  const record = (request: R) => {
    if (requests.length >= 2 * keptRequests) requests.splice(0, keptRequests);
    requests.push(request);
    counts.requests += 1;
    for (const { count, arrived } of arrivals) if (counts.requests >= count) arrived();
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const connection = connections.of(incoming.socket);
    const body = await text(incoming);
    const fault = faults.take({ isReusedConnection: connection.served > 0 });
    connection.served += 1;
    const request = behavior.read({
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body,
      connection: connection.number,
      ...(fault && { fault: fault.kind }),
    });
    record(request);
    const usualAnswer = async () => behavior.answer(request);
    if (!fault) return send(response, await usualAnswer());
    const { socket } = connection;
    await applyFault(fault, { response, socket, usualAnswer, closing: closing.signal });
  };

  const server = createServer({ tls: behavior.tls ?? false, keepAliveTimeout: 60_000 });
  const connections = trackConnections(server, counts);
  server.on('request', (incoming, response) => {
    serve(incoming, response).catch((cause) => response.destroy(cause));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `${behavior.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    counts,
    fail: (fault, { times = 1 } = {}) => faults.add(fault, times),
    recover: faults.clear,
    received: (count) =>
      new Promise((arrived) => {
        if (counts.requests >= count) arrived();
        else arrivals.push({ count, arrived });
      }),
    close: async () => {
      closing.abort();
      connections.destroyAll();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

interface Arrival {
  readonly count: number;
  readonly arrived: () => void;
}

function createServer({ tls, ...options }: { tls: boolean; keepAliveTimeout: number }): Server {
  return tls ? createHttpsServer({ ...testCertificate, ...options }) : createHttpServer(options);
}

interface Connection {
  readonly number: number;
  readonly socket: Socket;
  served: number;
}

/**
 * Numbers the TCP connections of a server. They are found again by their remote port, because a
 * request over TLS does not show the TCP socket below it.
 */
function trackConnections(server: Server, counts: { connections: number }) {
  const live = new Map<number | undefined, Connection>();
  server.on('connection', (socket: Socket) => {
    counts.connections += 1;
    const { remotePort } = socket;
    live.set(remotePort, { number: counts.connections, socket, served: 0 });
    socket.on('close', () => live.delete(remotePort));
  });
  return {
    of(socket: Socket): Connection {
      const connection = live.get(socket.remotePort);
      if (!connection) throw new Error('The connection is gone already.');
      return connection;
    },
    destroyAll() {
      for (const { socket } of live.values()) socket.destroy();
    },
  };
}
