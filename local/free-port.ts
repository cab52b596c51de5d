import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Returns whether a process of this machine listens on a port.
 *
 * @throws Error as `listen` does, for every other reason why it cannot listen there
 */
export async function isPortTaken(port: number, host = '127.0.0.1'): Promise<boolean> {
  const [overIPv4, overIPv6] = await Promise.all([
    accepts({ host: '127.0.0.1', port }),
    // A client that connects to localhost may reach a server here first.
    accepts({ host: '::1', port }),
  ]);
  return overIPv4 || overIPv6 || !(await canListen(port, host));
}

/** Below the ports that systems assign to outgoing connections (gVisor from 16000, Linux from 32768). */
const OWN_PORTS = [11_000, 16_000] as const;

/** Returns a port of 127.0.0.1 that is free, and that the system assigns to no other process meanwhile. */
export async function findFreePort(): Promise<number> {
  const port = randomInt(...OWN_PORTS);
  // Some systems reserve ranges of ports, which is an error to skip here.
  return (await isPortTaken(port).catch(() => true)) ? findFreePort() : port;
}

async function accepts(address: { host: string; port: number }): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}
