import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import openapi from '../../docs/openapi.json' with { type: 'json' };
import { findFreePort } from '../../local/free-port.ts';
import { startPlatform } from '../../stand-ins/platform.ts';

const startFile = fileURLToPath(new URL('../../local/start.ts', import.meta.url));

function npmStart(environment: Record<string, string>, args: string[] = []): Promise<object> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    execFile(process.execPath, [startFile, ...args], { env }, (error, stdout, stderr) => {
      resolve({ exitCode: error?.code, stdout, stderr });
    });
  });
}

interface Line {
  readonly type: string;
  readonly [field: string]: unknown;
}

const preload = (script: string) => `data:text/javascript,${encodeURIComponent(script)}`;

/**
 * Starts it for programs, on a free port, and ends it once `use` of a line resolves to true.
 * Returns the address that it printed.
 */
async function whileStarted(
  use: (line: Line, url: string) => Promise<boolean>,
  environment: Record<string, string> = {},
): Promise<unknown> {
  const PORT = String(await findFreePort());
  let printedUrl: unknown;
  const running = spawn(process.execPath, [startFile, '--json'], {
    env: { ...process.env, PORT, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface(running.stdout)) {
      const parsed: Line = JSON.parse(line);
      printedUrl ??= parsed['url'];
      if (await use(parsed, `http://localhost:${PORT}`)) break;
    }
  } finally {
    const exited = once(running, 'exit');
    running.kill('SIGTERM');
    await exited;
  }
  return printedUrl;
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
      stderr: `Port ${port} is in use. Stop that process or set PORT to another port.\n`,
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
          new RegExp(
            `^HOST is ${HOST}, which is not an address of this machine \\(E\\w+\\)\\. .*\\n$`,
          ),
        ),
      });
    },
  );

  it('prints its arguments and variables with --help, and starts nothing', async () => {
    const { stdout, ...rest } = (await npmStart({}, ['--help'])) as { stdout: string };
    expect(rest).toEqual({ exitCode: undefined, stderr: '' });
    for (const name of ['--vonage', '--json', 'PORT', 'HOST', 'VONAGE_PRIVATE_KEY_FILE']) {
      expect(stdout).toContain(name);
    }
  });

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
        /^The video platform .* status 403\. .* Check OPENTOK_API_KEY and OPENTOK_API_SECRET\.\n$/,
      ),
    });
  }, 120_000);

  it('tells programs in one line of JSON what is wrong', async () => {
    const outcome = await npmStart({ OPENTOK_API_KEY: '47665971' }, ['--json']);
    const message = 'OPENTOK_API_SECRET is not set; set both of the OpenTok pair or none.';
    const stdout = `${JSON.stringify({ type: 'error', message })}\n`;
    expect(outcome).toEqual({ exitCode: 1, stdout, stderr: '' });
    const unknown = await npmStart({}, ['--nonsense', '--json']);
    expect(unknown).toMatchObject({ stdout: expect.stringMatching(/^\{"type":"error".*\}\n$/) });
  });

  it('tells programs every step in lines of JSON', async () => {
    const lines: Line[] = [];
    await whileStarted(async (line, url) => {
      lines.push(line);
      if (line.type === 'session') {
        const tokens = `${url}/sessions/${line['sessionId']}/tokens`;
        expect((await fetch(tokens, { method: 'POST' })).status).toBe(201);
      }
      return ['token issued', 'callback received'].every((message) =>
        lines.some((one) => one.type === 'log' && one['message'] === message),
      );
    });
    const types = lines.map(({ type }) => type).filter((type) => !['route', 'log'].includes(type));
    expect(types).toEqual(['address', 'project', 'session']);
    expect(lines).toContainEqual(
      expect.objectContaining({ function: 'issueToken', message: 'token issued' }),
    );
    // The stand-in platform signs with the secret of the project that was printed.
    expect(lines).toContainEqual(
      expect.objectContaining({ function: 'receiveCallback', event: 'sessionCreated' }),
    );
    const routes = lines.filter(({ type }) => type === 'route');
    const documented = Object.entries(openapi.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(documented.sort());
  }, 120_000);

  it('starts with a proxy in the environment and no home folder', async () => {
    const types: string[] = [];
    const url = await whileStarted(
      async ({ type }) => {
        types.push(type);
        return type === 'session';
      },
      {
        HTTP_PROXY: 'http://127.0.0.1:9',
        HTTPS_PROXY: 'http://127.0.0.1:9',
        NODE_USE_ENV_PROXY: '1',
        HOME: '/proc',
        // localhost is ::1 only.
        NODE_OPTIONS: `--import=${preload(`
          import dns from 'node:dns/promises';
          import { syncBuiltinESMExports } from 'node:module';
          dns.lookup = async () => [{ address: '::1', family: 6 }];
          syncBuiltinESMExports();
        `)}`,
      },
    );
    expect(types.at(-1)).toBe('session');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  }, 120_000);

  it('explains a port that this user may not open', async () => {
    const PORT = String(await findFreePort());
    const denied = preload(`
      import { Server } from 'node:net';
      Server.prototype.listen = function () {
        queueMicrotask(() => this.emit('error', Object.assign(new Error(), { code: 'EACCES' })));
        return this;
      };
    `);
    expect(await npmStart({ PORT, NODE_OPTIONS: `--import=${denied}` })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `Port ${PORT} is privileged or reserved on this machine (EACCES). Set PORT to another port, such as 3000.\n`,
    });
  });

  it('ends with one sentence when nothing reads its output any more', async () => {
    const PORT = String(await findFreePort());
    const running = spawn(process.execPath, [startFile], {
      env: { ...process.env, PORT },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.stdout.destroy();
    const [stderr, [exitCode]] = await Promise.all([text(running.stderr), once(running, 'exit')]);
    expect(stderr).toMatch(/^npm start ended because nothing reads its output any more\. .*\n$/);
    expect(exitCode).toBe(0);
  }, 120_000);

  it('keeps at once what a host says of a room that was made by joining it', async () => {
    const answers: unknown[] = [];
    await whileStarted(async ({ type }, url) => {
      if (type !== 'session') return false;
      const ask = async (method: string, path: string, body?: object, user?: object) => {
        const jwt = user && `e30.${Buffer.from(JSON.stringify(user)).toString('base64url')}.`;
        const response = await fetch(`${url}/rooms/standup${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(jwt && { authorization: `Bearer ${jwt}` }),
          },
          ...(body && { body: JSON.stringify(body) }),
        });
        const answer = response.status === 204 ? {} : await response.json();
        return [response.status, answer as { readonly sessionId?: string }] as const;
      };
      const [, first] = await ask('POST', '/tokens', {});
      await ask('PUT', '', { admission: 'knock' });
      const [waiting] = await ask('POST', '/tokens', {}, { sub: 'Grace' });
      await ask('DELETE', '');
      const [, second] = await ask('POST', '/tokens', {});
      await ask('DELETE', '');
      const [, third] = await ask('POST', '/tokens', {});
      answers.push(waiting, new Set([first, second, third].map(({ sessionId }) => sessionId)).size);
      return true;
    });
    expect(answers).toEqual([202, 3]);
  }, 120_000);

  it('runs a room with simulated clients: listed, banned, and disconnected when they come back', async () => {
    const seen: Record<string, unknown> = {};
    await whileStarted(async ({ type }, url) => {
      if (type !== 'session') return false;
      const ask = async (method: string, path: string, body?: object, user?: object) => {
        const jwt = user && `e30.${Buffer.from(JSON.stringify(user)).toString('base64url')}.`;
        const response = await fetch(`${url}${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(jwt && { authorization: `Bearer ${jwt}` }),
          },
          ...(body && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, ...(text && JSON.parse(text)) };
      };
      await ask('PUT', '/rooms/standup', {});
      const { token } = await ask('POST', '/rooms/standup/tokens', {}, { sub: 'Grace' });
      const first = await ask('POST', '/stand-in/clients', { token });
      const { participants } = await ask('GET', '/rooms/standup/participants');
      const one = `/rooms/standup/participants/${participants[0].participantId}`;
      const banned = await ask('PUT', one, { decision: 'ban' });
      const { state } = await ask('GET', `/stand-in/clients/${first.connectionId}`);
      const again = await ask('POST', '/stand-in/clients', { token });
      Object.assign(seen, { first, participants, banned, state, again });
      return true;
    });
    expect(seen).toMatchObject({
      first: { status: 201, state: 'Connected' },
      participants: [{ sub: 'Grace', connections: [expect.any(String)] }],
      banned: { status: 204 },
      state: 'Disconnected',
      again: { status: 201, state: 'Disconnected' },
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
