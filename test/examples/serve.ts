/** Builds the examples once for all their tests, and serves them beside one `npm start`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { findFreePort } from '../../local/free-port.ts';

export interface Examples {
  /** Address of `npm start`. */
  readonly api: string;
  /** Address of the example, built for `npm start`. */
  readonly web: string;
  /** Built for `DEPLOYMENT`, with a fake in place of the vendor's library. */
  readonly deployedWeb: string;
  /** Built for `npm start`, with the fake, and with the checks of React's development mode. */
  readonly react: string;
}

/** No server has this address: the tests answer its requests. */
export const DEPLOYMENT = 'https://video.example.com';

declare module 'vitest' {
  interface ProvidedContext {
    examples: Examples;
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

interface Server {
  readonly url: string;
  readonly close: () => Promise<unknown>;
}

export default async function serveExamples(project: Pick<TestProject, 'provide'>) {
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-examples-'));
  const opened: Server[] = [];
  const open = async (opening: Promise<Server>) => {
    const server = await opening;
    opened.push(server);
    return server.url;
  };
  const close = async () => {
    await Promise.all(opened.map((server) => server.close()));
    await rm(folder, { recursive: true });
  };
  try {
    const starting = open(startApi());
    await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(root, 'client')]);
    const api = await starting;
    const serve = async (example: string, url: string, options: object = {}) => {
      const out = join(folder, String(opened.length));
      await build(join(root, 'examples', example), out, url, options);
      return open(serveFolder(out));
    };
    const fake = fileURLToPath(new URL('./fake-library.js', import.meta.url));
    const withFake = { resolve: { alias: { '@vonage/client-sdk-video': fake } } };
    project.provide('examples', {
      api,
      web: await serve('web', api),
      deployedWeb: await serve('web', DEPLOYMENT, withFake),
      react: await serve('react', api, withFake),
    });
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

/** Builds as `vite build` does, except for the address of the API, which a deployer sets with VITE_API_URL. */
async function build(example: string, outDir: string, url: string, options: object): Promise<void> {
  const vite = createRequire(join(example, 'package.json')).resolve('vite');
  const { build } = await import(pathToFileURL(vite).href);
  await build({
    root: example,
    logLevel: 'warn',
    define: {
      'import.meta.env.VITE_API_URL': JSON.stringify(url),
      'process.env.NODE_ENV': '"development"',
    },
    build: { outDir, emptyOutDir: true },
    ...options,
  });
}

async function startApi(): Promise<Server> {
  const port = String(await findFreePort());
  const child = spawn(process.execPath, [join(root, 'local', 'start.ts'), '--json'], {
    env: { ...process.env, PORT: port },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const started = once(lines, 'line');
  await Promise.race([
    started,
    exited.then(() => Promise.reject(new Error('npm start has ended.'))),
  ]);
  // The log is read, so that the pipe does not fill up.
  lines.on('line', () => undefined);
  return {
    url: `http://localhost:${port}`,
    close: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

async function serveFolder(folder: string): Promise<Server> {
  const server = createServer(async ({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    const content = await readFile(file).catch(() => undefined);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(content ? 200 : 404, { 'content-type': type }).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
