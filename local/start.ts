/**
 * `npm start`: runs the whole API on http://localhost:3000, with stand-ins for everything that it
 * talks to, until Ctrl-C or until npm is gone. `readStartOptions` documents the options. Started by
 * main.js.
 */
import { startStandIns } from '../stand-ins/stand-ins.ts';
import { describePortInUse, explainListenError, post, toUrl } from './address.ts';
import { prepareApi } from './api.ts';
import { createClientsRoute } from './clients.ts';
import type { ConsoleOptions } from './console.ts';
import { checkCredentials, explainRejection } from './credential-check.ts';
import { isPortTaken } from './free-port.ts';
import { createOutput } from './output.ts';
import { watchParent } from './parent.ts';
import { choosePresentation } from './presentation.ts';
import {
  HELP,
  MADE_UP_CALLBACK_SECRET,
  readStartOptions,
  StartError,
  type StartOptions,
} from './start-options.ts';

const secretId = 'opentok-sessions/local';
/** Time to close everything after a signal, before the process exits anyway. */
const STOP_TIMEOUT_MS = 600;

async function start(options: StartOptions): Promise<void> {
  const { host, port, project, usesRealPlatform } = options;
  await assertFree(options);
  await checkCredentials(options);
  const output = createOutput(presentation.log);
  const openStandIns = async () => {
    const callbackSecret = usesRealPlatform ? undefined : MADE_UP_CALLBACK_SECRET;
    const standIns = await startStandIns({ secretId, project, usesRealPlatform, callbackSecret });
    stopLater(standIns.close);
    return standIns;
  };
  const [{ environment, platformUrl, clients, sendCallbacksTo }, api] = await Promise.all([
    openStandIns(),
    prepareApi({
      host,
      port,
      commandEnvironment: withoutAccounts(process.env),
      params: {
        secretId,
        auth: 'none',
        sampleRoutes: 'true',
        guests: 'true',
        describe: 'true',
        // The real platform cannot reach this machine.
        ...(!usesRealPlatform && { liveRooms: 'true' }),
        // A new rule or a closed room takes effect at once.
        roomCacheSeconds: '0',
        ...(options.videoApiUrl && { videoApiUrl: options.videoApiUrl }),
      },
      console: describeConsole(options),
      refusesPages: usesRealPlatform,
      onLog: output.write,
      onOpen: stopLater,
      signal: stopped.signal,
    }),
  ]);
  // The stand-in's port differs at each start, so it is not a parameter: parameters key a cache.
  const functionEnvironment = {
    ...environment,
    ...(platformUrl && { VIDEO_API_URL: platformUrl }),
  };
  const findClients = clients && createClientsRoute(clients);
  const routes = await api.start(functionEnvironment, findClients).catch((error) => {
    // Another process may have taken the port since it was checked.
    throw explainListenError(error, options);
  });
  const url = await toUrl(options);
  sendCallbacksTo(`${url}/callbacks`);
  const response = await post(options, '/sessions', stopped.signal);
  if (response.status !== 201) {
    const explanation = output.explainFailure();
    throw new StartError(
      explanation
        ? explainRejection(explanation, options)
        : `POST /sessions returned ${response.status}: ${response.body}`,
    );
  }
  presentation.started({ ...options, url, routes, sessionId: JSON.parse(response.body).sessionId });
  output.show();
}

function describeConsole({ project, usesRealPlatform }: StartOptions): ConsoleOptions {
  return 'apiKey' in project
    ? { kind: 'opentok', projectId: project.apiKey, usesRealPlatform }
    : { kind: 'vonage', projectId: project.applicationId, usesRealPlatform };
}

/** @throws StartError if nothing can listen at the address, naming the variable at fault. */
async function assertFree(options: StartOptions): Promise<void> {
  const { host, port } = options;
  const isTaken = await isPortTaken(port, host).catch((error) => {
    throw explainListenError(error, options);
  });
  if (isTaken) throw describePortInUse(port);
}

/** Removes the user's AWS and vendor credentials: the functions read the secret instead. */
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

/** @throws StartError if the process is ending already, so that nothing more is started. */
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
  setTimeout(() => process.exit(0), STOP_TIMEOUT_MS);
  void stopAll().finally(() => process.exit(0));
}

/** Without a reader, such as after `npm start | head`, output fails from then on. */
process.stdout.on('error', () => {
  if (!stopping) {
    process.stderr.write(
      'npm start ended because nothing reads its output any more. To keep it running, write the output to a file: npm start > npm-start.log\n',
    );
  }
  end();
});
process.stderr.on('error', () => undefined);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

try {
  // Without npm, the process that starts this one also ends it.
  if (process.env['npm_lifecycle_event'] !== undefined) void watchParent(end);
  if (args.includes('--help')) process.stdout.write(HELP);
  else await start(readStartOptions(process.env, args));
} catch (cause) {
  if (!stopping) {
    presentation.failed(cause);
    process.exitCode = 1;
  }
  await stopAll();
}
