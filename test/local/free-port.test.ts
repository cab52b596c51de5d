import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { findFreePort, isPortTaken } from '../../local/free-port.ts';

it('a free port is not one that the system assigns meanwhile', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, findFreePort));
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(11_000);
    expect(port).toBeLessThan(16_000);
  }
});

it('a port is taken while a server listens on it, and free afterwards', async () => {
  const port = await findFreePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortTaken(port)).toBe(true);
  server.close();
  await once(server, 'close');
  expect(await isPortTaken(port)).toBe(false);
});
