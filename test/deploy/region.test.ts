import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findRegion, region } from '../../deploy/region.js';
import { copyService, runServerless } from '../../tools/package-service.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
afterEach(() => vi.unstubAllEnvs());

describe('the region has the precedence of the AWS CLI', () => {
  const profiles: Record<string, string> = { default: 'of-default', team: 'of-team', ci: 'of-ci' };
  const readProfile = async (profile = 'default') => profiles[profile];
  const all = {
    AWS_REGION: 'of-region',
    AWS_DEFAULT_REGION: 'of-default-region',
    AWS_PROFILE: 'team',
  };
  const { AWS_REGION, ...withoutRegion } = all;

  it.each<[string, Record<string, string | null>, Record<string, string>, string | undefined]>([
    ['--region before all', { region: 'of-option', 'aws-profile': 'ci' }, all, 'of-option'],
    ['AWS_REGION before AWS_DEFAULT_REGION', {}, all, 'of-region'],
    ['an empty AWS_REGION as none', {}, { ...all, AWS_REGION: '' }, 'of-default-region'],
    ['AWS_DEFAULT_REGION before a profile', {}, withoutRegion, 'of-default-region'],
    ['the profile of the command', { 'aws-profile': 'ci' }, { AWS_PROFILE: 'team' }, 'of-ci'],
    [
      'the profile of the stage',
      { stage: 'prod' },
      { AWS_PROD_PROFILE: 'ci', AWS_PROFILE: 'team' },
      'of-ci',
    ],
    [
      'not the profile of another stage',
      { stage: 'dev' },
      { AWS_PROD_PROFILE: 'ci' },
      'of-default',
    ],
    ['AWS_PROFILE', {}, { AWS_PROFILE: 'team', AWS_DEFAULT_PROFILE: 'ci' }, 'of-team'],
    ['AWS_DEFAULT_PROFILE', { stage: null }, { AWS_DEFAULT_PROFILE: 'ci' }, 'of-ci'],
    ['the default profile', {}, {}, 'of-default'],
    ['none in a profile without one', {}, { AWS_PROFILE: 'unknown' }, undefined],
  ])('%s', async (_, commandLine, environment, expected) => {
    expect(await findRegion({ commandLine, environment, readProfile })).toBe(expected);
  });
});

type ReadProfile = [
  what: string,
  profile: string | undefined,
  options: Record<string, string>,
  expected: string | null,
  awsRegion?: string,
];

describe('the region of a profile', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-region-'));
    await writeFile(
      join(folder, 'config'),
      '[default]\nregion = eu-west-3\n[profile team]\nregion = ap-south-1\n[profile none]\n',
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each<ReadProfile>([
    ['the default one', undefined, {}, 'eu-west-3'],
    ['that AWS_PROFILE names', 'team', {}, 'ap-south-1'],
    ['that the command names', 'none', { 'aws-profile': 'team' }, 'ap-south-1'],
    ['the default one, with an empty AWS_REGION', undefined, {}, 'eu-west-3', ''],
    ['that AWS_PROFILE names, with an empty AWS_REGION', 'team', {}, 'ap-south-1', ''],
    ['that has none', 'none', {}, null],
    ['that does not exist', 'unknown', {}, null],
  ])('is read from the AWS files: %s', async (_, profile, options, expected, awsRegion) => {
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    vi.stubEnv('AWS_PROFILE', profile);
    vi.stubEnv('AWS_REGION', awsRegion);
    expect(await region({ options })).toBe(expected);
  });
});

describe('without a region', () => {
  it.each([
    ...['info', 'remove', 'recycle', 'redrive', 'examine', 'rollback', 'deploy list'],
    'logs',
  ])('%s stops', async (command) => {
    const plugin = await drivePlugin('check-region', { aws: await startAws({}), command });
    await expect(plugin.run('initialize')).rejects.toThrow(
      'No region is configured. Pass --region, or set AWS_REGION',
    );
  });

  it.each([
    ['deploy', 'before:package:cleanup'],
    ['deploy function', 'before:deploy:function:initialize'],
  ])('%s stops, after its parameters are checked', async (command, hook) => {
    const plugin = await drivePlugin('check-region', { aws: await startAws({}), command });
    await expect(plugin.run(hook)).rejects.toThrow('No region is configured');
  });

  it.each(['package', 'print', 'offline start', 'invoke local'])(
    '%s continues, because it calls no AWS service',
    async (command) => {
      const plugin = await drivePlugin('check-region', { aws: await startAws({}), command });
      expect(plugin.hooks).toEqual([]);
    },
  );

  it('the whole command stops', async () => {
    const { folder, remove } = await copyService();
    const { exitCode, output } = await runServerless({
      folder,
      args: ['info'],
      environment: { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
    }).finally(remove);
    expect(exitCode).toBe(1);
    expect(output).toContain('No region is configured. Pass --region, or set AWS_REGION');
  }, 120_000);
});
