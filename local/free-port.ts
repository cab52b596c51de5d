import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Whether something on this machine answers on a port, or this user may not open it on a host.
 * @throws Error as `listen` does for a host that is no address of this machine
 */
export async function isPortTaken(port: number, host = '127.0.0.1'): Promise<boolean> {
  const [overIPv4, overIPv6] = await Promise.all([
    accepts({ host: '127.0.0.1', port }),
    // A server here would be found before ours by whoever connects to localhost.
    accepts({ host: '::1', port }),
  ]);
  return overIPv4 || overIPv6 || !(await canListen(port, host));
}

/** Below those that systems give to outgoing connections (gVisor from 16000, Linux from 32768). */
const OWN_PORTS = [11_000, 16_000] as const;

/**
 * Returns a port of 127.0.0.1 that nobody uses at this moment, nor gets without asking for that very one
 * before it is used.
 */
export async function findFreePort(): Promise<number> {
  const port = randomInt(...OWN_PORTS);
  return (await isPortTaken(port)) ? findFreePort() : port;
}

const portFaults: readonly unknown[] = ['EADDRINUSE', 'EACCES'];

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
    if (portFaults.includes((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}
