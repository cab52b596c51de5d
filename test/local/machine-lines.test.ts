import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toErrorLine, toLogLine, toStartLines } from '../../local/machine-lines.ts';
import {
  MADE_UP_CALLBACK_SECRET,
  madeUpProject,
  readStartOptions,
  StartError,
} from '../../local/start-options.ts';

const routes = [{ functionName: 'createSession', method: 'POST', path: '/sessions' }];
const url = 'http://localhost:3000';
const start = (environment: Record<string, string>, args: string[] = []) =>
  toStartLines({ ...readStartOptions(environment, args), url, sessionId: '1_x', routes });

describe('npm start -- --json', () => {
  it('tells the address first, the project and its secret, a session, and each route', () => {
    expect(start({})).toEqual([
      { type: 'address', url },
      {
        ...{ type: 'project', kind: 'opentok', id: madeUpProject.apiKey, platform: 'stand-in' },
        apiSecret: madeUpProject.apiSecret,
        callbackSecret: MADE_UP_CALLBACK_SECRET,
      },
      { type: 'session', sessionId: '1_x' },
      { type: 'route', method: 'POST', path: '/sessions', function: 'createSession' },
    ]);
  });

  it('tells the public key of a made-up application, and never the private one', () => {
    const [, project] = start({}, ['--vonage']);
    const { publicKey, ...rest } = project as { publicKey: string };
    expect(createPublicKey(publicKey).asymmetricKeyType).toBe('rsa');
    expect(rest).toMatchObject({ kind: 'vonage', platform: 'stand-in' });
    expect(JSON.stringify(start({}, ['--vonage']))).not.toContain('PRIVATE');
  });

  it.each([
    [{ OPENTOK_API_KEY: '47665971', OPENTOK_API_SECRET: 'real-secret' }, 'opentok', '47665971'],
    [{ VONAGE_APPLICATION_ID: 'app', VONAGE_PRIVATE_KEY: 'real-secret' }, 'vonage', 'app'],
  ])('tells nothing secret of a real project: %o', (environment, kind, id) => {
    const lines = start(environment);
    expect(lines[1]).toEqual({ type: 'project', kind, id, platform: 'real' });
    expect(JSON.stringify(lines)).not.toContain('real-secret');
  });

  it.each<[line: string, expected: object]>([
    ['{"level":"info","message":"x"}', { type: 'log', level: 'info', message: 'x' }],
    ...['Error: x', 'null', '7', '"text"', '{"level":', ''].map((line): [string, object] => [
      line,
      { type: 'log', message: line },
    ]),
  ])('tells what a function writes as one object: %s', (line, expected) => {
    expect(toLogLine(line)).toEqual(expected);
  });

  it.each([
    [new StartError('Port 1 is taken.'), 'Port 1 is taken.'],
    [new TypeError('x'), 'x'],
    ['thrown', 'thrown'],
  ])('tells why it does not start: %s', (cause, message) => {
    expect(toErrorLine(cause)).toEqual({ type: 'error', message });
  });
});
