/**
 * Simulated clients, for tests and for the console: connects and disconnects clients of the stand-in platform over
 * HTTP. Served beside the API, and only where the platform is a stand-in.
 *
 * | request | response |
 * | --- | --- |
 * | `POST /stand-in/clients` `{ "token" }` | 201 and the client; 403 for a token that the platform would reject |
 * | `GET /stand-in/clients/{connectionId}` | 200 and the client; 404 |
 * | `DELETE /stand-in/clients/{connectionId}` | 204, also if it has disconnected before; 404 |
 *
 * A client is `{ "connectionId", "sessionId", "state" }`, where the state is `Connected` or `Disconnected`. A
 * response is sent once the service has handled the callbacks about the client. So a client of a banned person is
 * `Disconnected` in the response to its own connection.
 */
import type { StandInClients } from '../stand-ins/platform.ts';

export interface ClientsResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the function that answers requests to a path; `undefined` for paths of the API. */
export type FindClients = (
  method: string,
  path: string,
) => ((body: Buffer) => Promise<ClientsResponse>) | undefined;

export const CLIENTS_PATH = '/stand-in/clients';

export function createClientsRoute(clients: StandInClients): FindClients {
  const show = (statusCode: number, connectionId: string) => {
    const client = clients.findClient(connectionId);
    if (!client) return problem(404, 'There is no client with that connection id.');
    return respond(statusCode, { connectionId, ...client });
  };

  const connect = async (body: Buffer) => {
    const token = readToken(body);
    if (token === undefined) return problem(400, 'Send JSON with the field token, a string.');
    const client = clients.connectWithToken(token);
    if ('refused' in client) return problem(403, client.refused);
    await clients.callbacksSettled();
    return show(201, client.connectionId);
  };

  const disconnect = async (connectionId: string) => {
    const client = clients.findClient(connectionId);
    if (!client) return show(404, connectionId);
    clients.leave(client.sessionId, connectionId);
    await clients.callbacksSettled();
    return { statusCode: 204, headers: {}, body: '' };
  };

  return (method, path) => {
    if (path === CLIENTS_PATH) return method === 'POST' ? connect : undefined;
    const [, connectionId] = ONE_CLIENT.exec(path) ?? [];
    if (connectionId === undefined) return undefined;
    if (method === 'GET') return async () => show(200, connectionId);
    return method === 'DELETE' ? () => disconnect(connectionId) : undefined;
  };
}

/** Ids of connections are UUIDs. */
const ONE_CLIENT = new RegExp(`^${CLIENTS_PATH}/([\\w-]+)$`);

function readToken(body: Buffer): string | undefined {
  try {
    const { token } = Object(JSON.parse(body.toString())) as { readonly token?: unknown };
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

function respond(
  statusCode: number,
  body: object,
  contentType = 'application/json',
): ClientsResponse {
  return {
    statusCode,
    headers: { 'content-type': contentType, 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

function problem(status: number, detail: string): ClientsResponse {
  const titles: Readonly<Record<number, string>> = {
    400: 'Not a request of the stand-in platform',
    403: 'The platform would reject this token',
    404: 'No such client',
  };
  return respond(status, { title: titles[status], status, detail }, 'application/problem+json');
}
