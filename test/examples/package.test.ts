/** The examples as packages to copy, and what they repeat of the service. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStartOptions } from '../../local/start-options.ts';
import root from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };

const read = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

const examples = ['web', 'react'].map((name) => {
  const { dependencies, devDependencies } = JSON.parse(read(`examples/${name}/package.json`));
  return [name, { ...dependencies, ...devDependencies } as Record<string, string>] as const;
});

describe.each(examples)('examples/%s', (name, versions) => {
  it('has exact versions, and the client as a package', () => {
    const { 'opentok-sessions-client': client, ...others } = versions;
    expect(client).toBe('file:../../client');
    for (const version of Object.values(others)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('is installed with the service, without a second copy of Vite or TypeScript', () => {
    expect(root.workspaces).toContain(`examples/${name}`);
    expect(lock.packages).toHaveProperty([`examples/${name}`]);
    expect(Object.keys(lock.packages)).not.toContain(`examples/${name}/node_modules/vite`);
    expect(versions['typescript']).toBe(root.devDependencies.typescript);
    const vitest = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'));
    expect(versions['vite']).toBe(vitest('vite/package.json').version);
  });
});

describe('the made-up projects of npm start', () => {
  it.each([
    ['OpenTok', []],
    ['Vonage', ['--vonage']],
  ])('have no media in the examples: %s', (_, args) => {
    const { project } = readStartOptions({}, args);
    const id = 'apiKey' in project ? project.apiKey : project.applicationId;
    for (const file of ['web/src/library.ts', 'react/src/app.tsx']) {
      expect(read(`examples/${file}`), file).toContain(`'${id}'`);
    }
  });
});
