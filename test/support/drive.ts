/**
 * Runs the functions as Lambda does: the real handler modules, loaded again for each test with an
 * environment, against stand-ins over real sockets. Tests see a function's events, responses and log.
 */
import { inspect } from 'node:util';
import { vi } from 'vitest';
import type { LambdaContext, LambdaHandler } from '../../lib/events/handler.ts';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { type Platform, type Project, startPlatform } from '../../stand-ins/platform.ts';
import { type SecretsManager, startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { assertDocumented } from './documented.ts';
import { OPENTOK_SECRET, REQUEST_ID } from './fixtures.ts';

export { REQUEST_ID } from './fixtures.ts';

export const SECRET_ID = 'opentok/project';

const handlers = {
  createSession: 'create-session',
  issueToken: 'issue-token',
  inspectToken: 'inspect-token',
  joinRoom: 'join-room',
  joinAsGuest: 'join-as-guest',
  manageRoom: 'manage-room',
  openRoom: 'open-room',
  receiveCallback: 'receive-callback',
  closeRooms: 'close-rooms',
};

let loaded = 0;
/** A handler's module holds all of its state, so another copy is another container. */
async function load(name: keyof typeof handlers): Promise<LambdaHandler> {
  loaded += 1;
  const file = new URL(`../../handlers/${handlers[name]}.ts?${loaded}`, import.meta.url);
  return (await import(file.href)).handler;
}

export interface StartOptions {
  /** The secret's content; an object is stored as JSON. Default: an OpenTok project. */
  readonly secret?: object | string;
  /** Added to the function's environment; `undefined` removes a variable. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Runs before the function is loaded and reads the secret. */
  readonly prepare?: (secretsManager: SecretsManager) => void;
}

export interface RunningFunction {
  readonly platform: Platform;
  readonly secretsManager: SecretsManager;
  /** Every log line since the function was loaded. */
  readonly logged: string[];
  /** Resolves to the function's response, or rejects with its error. */
  invoke(event: unknown, context?: Partial<LambdaContext>): Promise<object>;
  close(): Promise<void>;
}

/** Loads a function; the caller closes it. */
export async function startFunction(
  name: keyof typeof handlers,
  { secret = OPENTOK_SECRET, environment = {}, prepare = () => {} }: StartOptions = {},
): Promise<RunningFunction> {
  const text = typeof secret === 'string' ? secret : JSON.stringify(secret);
  const secretsManager = await startSecretsManager({ secrets: { [SECRET_ID]: text } });
  const platform = await startPlatform({ projects: isProject(secret) ? [secret] : [] });
  prepare(secretsManager);
  const restoreEnvironment = setEnvironment({
    ...localAwsEnvironment({ secretsManager: secretsManager.url }),
    SECRET_ID,
    VIDEO_API_URL: platform.url,
    ...environment,
  });
  const logged: string[] = [];
  const restoreConsole = captureConsole(logged);
  const handler = await load(name);
  return {
    platform,
    secretsManager,
    logged,
    invoke: async (event, context) => {
      const answer = await handler(event, { awsRequestId: REQUEST_ID, ...context });
      assertDocumented(name, event, answer);
      return answer;
    },
    async close() {
      restoreConsole();
      restoreEnvironment();
      await Promise.all([platform.close(), secretsManager.close()]);
    },
  };
}

/** Loads another function into the environment of the one that was started. */
export async function loadBeside(name: keyof typeof handlers): Promise<RunningFunction['invoke']> {
  const handler = await load(name);
  return async (event, context) => {
    const answer = await handler(event, { awsRequestId: REQUEST_ID, ...context });
    assertDocumented(name, event, answer);
    return answer;
  };
}

function isProject(secret: object | string): secret is Project {
  return typeof secret === 'object' && ('apiSecret' in secret || 'privateKey' in secret);
}

function setEnvironment(environment: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(environment)) setVariable(name, value);
  return () => {
    for (const [name, value] of before) setVariable(name, value);
  };
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Captures the output of every console method as text. */
function captureConsole(lines: string[]): () => void {
  const methods = ['debug', 'log', 'info', 'warn', 'error', 'trace'] as const;
  const print = (...values: unknown[]): void => {
    lines.push(
      values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '),
    );
  };
  const spies = methods.map((method) => vi.spyOn(console, method).mockImplementation(print));
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}
