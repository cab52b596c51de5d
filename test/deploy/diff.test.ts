/**
 * `serverless diff`: prints what a deployment would change, and changes nothing.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack, stackName } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'diff-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

const bundle = 'the packaged code';
const codeHash = createHash('sha256').update(bundle).digest('base64');
const template = (Timeout: number, resources: object = {}) => ({
  Resources: {
    ...resources,
    CreateSessionLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Key: `deployed with ${Timeout}` }, Timeout },
    },
    SessionRequests: { Type: 'AWS::SQS::Queue', Properties: {} },
  },
});
const functionOf = (CodeSha256: string): Operations => ({
  [`GET /2015-03-31/functions/${stackName}-createSession/configuration`]: () => ({ CodeSha256 }),
});
const running = (recorded = {}) =>
  runningStack(template(10), { Parameters: JSON.stringify(recorded) });

async function diff({
  operations = {},
  timeout = 10,
  recorded = {},
  resources = {},
  options = {},
}: {
  operations?: Operations;
  timeout?: number;
  recorded?: Record<string, string>;
  /** Other resources of the next template. */
  resources?: object;
  options?: object;
} = {}) {
  const artifact = join(folder, 'bundle.zip');
  await writeFile(artifact, bundle);
  const aws = await startAws({ ...running(), ...functionOf(codeHash), ...operations });
  const plugin = await drivePlugin('diff', {
    aws,
    next: template(timeout, resources),
    parameters: { recorded },
    options,
    artifact,
  });
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  const warn = vi.spyOn(console, 'error').mockImplementation(() => {});
  await plugin.run('diff:diff');
  return {
    output: lines.join('\n'),
    calls: aws.calls(),
    exitCode: process.exitCode,
    warnings: warn.mock.calls.flat(),
    spawned: plugin.spawned,
  };
}

const reading = /^(Describe|Get|GET )/;

describe('serverless diff', () => {
  it('packages, and prints parameters and resources that change', async () => {
    const { output, calls, spawned } = await diff({
      operations: running({ throttleRate: '50', guests: 'true' }),
      timeout: 20,
      recorded: { throttleRate: '100', guests: 'true' },
    });
    expect(spawned).toEqual(['package']);
    expect(output.split('\n')).toEqual([
      `A deployment of ${stackName} in eu-west-1 makes these changes:`,
      '  throttleRate: 50 becomes 100',
      '  - changes CreateSessionLambdaFunction (AWS::Lambda::Function)',
      '      /Properties/Timeout: 10 becomes 20',
      '0 to create, 1 to change, 0 to replace, 0 to remove',
    ]);
    expect(calls.filter((call) => !reading.test(call))).toEqual([]);
  });

  it('says that a protected table is created in a separate update', async () => {
    const RoomsTable = {
      Type: 'AWS::DynamoDB::Table',
      Properties: { DeletionProtectionEnabled: true },
    };
    const { output } = await diff({ resources: { RoomsTable } });
    expect(output).toContain('  - creates RoomsTable (AWS::DynamoDB::Table)');
    expect(output).toContain('The table is changed first, in 1 separate update(s) of the stack.');
  });

  it('counts the resources of a first deployment by type', async () => {
    const { output, calls } = await diff({ operations: noStack });
    expect(output.split('\n')).toEqual([
      `${stackName} is not deployed in eu-west-1. The first deployment makes these changes:`,
      '  - creates 1 AWS::Lambda::Function',
      '  - creates 1 AWS::SQS::Queue',
      '2 to create, 0 to change, 0 to replace, 0 to remove',
    ]);
    expect(calls).toEqual(['DescribeStacks']);
  });

  it('treats a stack as not deployed after its first deployment failed', async () => {
    const { output } = await diff({ operations: runningStack({}, {}, 'ROLLBACK_COMPLETE') });
    expect(output).toContain('The first deployment makes these changes');
  });

  it('says which permissions are missing if the stack cannot be read', async () => {
    const denied = () => {
      throw new AwsError('AccessDenied', 'not allowed');
    };
    await expect(diff({ operations: { DescribeStacks: denied } })).rejects.toThrow(
      'that needs cloudformation:DescribeStacks and cloudformation:GetTemplate. not allowed',
    );
  });

  it('compares the code by its hash', async () => {
    expect((await diff()).output).toMatch(/makes these changes:\n {2}none$/);
    const { output } = await diff({ operations: functionOf('another hash') });
    expect(output).toContain('/Properties/Code: old code becomes new code');
  });

  it.each([
    ['was deleted', 'ResourceNotFoundException'],
    ['may not be read', 'AccessDeniedException'],
  ])('takes the code of a function that %s for other code, with a warning', async (_, name) => {
    const refuse = () => {
      throw new AwsError(name, 'a reason');
    };
    const key = Object.keys(functionOf(''))[0] ?? '';
    const { output, warnings } = await diff({ operations: { [key]: refuse } });
    expect(output).toContain('/Properties/Code: old code becomes new code');
    expect(warnings).toEqual([`The code of ${stackName}-createSession was not compared: a reason`]);
  });

  it.each([
    ['nothing changes', 10, true, undefined],
    ['something changes', 20, true, 2],
    ['something changes, without --exit-code', 20, false, undefined],
  ])('exits with the right code if %s', async (_, timeout, isWanted, expected) => {
    const { exitCode } = await diff({ timeout, options: { 'exit-code': isWanted } });
    expect(exitCode).toBe(expected);
  });
});

describe('the checks of a deployment', () => {
  it.each(['guard-deployment', 'check-prerequisites'])('also run after it: %s', async (name) => {
    const plugin = await drivePlugin(name, { aws: await startAws({}) });
    expect(plugin.hooks).toContain('diff:check');
  });

  it.each([
    ['check-account', 'before:diff:diff'],
    ['temporary-files', 'initialize'],
  ])('run before it: %s', async (name, hook) => {
    const plugin = await drivePlugin(name, { aws: await startAws({}), command: 'diff' });
    expect(plugin.hooks).toContain(hook);
  });
});
