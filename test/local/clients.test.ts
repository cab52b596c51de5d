/** Simulated clients of `npm start`: routes, responses, and what the stand-in platform reports about them. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createClientsRoute } from '../../local/clients.ts';
import { startGateway } from '../../local/gateway.ts';
import { startPlatform } from '../../stand-ins/platform.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';

const project = { apiKey: '123456', apiSecret: 'secret of the project' };
const sessionId = mintSessionId({ projectId: project.apiKey });
const openPlatform = closedAfterEach(startPlatform);
const openGateway = closedAfterEach(startGateway);
const openReceiver = closedAfterEach(startReceiver);

/** Takes callbacks, and keeps their bodies. */
async function startReceiver(onCallback: (body: Record<string, unknown>) => void) {
  const server = createServer(async (request, response) => {
    onCallback(JSON.parse(await text(request)));
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function start(onCallback: (body: Record<string, unknown>) => void = () => undefined) {
  const platform = await openPlatform({ projects: [project] });
  const { url } = await openReceiver(onCallback);
  platform.sendCallbacks({ url, secret: 'secret' });
  const { port } = await openGateway({
    host: '127.0.0.1',
    port: 0,
    routes: [],
    judge: () => undefined,
    invoke: async () => ({}),
    findClients: createClientsRoute(platform),
    onNotice: () => undefined,
    newRequestId: () => '1',
    now: Date.now,
  });
  const ask = async (route: string, body?: string) => {
    const [method = '', path = ''] = route.split(' ');
    const url = `http://127.0.0.1:${port}/stand-in/clients${path}`;
    const response = await fetch(url, { method, ...(body !== undefined && { body }) });
    const answer = await response.text();
    return { status: response.status, body: answer === '' ? {} : JSON.parse(answer) };
  };
  return { platform, ask, connect: (token = toToken()) => ask('POST ', JSON.stringify({ token })) };
}

function toToken(secret = project.apiSecret): string {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const claims = { iss: project.apiKey, session_id: sessionId, scope: 'session.connect', exp };
  const signed = [
    { alg: 'HS256', typ: 'JWT' },
    { ...claims, connection_data: 'name=Ada' },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('a simulated client', () => {
  it('connects with a token and disconnects, and both are reported before the response', async () => {
    const reported: unknown[] = [];
    const { ask, connect, platform } = await start((body) => reported.push(body));
    const { status, body } = await connect();
    const { connectionId } = body;
    expect({ status, body }).toEqual({
      status: 201,
      body: { connectionId, sessionId, state: 'Connected' },
    });
    expect(platform.connectionsOf(sessionId)).toMatchObject([{ data: 'name=Ada' }]);
    expect(reported).toMatchObject([
      { event: 'connectionCreated', connection: { id: connectionId, data: 'name=Ada' } },
    ]);
    expect(await ask(`GET /${connectionId}`)).toEqual({ status: 200, body });
    expect((await ask(`DELETE /${connectionId}`)).status).toBe(204);
    expect(reported).toHaveLength(2);
    expect(reported[1]).toMatchObject({ event: 'connectionDestroyed' });
    expect((await ask(`GET /${connectionId}`)).body).toMatchObject({ state: 'Disconnected' });
    expect((await ask(`DELETE /${connectionId}`)).status).toBe(204);
    expect(reported).toHaveLength(2);
  });

  it('is Disconnected in the response if the service disconnects it', async () => {
    const { connect, platform } = await start(({ event, connection }) => {
      const { id } = Object(connection);
      if (event === 'connectionCreated') platform.leave(sessionId, id);
    });
    expect(await connect()).toMatchObject({ status: 201, body: { state: 'Disconnected' } });
  });

  it('is refused with a token that the platform would reject', async () => {
    const { connect, platform } = await start();
    expect(await connect(toToken('other'))).toMatchObject({
      status: 403,
      body: { status: 403, detail: "The token's signature is not valid." },
    });
    expect(platform.connectionsOf(sessionId)).toEqual([]);
  });

  it.each(['', 'null', '{}', '{"token":1}', '{'])('is not described by %j', async (body) => {
    const { ask } = await start();
    expect(await ask('POST ', body)).toMatchObject({ status: 400 });
  });

  it.each([
    ['GET', '/unknown', 'There is no client with that connection id.'],
    ['DELETE', '/unknown', 'There is no client with that connection id.'],
    ['GET', '', undefined],
    ['PUT', '/unknown', undefined],
  ])('is a 404 for %s %j', async (method, path, detail) => {
    const { ask } = await start();
    const { status, body } = await ask(`${method} ${path}`);
    expect([status, body.detail]).toEqual([404, detail]);
  });
});
