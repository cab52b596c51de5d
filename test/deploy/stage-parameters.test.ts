import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../deploy/parameters.js';
import { readParameters } from '../../deploy/read-parameters.js';
import { findMisnamedFiles, readStageFile } from '../../deploy/stage-parameters.js';
import { copyService, runServerless } from '../../tools/package-service.ts';

const path = 'stages/prod.yml';

describe('readStageFile', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['an empty file', '', {}],
    ['a file of comments', '# nothing yet\n', {}],
    ['an explicit null', '~', {}],
    ['values and lists', 'auth: jwt\naudience: [a, b]', { auth: 'jwt', audience: ['a', 'b'] }],
    ['a list of lines', 'audience:\n  - a\n  - b\n', { audience: ['a', 'b'] }],
    [
      'parameters without a value',
      'auth:\nissuer: ~\ntags: null\nguests: true',
      { guests: 'true' },
    ],
    ['an empty text, which overrides', 'alarmTopicArn: ""', { alarmTopicArn: '' }],
    ['a quoted null, which is text', 'eventSource: "null"', { eventSource: 'null' }],
    ['an anchor and its alias', 'a: &x 012\nb: *x', { a: '012', b: '012' }],
    ['a byte order mark', '\ufeffauth: iam', { auth: 'iam' }],
    ['a name that is not a property', '__proto__: x', { ['__proto__']: 'x' }],
  ])('reads %s', (_, text, given) => {
    expect(readStageFile(text, path)).toEqual({ given, faults: [] });
  });

  it.each([
    '287654321098765432',
    '0123456',
    '0x1A2B3C',
    '0o17',
    '0b11',
    '1e3',
    '1_000',
    '1.10',
    '+5',
    '.inf',
    '2026-11-28',
    '12:30:45',
    'True',
    'yes',
    'on',
    'NULL-1',
  ])('keeps the spelling of %s', (value) => {
    const text = `audience: ${value}\nroleClaim: [${value}]\n`;
    expect(readStageFile(text, path).given).toEqual({ audience: value, roleClaim: [value] });
    expect(readStageFile(`%YAML 1.1\n---\na: ${value}`, path).given).toEqual({ a: value });
    expect(readStageFile(`a: "${value}"`, path).given).toEqual({ a: value });
  });

  it.each([
    ['text', 'auth'],
    ['a list', '- auth: jwt'],
    ['a name that appears twice', 'auth: iam\nauth: jwt'],
    ['two documents', 'auth: iam\n---\nauth: jwt'],
    ['a nested mapping', 'auth: jwt: x'],
    ['a mapping as a value', 'auth: {a: b}'],
    ['a list of lists', 'audience: [[a]]'],
    ['an unknown tag', 'auth: !Ref x'],
    ['an unclosed quote', 'auth: "iam'],
  ])('rejects %s and names the file', (_, text) => {
    expect(readStageFile(text, path).faults).toEqual([expect.stringContaining(path)]);
  });

  it('rejects accept, which belongs to one deployment', () => {
    expect(readStageFile('accept: auth\nauth: iam', path)).toEqual({
      given: { auth: 'iam' },
      faults: [expect.stringContaining('pass it to one deployment with --param')],
    });
  });
});

describe('findMisnamedFiles', () => {
  it.each([
    [['prod.yml', 'dev.yml', 'example.yml', 'prod-eu.yml', 'production.yaml']],
    [['prod.eu-west-1.yml', 'prod.us-gov-east-1.yml', 'prod.cn-north-1.yml']],
    [['prod.yml', 'prod.yml~', 'prod.yml.orig']],
    [['.prod.yml.swp', 'README.md']],
    [[]],
  ])('accepts %j for the stage prod', (names) => {
    expect(findMisnamedFiles(names, 'prod')).toEqual([]);
  });

  it.each([
    'prod.yaml',
    'prod.YML',
    'Prod.yml',
    'prod.yml.txt',
    'prod.json',
    'prod',
    'prod_yml',
    'prod .yml',
    'prod.eu-west-1.yaml',
    'prod.eu-west1.yml',
    'prod.eu.yml',
    'PROD.eu-west-1.yml',
  ])('reports %s for the stage prod', (name) => {
    expect(findMisnamedFiles(['dev.yml', name], 'prod')).toEqual([
      expect.stringMatching(`^stages/${name} is not read: rename it to stages/prod.yml`),
    ]);
  });

  it('reports a second file beside the one that is read', () => {
    expect(findMisnamedFiles(['prod.yml', 'prod.yaml'], 'prod')).toHaveLength(1);
  });
});

describe('the example file', () => {
  it('holds valid parameters only', async () => {
    const text = await readFile(new URL('../../stages/example.yml', import.meta.url), 'utf8');
    const given = Object.fromEntries(
      [...text.matchAll(/^(\w+): (.+)$/gm)].map(([, name = '', value]) => [name, value]),
    );
    expect(Object.keys(given).length).toBeGreaterThan(3);
    for (const name of Object.keys(given)) expect(rules).toHaveProperty(name);
    const { values } = readParameters(given);
    for (const name of Object.keys(given)) expect(values[name], name).toBeDefined();
  });
});

describe('serverless package', () => {
  async function packageWith(files: Record<string, string>, params: Record<string, string> = {}) {
    const service = await copyService();
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(service.folder, 'stages', name), text);
    }
    const { output } = await runServerless({
      folder: service.folder,
      args: ['package', '--stage', 'prod', '--region', 'eu-west-1'],
      // A value that fails, so that the command ends before it builds anything.
      params: { throttleRate: '0', ...params },
    }).finally(service.remove);
    return output;
  }

  it.concurrent('applies --param over the file of the region over the file of the stage', async () => {
    const output = await packageWith(
      {
        'prod.yml':
          'auth: jwt\nissuer: https://a.example.com/\naudience: [a, b]\ntracing: 0123\nath: jwt\n',
        'prod.eu-west-1.yml': 'tracing: 0x1F\ndashboard: 1e1\n',
        'prod.us-east-1.yml': 'dashboard: maybe\n',
      },
      { auth: 'iam' },
    );
    expect(output).toContain('read from stages/prod.yml and stages/prod.eu-west-1.yml');
    // The faults show which value applies.
    expect(output).toContain('- ath is not a parameter');
    expect(output).toContain('- throttleRate cannot be "0"');
    expect(output).toContain('- tracing cannot be "0x1F"');
    expect(output).toContain('- dashboard cannot be "1e1"');
    expect(output).toContain('- issuer has no effect with auth=iam');
  }, 180_000);

  it.concurrent('says that it read no file, and which one looks as if it was meant', async () => {
    const output = await packageWith({ 'prod.yaml': 'auth: jwt\n' });
    expect(output).toContain('there is no stages/prod.yml, so the defaults apply');
    expect(output).toContain('- stages/prod.yaml is not read: rename it to stages/prod.yml');
  }, 180_000);
});
