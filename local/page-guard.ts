/**
 * Keeps web pages away from `npm start` with a real project: every request gets a token of that project,
 * and every page that is open in a browser can send requests to localhost. Pure: no I/O.
 *
 * A page cannot hide its origin where it may read the answer, or send JSON. One that has pointed its
 * own name at this machine (DNS rebinding) is of the same origin, and sends none with GET; its name
 * is then what it asks for as host. What a page merely loads (an image, a frame) it cannot read, and
 * names no origin for; browsers say of it where it comes from (Fetch Metadata), and it is not to make
 * rooms either. A request of a user who follows a link passes: the user sees the response, the linking page does not.
 */
import type { IncomingHttpHeaders } from 'node:http';

const LOCALHOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
/** A page cannot rebind an address as it can a name, so a phone on the same network may use one. */
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;
const PORT = /:\d{1,5}$/;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

export interface Refusal {
  readonly status: 403 | 415;
  /** For the developer of the page or command. */
  readonly detail: string;
}

/** @returns why a request is refused; `undefined` for one that may pass */
export function judgeRequest(
  method: string | undefined,
  headers: IncomingHttpHeaders,
): Refusal | undefined {
  const { origin, host = '' } = headers;
  if (origin !== undefined && !isLocalOrigin(origin)) {
    return refuse(403, `Pages of ${JSON.stringify(origin)} get no tokens of a real project.`);
  }
  if (origin === undefined && isLoadedByOthers(headers)) {
    return refuse(403, 'Pages of other sites get no tokens of a real project.');
  }
  const name = host.replace(PORT, '');
  if (!LOCALHOST.test(name) && !ADDRESS.test(name)) {
    return refuse(403, 'A real project is served at localhost, and at addresses, alone.');
  }
  if (method === 'POST' && !JSON_TYPE.test(headers['content-type'] ?? '')) {
    return refuse(415, 'Send content-type: application/json, which pages elsewhere cannot.');
  }
  return undefined;
}

function isLoadedByOthers(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-dest'] !== 'document';
}

/** `capacitor://localhost` and `ionic://localhost` are origins of apps on iOS, which no web page can have. */
function isLocalOrigin(origin: string): boolean {
  const [, host] = /^(?:https?|capacitor|ionic):\/\/([^/?#@]+)$/i.exec(origin) ?? [];
  return host !== undefined && LOCALHOST.test(host.replace(PORT, ''));
}

function refuse(status: Refusal['status'], detail: string): Refusal {
  return { status, detail };
}
