/**
 * Kept-alive connections over one transport, and connections opened before the request that needs
 * them.
 *
 * Lambda freezes a container between invocations, timers included, so socket timeouts do not fire;
 * the wall clock goes on. Meanwhile load balancers and NAT gateways drop idle connections silently, and
 * a request on one would wait for its whole timeout. So the age is checked before a connection is
 * used.
 */
import type { ClientRequest, RequestOptions } from 'node:http';
import type { Agent } from 'node:https';
import { isIP, type Socket } from 'node:net';

export type Transport = Pick<typeof import('node:https'), 'request' | 'Agent'>;

export interface ConnectionPool {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest;
  /** Whether the request was sent on a connection that had been idle before. */
  readonly isKept: (request: ClientRequest) => boolean;
  /**
   * Closes the idle connections to an origin. If one of them is dead, the others were idle during the
   * same freeze, so one failed request is enough to clear the pool.
   */
  readonly dropIdle: (url: URL) => void;
  /** Opens a connection. Resolves once it is established, failed or timed out; never rejects. */
  readonly connect: (url: URL, timeoutMs: number) => Promise<void>;
}

/**
 * Below the known idle timeouts on the way: AWS load balancers 60 seconds, nginx 75, NAT gateways 350
 * (their documentation; the platform publishes none).
 */
export const MAX_IDLE_MS = 30_000;

/** @param now milliseconds of the wall clock, which continues during a freeze */
export function createConnectionPool(
  { request, Agent }: Transport,
  now: () => number,
): ConnectionPool {
  const agent = new Agent({ keepAlive: true });
  const closeLongIdle = limitIdleSockets(agent, now);
  const open = agent.createConnection.bind(agent);
  const preOpened = new Map<string, { readonly socket: Socket; readonly sinceMs: number }>();
  const wasPreOpened = new WeakSet<object>();

  const takePreOpened = (origin: string): Socket | undefined => {
    const entry = preOpened.get(origin);
    preOpened.delete(origin);
    if (!entry) return undefined;
    const { socket, sinceMs } = entry;
    if (now() - sinceMs > MAX_IDLE_MS) socket.destroy();
    // Also true if the other end has closed it in the meantime.
    if (socket.destroyed || socket.readableEnded) return undefined;
    return socket.ref();
  };

  agent.createConnection = (options, callback) =>
    takePreOpened(`${options.host}:${options.port}`) ?? open(options, callback);

  return {
    request: (url, options) => {
      closeLongIdle();
      return request(url, { ...options, agent });
    },
    isKept: ({ reusedSocket, socket }) =>
      reusedSocket || (socket !== null && wasPreOpened.has(socket)),
    dropIdle: (url) => {
      const { host, port } = toAddress(url);
      takePreOpened(`${host}:${port}`)?.destroy();
      for (const [name, sockets] of Object.entries(agent.freeSockets)) {
        if (!name.startsWith(`${host}:${port}:`)) continue;
        for (const socket of sockets ?? []) socket.destroy();
      }
    },
    connect: (url, timeoutMs) =>
      new Promise((resolve) => {
        const { host, port } = toAddress(url);
        const options = { host, port, servername: isIP(host) ? '' : host };
        // If two services share an origin, a second entry would leave the first one open.
        takePreOpened(`${host}:${port}`)?.destroy();
        const socket = open(options) as Socket;
        preOpened.set(`${host}:${port}`, { socket, sinceMs: now() });
        wasPreOpened.add(socket);
        const timer = setTimeout(() => socket.destroy(), timeoutMs);
        const settle = (): void => {
          clearTimeout(timer);
          resolve();
        };
        socket.once('encrypted' in socket ? 'secureConnect' : 'connect', settle);
        socket.once('close', settle);
        // Without a listener an error would end the process. The request gets the same error.
        socket.on('error', () => {});
        // Reading notices that the other end closes; an idle socket must not keep the process alive.
        socket.resume();
        socket.unref();
      }),
  };
}

/** Returns a function that closes all sockets idle for too long. Call it before each request. */
function limitIdleSockets(agent: Pick<Agent, 'on' | 'freeSockets'>, now: () => number): () => void {
  const idleSinceMs = new WeakMap<object, number>();
  agent.on('free', (socket: object) => {
    idleSinceMs.set(socket, now());
  });
  return () => {
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      const idleMs = now() - (idleSinceMs.get(socket) ?? Number.NEGATIVE_INFINITY);
      if (idleMs > MAX_IDLE_MS) socket.destroy();
    }
  };
}

function toAddress({ protocol, hostname, port }: URL): { host: string; port: number } {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
