import { describe, expect, it } from 'vitest';
import { madeUpProject, readStartOptions } from '../../local/start-options.ts';
import type { Style } from '../../local/style.ts';
import { describeStart } from '../../local/welcome.ts';

const routes = [
  { functionName: 'createSession', method: 'POST', path: '/sessions' },
  { functionName: 'issueToken', method: 'POST', path: '/sessions/{sessionId}/tokens' },
  { functionName: 'manageRoom', method: 'DELETE', path: '/rooms/{name}' },
];
const welcome = (environment: Record<string, string>, args: string[] = [], style?: Style) =>
  describeStart(
    {
      ...readStartOptions(environment, args),
      url: 'http://localhost:3000',
      sessionId: '1_x',
      routes,
    },
    style,
  );

describe('what npm start prints', () => {
  it.each([{}, { HOST: '0.0.0.0' }])(
    'ends with the address to open, where a terminal shows it: %o',
    (environment) => {
      const lastLine = welcome(environment).trim().split('\n').at(-1);
      expect(lastLine).toBe('Open http://localhost:3000 in a browser to try it.');
    },
  );

  it('has one table of the routes, with what each is for', () => {
    expect(welcome({})).toContain(
      [
        '\nPOST    /sessions                     Create a session',
        'POST    /sessions/{sessionId}/tokens  Issue a token',
        'DELETE  /rooms/{name}                 Close a room\n\n',
      ].join('\n'),
    );
  });

  it('has colors where the terminal has them, except in text to copy', () => {
    const styled = welcome({}, [], (format, text) => `<${format}>${text}</>`);
    expect(styled).toContain('Open <bold,cyan>http://localhost:3000</> in a browser');
    expect(styled).toContain('<cyan>POST  </>');
    for (const line of styled.match(/^.*(?:curl|not-a-real-secret).*$/gm) ?? expect.fail()) {
      expect(line).not.toContain('<');
    }
    expect(styled.replaceAll(/<[\w,/]*>/g, '')).toBe(welcome({}));
  });

  it('has commands to paste', () => {
    const commands = welcome({}).match(/^curl .*$/gm) ?? [];
    expect(commands.map((command) => /http\S+/.exec(command)?.[0])).toEqual([
      'http://localhost:3000/sessions',
      'http://localhost:3000/sessions/1_x/tokens',
      'http://localhost:3000/rooms/standup/tokens',
    ]);
  });

  it('has the made-up secret of an OpenTok project, and how to get a Vonage application', () => {
    expect(welcome({})).toContain(madeUpProject.apiSecret);
    expect(welcome({})).toContain('npm start -- --vonage');
  });

  it('has the public key of a made-up application, and never the private one', () => {
    expect(welcome({}, ['--vonage'])).toContain('-----BEGIN PUBLIC KEY-----');
    expect(welcome({}, ['--vonage'])).not.toContain('PRIVATE');
  });

  it('has nothing of a real project’s credentials', () => {
    const real = welcome({ OPENTOK_API_KEY: '47665971', OPENTOK_API_SECRET: 'real-secret' });
    expect(real).toContain('real platform');
    expect(real).not.toMatch(/47665971|real-secret|made-up/);
  });

  it.each(['0.0.0.0', '::', '192.168.1.20', 'my-laptop.local', '127.example.com'])(
    'warns that others may call at HOST=%s',
    (HOST) => {
      expect(welcome({ HOST })).toContain(`HOST=${HOST}: everyone on that network is trusted`);
    },
  );

  it.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('warns of nothing at HOST=%s', (HOST) => {
    expect(welcome({ HOST })).not.toContain('trusted');
  });
});
