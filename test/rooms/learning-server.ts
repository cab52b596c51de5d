/** The function behind a plain HTTP server, as the vendor's samples expect their server to be. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readRoomAnswer, roomEvent } from './room-events.ts';

export interface LearningServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startLearningServer(
  invoke: (event: unknown) => Promise<object>,
): Promise<LearningServer> {
  const server = createServer(async (request, response) => {
    const answer = await invoke(roomEvent(`${request.method} ${request.url}`));
    const { status, headers, body } = readRoomAnswer(answer);
    response.writeHead(status, { ...headers, 'access-control-allow-origin': '*' });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
