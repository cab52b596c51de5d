/**
 * What `npm start` was asked for, read from its environment and arguments.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Project } from '../stand-ins/platform-auth.ts';

/** What is started. */
export interface StartOptions {
  /** The address to listen on: one of this machine's, or a name or wildcard for some of them. */
  readonly host: string;
  readonly port: number;
  /** The project whose credentials the stand-in for Secrets Manager serves. */
  readonly project: Project;
  /** Whether sessions are created on the real platform, because real credentials were given. */
  readonly usesRealPlatform: boolean;
  /** Environment variables that the credentials of a real project come from, by field of `project`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Base URL of the real platform where it is not the one of the project's kind. */
  readonly videoApiUrl: string | undefined;
}

/** Reached from this machine and from no other. */
const DEFAULT_HOST = '127.0.0.1';

/** The OpenTok project that the stand-ins know unless told otherwise. */
export const madeUpProject = {
  apiKey: '12345678',
  apiSecret: 'not-a-real-secret-only-known-locally',
} as const;

/** Thrown for a mistake of the caller; its message is all that needs to be shown. */
export class StartError extends Error {}

/**
 * Reads the options. `PORT` (default 3000); `HOST` (default 127.0.0.1); either `OPENTOK_API_KEY` with
 * `OPENTOK_API_SECRET`, or `VONAGE_APPLICATION_ID` with `VONAGE_PRIVATE_KEY` or
 * `VONAGE_PRIVATE_KEY_FILE`, or none of them; with either `VIDEO_API_URL` too; argument `--vonage` for a made-up Vonage application in place of a made-up OpenTok project; `--json`
 * is for presentation.ts.
 *
 * @throws StartError naming what is missing or wrong.
 */
export function readStartOptions(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = [],
): StartOptions {
  const unknown = args.find((arg) => arg !== '--vonage' && arg !== '--json');
  if (unknown !== undefined) {
    throw new StartError(`Unknown argument ${unknown}; there are --vonage and --json.`);
  }
  const real = readRealProject(environment);
  const madeUp = () => (args.includes('--vonage') ? makeUpVonageApplication() : madeUpProject);
  return {
    host: environment['HOST'] || DEFAULT_HOST,
    port: readPort(environment['PORT']),
    project: real?.project ?? madeUp(),
    usesRealPlatform: real !== undefined,
    variables: real?.variables ?? {},
    videoApiUrl: (real && environment['VIDEO_API_URL']) || undefined,
  };
}

function readPort(port = '3000'): number {
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return Number(port);
  throw new StartError(`PORT must be a number from 1 to 65535, not ${JSON.stringify(port)}.`);
}

function readRealProject(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<StartOptions, 'project' | 'variables'> | undefined {
  const {
    OPENTOK_API_KEY: apiKey,
    OPENTOK_API_SECRET: apiSecret,
    VONAGE_APPLICATION_ID: applicationId,
    VONAGE_PRIVATE_KEY: privateKeyText,
    VONAGE_PRIVATE_KEY_FILE: privateKeyFile,
  } = environment;
  const isOpenTok = Boolean(apiKey || apiSecret);
  const isVonage = Boolean(applicationId || privateKeyText || privateKeyFile);
  if (isOpenTok && isVonage) {
    throw new StartError('Credentials for OpenTok and for Vonage are set; unset one of them.');
  }
  if (isOpenTok) {
    if (apiKey && apiSecret) {
      const variables = { apiKey: 'OPENTOK_API_KEY', apiSecret: 'OPENTOK_API_SECRET' };
      return { project: { apiKey, apiSecret }, variables };
    }
    const missing = apiKey ? 'OPENTOK_API_SECRET' : 'OPENTOK_API_KEY';
    throw new StartError(`${missing} is not set; set both of the OpenTok pair or none.`);
  }
  if (isVonage) {
    if (!applicationId) throw new StartError('VONAGE_APPLICATION_ID is not set.');
    const privateKey = privateKeyFile ? readKeyFile(privateKeyFile) : privateKeyText;
    if (!privateKey) {
      throw new StartError('VONAGE_PRIVATE_KEY or VONAGE_PRIVATE_KEY_FILE is not set.');
    }
    // A line break in an environment file is often written as a backslash and an n.
    const project = { applicationId, privateKey: privateKey.replaceAll('\\n', '\n') };
    const variables = {
      applicationId: 'VONAGE_APPLICATION_ID',
      privateKey: privateKeyFile ? 'VONAGE_PRIVATE_KEY_FILE' : 'VONAGE_PRIVATE_KEY',
    };
    return { project, variables };
  }
  return undefined;
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartError(`VONAGE_PRIVATE_KEY_FILE names ${file}, which cannot be read.`);
  }
}

function makeUpVonageApplication(): Project {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { applicationId: '00000000-0000-4000-8000-000000000000', privateKey };
}
