import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findFreePort } from '../../local/free-port.ts';
import { startPlatform } from '../../stand-ins/platform.ts';

const startFile = fileURLToPath(new URL('../../local/start.ts', import.meta.url));

function npmStart(environment: Record<string, string>): Promise<object> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [startFile], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error?.code, stdout, stderr });
    });
  });
}

describe('npm start', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('says so when its port is taken on %s', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const outcome = await npmStart({ PORT: String(port) });
    server.close();
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `Port ${port} is taken; end what uses it, or set PORT to another one.\n`,
    });
  });

  it.each(['203.0.113.1', 'nobody.invalid'])(
    'says so when its host is not here: %s',
    async (HOST) => {
      const outcome = await npmStart({ HOST, PORT: String(await findFreePort()) });
      expect(outcome).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`^HOST is ${HOST}, which is no address of this machine \\(E\\w+\\)\\.\\n$`),
        ),
      });
    },
  );

  it('tells in one line what is wrong with a project, and ends', async () => {
    const platform = await startPlatform({
      projects: [{ apiKey: '47665971', apiSecret: 'right' }],
    });
    const outcome = await npmStart({
      PORT: String(await findFreePort()),
      OPENTOK_API_KEY: '47665971',
      OPENTOK_API_SECRET: 'wrong',
      VIDEO_API_URL: platform.url,
    });
    await platform.close();
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^The video platform refused the credentials: .* status 403\. .*API secret.*\n$/,
      ),
    });
  }, 120_000);

  it('says what is missing from half a pair of credentials', async () => {
    await expect(npmStart({ OPENTOK_API_KEY: '47665971' })).resolves.toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'OPENTOK_API_SECRET is not set; set both of the OpenTok pair or none.\n',
    });
  });
});
