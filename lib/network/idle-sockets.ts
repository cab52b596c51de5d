/**
 * Keeps an agent from using a kept-alive connection that has been idle for long. No I/O of its own.
 *
 * Between invocations Lambda freezes the container, timers included, so no timeout of a socket runs
 * out; the wall clock goes on. Meanwhile whoever is in between forgets the connection and tells nobody:
 * a request on it would wait for its whole deadline. Found out before use, it costs a new connection.
 */
import type { Agent } from 'node:https';

/**
 * Below what others in between are known to wait: load balancers of AWS 60 seconds, nginx 75, NAT
 * gateways 350 (their documentation; the platform publishes no figure).
 */
export const LONGEST_IDLE_MS = 30_000;

/**
 * @param now milliseconds of the wall clock, which a freeze does not stop
 * @returns closes what has been idle for too long; to be called before each request
 */
export function limitIdleSockets(
  agent: Pick<Agent, 'on' | 'freeSockets'>,
  now: () => number,
): () => void {
  const idleSinceMs = new WeakMap<object, number>();
  agent.on('free', (socket: object) => {
    idleSinceMs.set(socket, now());
  });
  return () => {
    for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
      const idleMs = now() - (idleSinceMs.get(socket) ?? Number.NEGATIVE_INFINITY);
      if (idleMs > LONGEST_IDLE_MS) socket.destroy();
    }
  };
}
