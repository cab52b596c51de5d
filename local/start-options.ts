/** The options of `npm start`, from its environment and arguments. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Project } from '../stand-ins/platform-auth.ts';

/** What is started. */
export interface StartOptions {
  /** The address to listen on: one of this machine's addresses, a name, or a wildcard. */
  readonly host: string;
  readonly port: number;
  /** The project with the credentials that the stand-in for Secrets Manager serves. */
  readonly project: Project;
  /** Whether sessions are created on the real platform: with real credentials. */
  readonly usesRealPlatform: boolean;
  /** Environment variables that the credentials of a real project come from, by field of `project`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Base URL of the real platform where it is not the one of the project's kind. */
  readonly videoApiUrl: string | undefined;
}

/** Other machines do not reach this address. */
const DEFAULT_HOST = '127.0.0.1';

/** The default project of the stand-ins. */
export const madeUpProject = {
  apiKey: '12345678',
  apiSecret: 'not-a-real-secret-only-known-locally',
} as const;

/** Signs the callbacks of the platform's stand-in. */
export const MADE_UP_CALLBACK_SECRET = 'not-a-real-callback-secret';

/** An error that the user can correct: its message is shown without a stack trace. */
export class StartError extends Error {}

const ARGUMENTS = ['--vonage', '--json', '--help'];

/** What `npm start -- --help` prints. */
export const HELP = `npm start runs the whole API on this machine, until Ctrl-C.

npm start                           with a made-up OpenTok project
npm start -- --vonage               with a made-up Vonage application
npm run start:real                  with the variables in the file .env (see .env.example)
npm --silent start -- --json        for programs: one JSON object per line
npm start -- --help                 this text

Environment variables:
PORT                                1 to 65535, default 3000
HOST                                the address to listen on, default 127.0.0.1
OPENTOK_API_KEY, OPENTOK_API_SECRET a real OpenTok project
VONAGE_APPLICATION_ID with VONAGE_PRIVATE_KEY or VONAGE_PRIVATE_KEY_FILE
                                    a real Vonage application
VIDEO_API_URL                       another base URL of the platform, for a real project

README.md says more.
`;

/**
 * Reads the options that `HELP` lists. `--json` and `--help` are handled elsewhere.
 *
 * @throws StartError naming the variable or argument that is missing or wrong.
 */
export function readStartOptions(
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = [],
): StartOptions {
  const unknown = args.find((arg) => !ARGUMENTS.includes(arg));
  if (unknown !== undefined) {
    throw new StartError(
      `Unknown argument ${JSON.stringify(unknown)}. Allowed: ${ARGUMENTS.join(', ')}.`,
    );
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
