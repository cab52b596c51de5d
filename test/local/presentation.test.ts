/** Output to a terminal, a pipe and a program, in a separate process, because colors are decided per process. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';

const file = fileURLToPath(new URL('../../local/presentation.ts', import.meta.url));
const script = `
  const [file, ...args] = process.argv.slice(1);
  const { choosePresentation } = await import(file);
  const { started, log, failed } = choosePresentation(args, process);
  const routes = [{ functionName: 'createSession', method: 'POST', path: '/sessions' }];
  const project = { apiKey: '1', apiSecret: 's' };
  const url = 'http://localhost:3000';
  started({ host: '127.0.0.1', port: 3000, project, url, sessionId: '1_x', routes });
  log('{"level":"info","message":"x","function":"f"}');
  failed(new TypeError('wrong'));
`;

function present(args: string[], environment: Record<string, string> = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  const env = { ...rest, ...environment };
  return new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
    execFile(
      process.execPath,
      ['--input-type=module', '--eval', script, file, ...args],
      { env },
      (error, stdout, stderr) => (error ? reject(error) : resolve({ stdout, stderr })),
    );
  });
}

const isStyled = (text: string) => stripVTControlCharacters(text) !== text;

describe('npm start', () => {
  it.each<[where: string, environment: Record<string, string>, expected: boolean]>([
    ['a pipe', {}, false],
    ['a pipe with NO_COLOR', { NO_COLOR: '1' }, false],
    ['whatever has FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['whatever has FORCE_COLOR=0', { FORCE_COLOR: '0' }, false],
  ])('writes in colours or without: to %s', async (_, environment, expected) => {
    const { stdout, stderr } = await present([], environment);
    expect([isStyled(stdout), isStyled(stderr)]).toEqual([expected, expected]);
    expect(stripVTControlCharacters(stdout)).toContain('\n✓ f x\n');
    expect(stripVTControlCharacters(stderr)).toContain('TypeError: wrong\n    at ');
  });

  it.each([{}, { FORCE_COLOR: '1' }])('writes JSON alone with --json: %o', async (environment) => {
    const { stdout, stderr } = await present(['--json'], environment);
    expect(stderr).toBe('');
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(['address', 'project', 'session', 'route', 'log', 'error']);
  });
});
