/** The tarball that `npm pack ./client` writes, installed into an empty project without a network. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../client/package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const clientFolder = join(root, 'client');
const run = promisify(execFile);
const EXPORTS = 'ProblemError,createClient,createTokenSource,readInvite,rulesOf';

interface Vite {
  build(options: object): Promise<{ readonly output: readonly { readonly code?: string }[] }>;
}

/** The Vite that Vitest brings. */
async function loadVite(): Promise<Vite> {
  const vitest = createRequire(import.meta.url).resolve('vitest/package.json');
  return import(pathToFileURL(createRequire(vitest).resolve('vite')).href);
}

let folder = '';
let packed: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-pack-'));
  const project = join(folder, 'project');
  await mkdir(project);
  // A copy, so that several tests can pack at the same time.
  await cp(clientFolder, join(folder, 'client'), {
    recursive: true,
    filter: (path) => !path.startsWith(join(clientFolder, 'dist')),
  });
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  await run(tsc, ['-p', clientFolder, '--outDir', join(folder, 'client', 'dist')]);
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: join(folder, 'client') },
  );
  const [{ filename, files } = expect.fail('npm packed nothing')] = JSON.parse(stdout) as {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  packed = files.map(({ path }) => path);
  await writeFile(join(project, 'package.json'), '{"name":"project","private":true}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, filename)], {
    cwd: project,
  });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it('contains the module, its types, the README and the license, and no sources', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'package.json',
        'dist/index.js',
        'dist/index.d.ts',
      ]),
    );
    expect(
      packed.filter((path) => !/^(?:LICENSE|README\.md|package\.json|dist\/)/.test(path)),
    ).toEqual([]);
  });

  it('is described by keywords and the license of the repository', async () => {
    expect(manifest.keywords).toContain('opentok');
    const [own, repository] = await Promise.all(
      [clientFolder, root].map((path) => readFile(join(path, 'LICENSE'), 'utf8')),
    );
    expect(own).toBe(repository);
  });
});

describe('a project that installed it', () => {
  it.each([
    ['import', '--input-type=module', `await import('${manifest.name}')`],
    ['require', '--input-type=commonjs', `require('${manifest.name}')`],
  ])('loads it with %s', async (_, type, load) => {
    const script = `console.log(Object.keys(${load}).sort().join())`;
    const { stdout } = await run(process.execPath, [type, '--eval', script], {
      cwd: join(folder, 'project'),
    });
    expect(stdout.trim()).toBe(EXPORTS);
  });

  it('bundles it with Vite', async () => {
    const project = join(folder, 'project');
    await writeFile(join(project, 'index.html'), '<script type="module" src="/main.js"></script>');
    await writeFile(
      join(project, 'main.js'),
      `import * as client from '${manifest.name}'; document.title = Object.keys(client).sort().join();`,
    );
    const { build } = await loadVite();
    const built = await build({
      root: project,
      configFile: false,
      logLevel: 'silent',
      build: { write: false },
    });
    expect(built.output.map(({ code }) => code).join()).toContain('createTokenSource');
  });
});
