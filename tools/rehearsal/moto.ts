/**
 * Moto's server on loopback: an emulator of AWS's APIs for the rehearsed deployment, made as strict
 * as AWS where it is kinder (stricter_moto.py).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../local/free-port.ts';

/** A running server. */
export interface Moto {
  readonly url: string;
  /** Makes an AWS client talk to it, and to nothing else, whatever the machine's owner has set up. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same for clients made in this process. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  stop(): Promise<void>;
}

const server = fileURLToPath(new URL('stricter_moto.py', import.meta.url));
const region = 'us-east-1';
const credentials = { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' };
const startPatienceMs = 60_000;

/**
 * Starts it.
 *
 * @param python Python with `moto[server]`
 * @throws Error with all that it printed, when it does not answer
 */
export async function startMoto(python: string): Promise<Moto> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  // The server gets the made-up account too: some of its parts make AWS clients of their own.
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const child = spawn(python, [server, '-H', '127.0.0.1', '-p', String(port)], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (piece) => {
      printed = `${printed}${piece}`.slice(-10_000);
    });
  }
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill();
    await exited;
  };
  const deadline = Date.now() + startPatienceMs;
  while (!(await fetch(`${url}/moto-api/`).catch(() => undefined))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`moto does not answer:\n${printed}`);
    }
    await sleep(100);
  }
  return { url, environment, clientConfig: { endpoint: url, region, credentials }, stop };
}
