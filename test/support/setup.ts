/**
 * What holds for every test: nothing of the developer's AWS account is seen, and nothing outside
 * this machine can be reached. A test that tries fails by name instead of hanging or, worse, working.
 */
import { isIPv6, Socket } from 'node:net';
import { afterAll } from 'vitest';

// The next file in this process finds the environment that this one found.
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

// A listener that is never removed fails the run, as an error that no test has caught. Node reports
// each emitter with too many of them once, as a warning.
if (!process.listeners('warning').some(({ name }) => name === throwLeak.name)) {
  process.on('warning', throwLeak);
}

// Of every generated test; a failure prints the seed that brings it back. Loaded only when asked for.
const seed = process.env['FUZZ_SEED'];
if (seed) {
  // What is no number would be taken for 0, and bring nothing back.
  if (!/^-?\d+$/.test(seed)) throw new Error('FUZZ_SEED must be the seed that a failure printed.');
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

// A process that runs several files comes here for each.
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

/** Node passes its own calls on as an array of options and callback. */
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
