/** What holds for every workflow of GitHub Actions, and what a release does. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

type Permissions = Readonly<Record<string, string>>;

interface Workflow {
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions?: Permissions;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Jobs that have more than the right to read the repository. */
const RIGHTS: Readonly<Record<string, Permissions>> = {
  'deploy.yml deploy': { contents: 'read', 'id-token': 'write' },
  'release.yml publish': { contents: 'write', 'id-token': 'write', attestations: 'write' },
  'security.yml codeql': { contents: 'read', 'security-events': 'write' },
};

const files = globSync('.github/workflows/*.yml', { cwd: root });
const jobs = files.flatMap((file) => {
  const workflow: Workflow = parse(read(file));
  return Object.entries(workflow.jobs).map(
    ([id, job]) => [`${file.split('/').at(-1)} ${id}`, job, workflow] as const,
  );
});

describe.each(files)('%s', (file) => {
  it('pins every action to a commit, and names its version in a comment above', () => {
    const pinned = /# v\d+\.\d+\.\d+\b.*\n\s*- uses: [\w-]+\/[\w/-]+@[0-9a-f]{40}$/gm;
    const used = read(file).match(/^ *- uses: /gm) ?? [];
    expect(read(file).match(pinned) ?? []).toHaveLength(used.length);
  });

  it('pins an action to the same commit as the other workflows', () => {
    const pins = new Map<string, string>();
    for (const other of files) {
      for (const [, action = '', commit = ''] of read(other).matchAll(/uses: (.+)@(.+)/g)) {
        expect(pins.get(action) ?? commit, `${other}: ${action}`).toBe(commit);
        pins.set(action, commit);
      }
    }
  });
});

describe.each(jobs)('%s', (name, job, workflow) => {
  it('has no right beyond those listed here', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(job.permissions ?? workflow.permissions).toEqual(RIGHTS[name] ?? { contents: 'read' });
  });

  it('keeps inputs out of scripts, where they could inject commands', () => {
    for (const { run = '' } of job.steps ?? []) expect(run).not.toContain('${{');
  });

  it('leaves no token in the checkout', () => {
    for (const { uses = '', with: inputs } of job.steps ?? [])
      if (uses.startsWith('actions/checkout@'))
        expect(inputs).toMatchObject({ 'persist-credentials': false });
  });

  it('has a timeout', () => {
    if (!job.uses) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });
});

describe('.github/workflows/release.yml', () => {
  const { jobs } = parse(read('.github/workflows/release.yml')) as Workflow;

  it('builds only what the checks passed, and publishes only what was built', () => {
    expect(jobs['build']?.needs).toBe('check');
    expect(jobs['publish']?.needs).toBe('build');
  });

  it('builds with a script of package.json, which gets the tag', () => {
    const commands = jobs['build']?.steps?.flatMap(({ run = [] }) => run);
    expect(commands).toEqual(['npm ci', 'npm run release:assets -- "$GITHUB_REF_NAME"']);
    expect(manifest.scripts).toHaveProperty('release:assets');
  });

  it('runs no code of the repository or its packages in the job that can write', () => {
    const { steps = [] } = jobs['publish'] ?? {};
    expect(steps.flatMap(({ uses = [] }) => uses).join()).not.toContain('actions/checkout');
    for (const { run = 'gh ' } of steps) expect(run).toMatch(/^gh /);
  });
});
