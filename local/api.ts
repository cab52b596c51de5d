/**
 * The whole API on one machine: every function of serverless.yml, bundled as for deployment, behind
 * serverless-offline in a process of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How it is started. */
export interface ApiOptions {
  readonly port: number;
  /** Variables for the process; of these the functions get `AWS_…` alone. */
  readonly environment: Readonly<Record<string, string>>;
  /** Parameters of serverless.yml. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether web pages of other origins are kept away (page-guard.ts). */
  readonly refusesPages: boolean;
}

/** The running process. */
export interface Api {
  /** Settles when the process is gone, asked to or not. */
  readonly exited: Promise<unknown>;
  /** Everything it has printed so far, until `showOutput` is called. */
  readonly output: () => string;
  /** Passes on what it prints from now on. */
  showOutput(): void;
  /** Ends it with all its children and removes what it built. May be called twice. */
  stop(): Promise<void>;
}

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
/** Of its own, so that a package made in the meantime takes nothing away. */
const buildFolder = '.esbuild-start';
const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
const guardServers = new URL('./guard-servers.ts', import.meta.url).href;
const stopPatienceMs = 5_000;

/** Starts it; it does not answer yet when this returns. */
export function startApi({ port, environment, params, refusesPages }: ApiOptions): Api {
  const child = spawn(
    process.execPath,
    [
      ...(refusesPages ? ['--import', guardServers] : []),
      ...[serverless, 'offline', 'start'],
      ...['--host', '127.0.0.1', '--httpPort', String(port), '--lambdaPort', '0'],
      '--noAuth',
      ...Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ],
    {
      cwd: projectFolder,
      env: { ...environment, ESBUILD_WORK_FOLDER: buildFolder },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a process group of its own, so that Ctrl-C reaches it through `stop` alone and a last
      // resort reaches its children too.
      detached: true,
    },
  );
  const output = collectOutput(child);
  const exited = once(child, 'exit');

  return {
    exited,
    output: output.text,
    showOutput: output.show,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        signalGroup(child, 'SIGINT');
        const lastResort = setTimeout(() => signalGroup(child, 'SIGKILL'), stopPatienceMs);
        await exited;
        clearTimeout(lastResort);
      }
      signalGroup(child, 'SIGKILL');
      rmSync(join(projectFolder, buildFolder), { recursive: true, force: true });
    },
  };
}

function collectOutput({ stdout, stderr }: ChildProcess) {
  const pieces: string[] = [];
  const collect = (piece: Buffer) => void pieces.push(String(piece));
  stdout?.on('data', collect);
  stderr?.on('data', collect);
  return {
    text: () => pieces.join(''),
    show: () => {
      stdout?.off('data', collect).pipe(process.stdout);
      stderr?.off('data', collect).pipe(process.stderr);
    },
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
