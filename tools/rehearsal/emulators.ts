/**
 * The two emulators of AWS that the rehearsals deploy to, each a server on a free port of 127.0.0.1.
 *
 * Moto, made as strict as AWS where it is kinder (stricter_moto.py), keeps state and runs nothing.
 * MiniStack, with some differences repaired (closer_ministack.py), runs the functions behind the API, queues
 * and buses, and checks signatures and IAM policies.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../local/free-port.ts';
import { testCertificatePath } from '../../stand-ins/test-certificate.ts';

/** A running emulator. */
export interface Emulator {
  readonly url: string;
  /** Points AWS clients of another process at the emulator, whatever this machine has configured. */
  readonly environment: Readonly<Record<string, string>>;
  /** Points AWS clients of this process at it. */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: Credentials;
  };
  /** The same emulator with the credentials of another caller. */
  as(credentials: Credentials): Emulator;
  /** The same account in another region. */
  in(region: string): Emulator;
  stop(): Promise<void>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const account = '123456789012';
export const region = 'us-east-1';

const testKeyPath = fileURLToPath(new URL('../../stand-ins/tls/test-key.pem', import.meta.url));
const startTimeoutMs = 60_000;

/** @throws Error with what the server printed if it does not start within a minute */
export function startMoto(python: string): Promise<Emulator> {
  const script = fileURLToPath(new URL('stricter_moto.py', import.meta.url));
  return start({
    command: [python, script],
    credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
    readyPath: '/moto-api/',
    argumentsFor: (port) => ['-H', '127.0.0.1', '-p', port],
    // Certificates are issued at once.
    variablesFor: () => ({ MOTO_ACM_VALIDATION_WAIT: '0' }),
  });
}

/**
 * Starts MiniStack with the test certificate, which this process trusts from then on.
 *
 * @throws Error with what the server printed if it does not start within a minute
 */
export function startMiniStack(python: string): Promise<Emulator> {
  const extra = [readFileSync(testCertificatePath, 'utf8')];
  setDefaultCACertificates([...getCACertificates('default'), ...extra]);
  return start({
    protocol: 'https',
    command: [python, fileURLToPath(new URL('closer_ministack.py', import.meta.url))],
    // An account number as key is the account's root user.
    credentials: { accessKeyId: account, secretAccessKey: 'rehearsal' },
    readyPath: '/_ministack/health',
    variablesFor: (port) => ({
      GATEWAY_PORT: port,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: 'localhost',
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      // Signatures and IAM policies are checked, and policies of queues and buckets deny plain HTTP.
      AUTH: 'true',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: testCertificatePath,
      MINISTACK_SSL_KEY: testKeyPath,
      // For the emulator itself, which fetches the keys of the JWT provider, and for its functions.
      SSL_CERT_FILE: testCertificatePath,
      NODE_EXTRA_CA_CERTS: testCertificatePath,
      LAMBDA_EXECUTOR: 'local',
    }),
  });
}

async function start({
  command: [executable = '', ...args],
  protocol = 'http',
  credentials,
  readyPath,
  argumentsFor = () => [],
  variablesFor = () => ({}),
}: {
  readonly command: readonly string[];
  readonly protocol?: 'http' | 'https';
  readonly credentials: Credentials;
  readonly readyPath: string;
  readonly argumentsFor?: (port: string) => readonly string[];
  readonly variablesFor?: (port: string) => Readonly<Record<string, string>>;
}): Promise<Emulator> {
  const port = String(await findFreePort());
  const url = `${protocol}://127.0.0.1:${port}`;
  // Whatever the server unpacks goes with it.
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-emulator-'));
  const child = spawn(executable, [...args, ...argumentsFor(port)], {
    cwd: folder,
    env: {
      // Functions run in the Node that runs this.
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      ...environmentFor({ url, region, credentials }),
      ...variablesFor(port),
    },
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
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await fetch(`${url}${readyPath}`).catch(() => undefined))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The emulator did not start:\n${printed}`);
    }
    await sleep(100);
  }
  const open = (by: Credentials, within: string): Emulator => ({
    url,
    environment: environmentFor({ url, region: within, credentials: by }),
    clientConfig: { endpoint: url, region: within, credentials: by },
    as: (other) => open(other, within),
    in: (other) => open(by, other),
    stop,
  });
  return open(credentials, region);
}

function environmentFor({
  url,
  region,
  credentials: { accessKeyId, secretAccessKey },
}: {
  readonly url: string;
  readonly region: string;
  readonly credentials: Credentials;
}) {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_EXTRA_CA_CERTS: testCertificatePath,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}
