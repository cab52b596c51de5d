/**
 * The way to a service in the same region, as a TCP proxy on this machine: what is sent takes half a
 * round trip, and making a connection a whole one before anything of it is heard. Timers of Node are
 * good to a millisecond, so a round trip is rather longer than asked for.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** @returns the target's address behind the proxy */
export async function startDelayProxy(target: string, roundTripMs: number): Promise<string> {
  const { protocol, port } = new URL(target);
  const server = createServer((client) => {
    client.setNoDelay(true);
    const service = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    const openedMs = performance.now();
    // The client counts as connected at once; on a real way, only after a round trip.
    forward(client, service, () => openedMs + roundTripMs + roundTripMs / 2);
    forward(service, client, () => 0, roundTripMs / 2);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return `${protocol}//127.0.0.1:${address.port}`;

  function forward(
    from: Socket,
    to: Socket,
    notBeforeMs: () => number,
    delayMs = roundTripMs / 2,
  ): void {
    const later = (run: () => void) => {
      const nowMs = performance.now();
      setTimeout(run, Math.max(nowMs + delayMs, notBeforeMs()) - nowMs);
    };
    from.on('data', (bytes) => later(() => to.write(bytes)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => later(() => to.destroy()));
  }
}
