/** Where the API listens, where this machine reaches it, and what is wrong if it cannot listen. */
import { lookup as lookUp } from 'node:dns/promises';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import { StartError } from './start-options.ts';

export interface Address {
  /** As `listen` takes it: an address, a name or a wildcard. */
  readonly host: string;
  readonly port: number;
}

/** Address that connects to each wildcard. */
const LOOPBACKS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Returns the URL to print: `http://localhost:<port>`, unless this machine's `localhost` leads
 * elsewhere, such as to `::1` only.
 *
 * @param findAddresses Resolves a name; default the system's resolver.
 */
export async function toUrl(
  { host, port }: Address,
  findAddresses: (name: string) => Promise<readonly string[]> = resolveName,
): Promise<string> {
  const reached = LOOPBACKS[host] ?? host;
  if (reached === '127.0.0.1' || host === '::') {
    const addresses: readonly string[] = await findAddresses('localhost').catch(() => []);
    if (addresses.includes(reached) || (host === '::' && addresses.length > 0)) {
      return `http://localhost:${port}`;
    }
  }
  return `http://${isIP(reached) === 6 ? `[${reached}]` : reached}:${port}`;
}

async function resolveName(name: string): Promise<string[]> {
  const addresses = await lookUp(name, { all: true });
  return addresses.map(({ address }) => address);
}

/**
 * Sends a POST request with a JSON body to the API, past proxies: Node's `fetch` takes one from the
 * environment for localhost too.
 */
export async function post(
  { host, port }: Address,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const agent = new Agent();
  try {
    const call = request({
      ...{ host: LOOPBACKS[host] ?? host, port, path, method: 'POST', agent, signal },
      // With a real project, requests must name localhost or an address (page-guard.ts).
      headers: { host: `localhost:${port}`, 'content-type': 'application/json' },
    });
    call.end();
    const [response]: IncomingMessage[] = await once(call, 'response');
    if (!response) throw new Error('The API sent no response.');
    return { status: response.statusCode ?? 0, body: await text(response) };
  } finally {
    agent.destroy();
  }
}

export function describePortInUse(port: number): StartError {
  return new StartError(`Port ${port} is in use. Stop that process or set PORT to another port.`);
}

/** @param error as `listen` throws it @returns what to do about it; other errors unchanged */
export function explainListenError(error: NodeJS.ErrnoException, { host, port }: Address): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return describePortInUse(port);
    case 'EACCES':
    case 'EPERM':
      return new StartError(
        `Port ${port} is privileged or reserved on this machine (${error.code}). Set PORT to another port, such as 3000.`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        `HOST is ${host}, which is not an address of this machine (${error.code}). Set HOST to 127.0.0.1, to 0.0.0.0 for all addresses, or leave it unset.`,
      );
    default:
      return error;
  }
}
