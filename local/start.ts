/**
 * `npm start`: the whole API on http://localhost:3000, with stand-ins for everything that it talks
 * to, until Ctrl-C or until whoever started it is gone. See `readStartOptions` for what can be chosen.
 */
import { isIP } from 'node:net';
import { startStandIns } from '../stand-ins/stand-ins.ts';
import { startApi } from './api.ts';
import type { ConsoleOptions } from './console.ts';
import { isPortTaken } from './free-port.ts';
import { createOutput } from './output.ts';
import { watchParent } from './parent.ts';
import { choosePresentation } from './presentation.ts';
import { readStartOptions, StartError, type StartOptions } from './start-options.ts';

const secretId = 'opentok-sessions/local';
/** Whoever is told to end has a second to do so; what is not closed by then is cut off. */
const stopPatienceMs = 600;

async function start(options: StartOptions): Promise<void> {
  const { host, port, project, usesRealPlatform } = options;
  await assertFree(options);
  const standIns = await startStandIns({ secretId, project, usesRealPlatform });
  stopLater(standIns.close);
  const videoApiUrl = standIns.platformUrl ?? options.videoApiUrl;
  const output = createOutput(presentation.log);
  const routes = await startApi({
    host,
    port,
    commandEnvironment: withoutAccounts(process.env),
    functionEnvironment: standIns.environment,
    params: {
      secretId,
      auth: 'none',
      sampleRoutes: 'true',
      guests: 'true',
      describe: 'true',
      // Whoever tries a rule, or closes a room, is to see what comes of it, and not in a minute.
      roomCacheSeconds: '0',
      ...(videoApiUrl && { videoApiUrl }),
    },
    console: describeConsole(options),
    refusesPages: usesRealPlatform,
    onLog: output.write,
    onOpen: stopLater,
    signal: stopped.signal,
  });
  const url = toUrl(host, port);
  const response = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    signal: stopped.signal,
  });
  const body = await response.text();
  if (response.status !== 201) {
    throw new StartError(output.explainFailure() ?? `POST /sessions was answered ${body}`);
  }
  presentation.started({ ...options, url, routes, sessionId: JSON.parse(body).sessionId });
  output.show();
}

function describeConsole({ project, usesRealPlatform }: StartOptions): ConsoleOptions {
  return 'apiKey' in project
    ? { kind: 'opentok', projectId: project.apiKey, usesRealPlatform }
    : { kind: 'vonage', projectId: project.applicationId, usesRealPlatform };
}

/** @throws StartError naming which of HOST and PORT is wrong. */
async function assertFree({ host, port }: StartOptions): Promise<void> {
  const isTaken = await isPortTaken(port, host).catch(({ code }: NodeJS.ErrnoException) => {
    throw new StartError(`HOST is ${host}, which is no address of this machine (${code}).`);
  });
  if (isTaken) {
    throw new StartError(`Port ${port} is taken; end what uses it, or set PORT to another one.`);
  }
}

/** Where this machine reaches a host that may stand for all of its addresses. */
function toUrl(host: string, port: number): string {
  if (['127.0.0.1', '0.0.0.0', '::'].includes(host)) return `http://localhost:${port}`;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Accounts of the machine's owner have no business in the functions: they read the secret. */
function withoutAccounts(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^(AWS|OPENTOK|VONAGE|VIDEO)_/.test(name) ? [] : [[name, value]],
    ),
  );
}

const args = process.argv.slice(2);
const presentation = choosePresentation(args, process);
const stopped = new AbortController();
const stops: (() => Promise<void>)[] = [];
let stopping: Promise<unknown> | undefined;

/** @throws StartError when the end came in the meantime, so that nothing more is started. */
function stopLater(stop: () => Promise<void>): void {
  if (stopping) {
    void stop();
    throw new StartError('Interrupted.');
  }
  stops.push(stop);
}

function stopAll(): Promise<unknown> {
  stopped.abort();
  stopping ??= Promise.all(stops.map((stop) => stop()));
  return stopping;
}

function end(): void {
  setTimeout(() => process.exit(0), stopPatienceMs);
  void stopAll().finally(() => process.exit(0));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

try {
  // Without npm it is whoever started it who sees to its end.
  if (process.env['npm_lifecycle_event'] !== undefined) void watchParent(end);
  await start(readStartOptions(process.env, args));
} catch (cause) {
  if (!stopping) {
    presentation.failed(cause);
    process.exitCode = 1;
  }
  await stopAll();
}
