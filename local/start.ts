/**
 * `npm start`: the whole API on http://localhost:3000, with stand-ins for everything that it talks
 * to, until Ctrl-C. See `readStartOptions` for what can be chosen.
 */
import { createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStandIns } from '../stand-ins/stand-ins.ts';
import { type Api, startApi } from './api.ts';
import { isPortTaken } from './free-port.ts';
import { readStartOptions, StartError, type StartOptions } from './start-options.ts';

const secretId = 'opentok-sessions/local';
const startPatienceMs = 60_000;

async function start(options: StartOptions): Promise<never> {
  const { port, project, usesRealPlatform } = options;
  if (await isPortTaken(port)) {
    throw new StartError(`Port ${port} is taken; end what uses it, or set PORT to another one.`);
  }
  const standIns = await startStandIns({ secretId, project, usesRealPlatform });
  stopLater(standIns.close);
  const api = startApi({
    port,
    environment: {
      ...withoutAccounts(process.env),
      ...standIns.environment,
    },
    params: {
      secretId,
      auth: 'none',
      sampleRoutes: 'true',
      ...(standIns.platformUrl && { videoApiUrl: standIns.platformUrl }),
    },
    refusesPages: usesRealPlatform,
  });
  stopLater(api.stop);
  const sessionId = await createFirstSession(api, port);
  const url = `http://localhost:${port}`;
  console.log(`
The API answers on ${url} (${usesRealPlatform ? 'real platform' : 'stand-in platform'}). Ctrl-C ends it.

Create a session:
${curl(`${url}/sessions`, { mediaMode: 'routed' })}

Issue a token for a session that was created just now:
${curl(`${url}/sessions/${sessionId}/tokens`, { role: 'publisher', data: 'name=Ada' })}

Join a room, which the first one to join creates:
${curl(`${url}/rooms/standup/tokens`, { role: 'publisher' })}

The vendor's samples run with SAMPLE_SERVER_BASE_URL = '${url}'.
${describeKey(options)}`);
  api.showOutput();
  await api.exited;
  throw new StartError('The API ended by itself.');
}

/** Shows that the API really works, and gives the printed commands a session to work with. */
async function createFirstSession(api: Api, port: number): Promise<string> {
  const failed = (reason: string) => new StartError(`The API ${reason}\n${api.output()}`);
  const gone = api.exited.then(() => {
    throw failed('did not start:');
  });
  const answer = askUntilAnswered(`http://127.0.0.1:${port}/sessions`).catch((cause) => {
    throw failed(`did not answer POST /sessions in time (${cause}):`);
  });
  const { status, body } = await Promise.race([gone, answer]);
  if (status !== 201) throw failed(`answered POST /sessions with ${status}: ${body}`);
  return JSON.parse(body).sessionId;
}

async function askUntilAnswered(url: string): Promise<{ status: number; body: string }> {
  const deadline = AbortSignal.timeout(startPatienceMs);
  for (;;) {
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, signal: deadline });
      return { status: response.status, body: await response.text() };
    } catch (cause) {
      if (deadline.aborted) throw cause;
      await sleep(100);
    }
  }
}

/** Accounts of the machine's owner have no business in the functions: they read the secret. */
function withoutAccounts(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^(AWS|OPENTOK|VONAGE|VIDEO)_/.test(name) ? [] : [[name, value]],
    ),
  );
}

/** What verifies the tokens of a made-up application, whose key nobody has seen before. */
function describeKey({ project, usesRealPlatform }: StartOptions): string {
  if (usesRealPlatform || !('privateKey' in project)) return '';
  const publicKey = createPublicKey(project.privateKey).export({ type: 'spki', format: 'pem' });
  return `\nTokens are signed for the made-up application ${project.applicationId}; its public key:\n${publicKey}`;
}

function curl(url: string, body: object): string {
  const json = JSON.stringify(body);
  return `curl -sS -X POST ${url} -H 'Content-Type: application/json' -d '${json}'`;
}

const stops: (() => Promise<void>)[] = [];
let stopping: Promise<unknown> | undefined;

/** @throws StartError when Ctrl-C came in the meantime, so that nothing more is started. */
function stopLater(stop: () => Promise<void>): void {
  if (stopping) throw new StartError('Interrupted.');
  stops.push(stop);
}

function stopAll(): Promise<unknown> {
  stopping ??= Promise.all(stops.map((stop) => stop()));
  return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stopAll().then(() => process.exit(0)));
}

try {
  await start(readStartOptions(process.env, process.argv.slice(2)));
} catch (cause) {
  if (!stopping) {
    console.error(cause instanceof StartError ? cause.message : cause);
    process.exitCode = 1;
  }
  await stopAll();
}
