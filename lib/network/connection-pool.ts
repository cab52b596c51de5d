/**
 * Kept-alive connections over one transport, and connections opened ahead of the request that will
 * need them.
 */
import type { ClientRequest, RequestOptions } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { LONGEST_IDLE_MS, limitIdleSockets } from './idle-sockets.ts';

export type Transport = Pick<typeof import('node:https'), 'request' | 'Agent'>;

export interface ConnectionPool {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest;
  /** Whether the request went out on a connection that had stood for a while. */
  readonly isKept: (request: ClientRequest) => boolean;
  /**
   * Closes the connections to an origin that wait for a request. When one of them turned out to be
   * dead, the others are no younger: Lambda had the container frozen for longer than the other end
   * waits. So a pool that went stale as a whole is found out once, not connection by connection.
   */
  readonly dropIdle: (url: URL) => void;
  /** Settles once the connection stands, or failed, or was given up. */
  readonly connect: (url: URL, timeoutMs: number) => Promise<void>;
}

/** @param now milliseconds of the wall clock */
export function createConnectionPool(
  { request, Agent }: Transport,
  now: () => number,
): ConnectionPool {
  const agent = new Agent({ keepAlive: true });
  const dropLongIdle = limitIdleSockets(agent, now);
  const open = agent.createConnection.bind(agent);
  const ahead = new Map<string, { readonly socket: Socket; readonly sinceMs: number }>();
  const wasAhead = new WeakSet<object>();

  const take = (origin: string): Socket | undefined => {
    const opened = ahead.get(origin);
    ahead.delete(origin);
    if (!opened) return undefined;
    const { socket, sinceMs } = opened;
    if (now() - sinceMs > LONGEST_IDLE_MS) socket.destroy();
    // By now, or by the other end in the meantime.
    if (socket.destroyed || socket.readableEnded) return undefined;
    return socket.ref();
  };

  agent.createConnection = (options, callback) =>
    take(`${options.host}:${options.port}`) ?? open(options, callback);

  return {
    request: (url, options) => {
      dropLongIdle();
      return request(url, { ...options, agent });
    },
    isKept: ({ reusedSocket, socket }) => reusedSocket || (socket !== null && wasAhead.has(socket)),
    dropIdle: (url) => {
      const { host, port } = toAddress(url);
      take(`${host}:${port}`)?.destroy();
      for (const [name, sockets] of Object.entries(agent.freeSockets)) {
        if (!name.startsWith(`${host}:${port}:`)) continue;
        for (const socket of sockets ?? []) socket.destroy();
      }
    },
    connect: (url, timeoutMs) =>
      new Promise((resolve) => {
        const { host, port } = toAddress(url);
        const options = { host, port, servername: isIP(host) ? '' : host };
        // Two services may share an origin, and nobody would ever take or close the first one.
        take(`${host}:${port}`)?.destroy();
        const socket = open(options) as Socket;
        ahead.set(`${host}:${port}`, { socket, sinceMs: now() });
        wasAhead.add(socket);
        const timer = setTimeout(() => socket.destroy(), timeoutMs);
        const settle = (): void => {
          clearTimeout(timer);
          resolve();
        };
        socket.once('encrypted' in socket ? 'secureConnect' : 'connect', settle);
        socket.once('close', settle);
        // Whoever takes the connection is told the same.
        socket.on('error', () => {});
        // Nothing is to be read yet but the other end's closing; and nobody waits for it alone.
        socket.resume();
        socket.unref();
      }),
  };
}

function toAddress({ protocol, hostname, port }: URL): { host: string; port: number } {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
