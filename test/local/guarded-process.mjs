/** Two servers, made as CommonJS (serverless-offline's) and ES modules make them; tells their ports. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const http = createRequire(import.meta.url)('node:http');
const serve = (_request, response) => response.end('served');
const servers = [http.createServer(serve), createServer(serve)];
const ports = servers.map(async (server) => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
});
process.send(await Promise.all(ports));
