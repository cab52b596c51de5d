/**
 * Set up for every test: no AWS account of the developer is visible, and only loopback can be reached. A
 * test that connects anywhere else fails with the host's name.
 */
import { isIPv6, Socket } from 'node:net';
import { afterAll } from 'vitest';

// Restored for the next file in this process.
const found = { ...process.env };
afterAll(() => {
  for (const name of Object.keys(process.env)) {
    if (!(name in found)) delete process.env[name];
  }
  Object.assign(process.env, found);
});

for (const name of Object.keys(process.env)) {
  if (name.startsWith('AWS_')) delete process.env[name];
}
process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
process.env['AWS_CONFIG_FILE'] = '/dev/null';
process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';

// A listener leak fails the run as an uncaught error. Node warns once per emitter with too many listeners.
if (!process.listeners('warning').some(({ name }) => name === throwLeak.name)) {
  process.on('warning', throwLeak);
}

// The seed of all generated tests; a failure prints it. fast-check is loaded only if it is set.
const seed = process.env['FUZZ_SEED'];
if (seed) {
  // fast-check would take another text for 0 and not reproduce the failure.
  if (!/^-?\d+$/.test(seed))
    throw new Error('FUZZ_SEED must be a whole number: the seed that a failure printed.');
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

// This file runs once per test file, several times per process.
const { connect } = Socket.prototype;
if (connect.name !== 'connectToLoopback') {
  Socket.prototype.connect = function connectToLoopback(this: Socket, ...args: unknown[]) {
    const host = hostOf(args[0]);
    if (host !== undefined && !isLoopback(host)) {
      throw new Error(`A test tried to reach ${host}; only loopback is allowed.`);
    }
    return Reflect.apply(connect, this, args);
  } as typeof connect;
}

/** Node's internal calls pass options and callback as one array. */
function hostOf(first: unknown): string | undefined {
  const options = (Array.isArray(first) ? first[0] : first) as { host?: unknown } | undefined;
  return typeof options?.host === 'string' ? options.host : undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || (isIPv6(host) && host === '::1');
}

function throwLeak(warning: Error): void {
  if (warning.name === 'MaxListenersExceededWarning') throw warning;
}
