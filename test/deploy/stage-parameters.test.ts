import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../deploy/parameters.js';
import { readParameters } from '../../deploy/read-parameters.js';
import { readStageFile } from '../../deploy/stage-parameters.js';
import { copyService, runServerless } from '../../tools/package-service.ts';

describe('the file of a stage', () => {
  it.each([
    ['that is not there', null, {}],
    ['that is empty', undefined, {}],
    [
      'with parameters',
      { auth: 'jwt', audience: ['a', 'b'] },
      { auth: 'jwt', audience: ['a', 'b'] },
    ],
    ['with a name without a value', { auth: null, tracing: true }, { tracing: true }],
  ])('%s', (_, content, given) => {
    expect(readStageFile(content, 'prod')).toEqual({ given, faults: [] });
  });

  it.each([
    ['text', 'auth'],
    ['a list', ['auth: jwt']],
    ['a number', 1],
  ])('that is %s is refused', (_, content) => {
    expect(readStageFile(content, 'prod').faults).toEqual([
      expect.stringContaining('stages/prod.yml'),
    ]);
  });

  it('cannot hold consent, which is for one deployment', () => {
    expect(readStageFile({ accept: 'auth', auth: 'iam' }, 'prod')).toEqual({
      given: { auth: 'iam' },
      faults: [expect.stringContaining('accept is for one deployment')],
    });
  });

  it('is in the repo as an example, whose parameters are all taken', async () => {
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

describe('the serverless command', () => {
  it('takes the parameters of the file, unless --param says otherwise', async () => {
    const service = await copyService();
    await writeFile(
      join(service.folder, 'stages', 'prod.yml'),
      'auth: jwt\nissuer: https://a.example.com/\naudience: [a, b]\nthrottleRate: 7\nath: jwt\n',
    );
    const { output } = await runServerless({
      folder: service.folder,
      args: ['package', '--stage', 'prod'],
      params: { throttleRate: '0', auth: 'iam' },
    }).finally(service.remove);
    // What is refused shows where each value comes from.
    expect(output).toContain('- ath is no parameter');
    expect(output).toContain('- throttleRate cannot be "0"');
    expect(output).toContain('- issuer means nothing with auth=iam');
  }, 180_000);
});
