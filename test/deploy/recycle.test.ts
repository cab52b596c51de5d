import { describe, expect, it } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack, stackName } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
const names = ['createSession', 'issueToken'].map((name) => `${stackName}-${name}`);
const path = (name: string) => `/2015-03-31/functions/${name}/configuration`;
const variables = { Environment: { Variables: { AUTH: 'iam' } }, RevisionId: '1' };

/** A function with an update that takes some polls to finish. */
function updating(name: string, ...statuses: readonly object[]): Operations {
  const left = [{}, ...statuses];
  return {
    [`GET ${path(name)}`]: () => ({ ...variables, ...(left.length > 1 ? left.shift() : left[0]) }),
    [`PUT ${path(name)}`]: () => ({}),
  };
}
const queue = { Type: 'AWS::SQS::Queue', Properties: {} };
const successful = { LastUpdateStatus: 'Successful' };
const inProgress = { LastUpdateStatus: 'InProgress' };

async function recycle(operations: Operations) {
  const aws = await startAws(operations);
  const plugin = await drivePlugin('recycle', { aws });
  const said = await plugin.run('recycle:recycle').then(
    () => '',
    (cause: Error) => cause.message,
  );
  return { said, logged: plugin.logged, aws };
}

describe('serverless recycle', () => {
  it('waits until every update has finished', async () => {
    const { said, logged, aws } = await recycle({
      ...updating(names[0] ?? '', successful),
      ...updating(names[1] ?? '', inProgress, successful),
    });
    expect(said).toBe('');
    expect(logged).toEqual([`Recycled ${names.join(', ')}`]);
    const polls = aws.calls().filter((call) => call === `GET ${path(names[1] ?? '')}`);
    expect(polls).toHaveLength(3);
  });

  it('recycles the deployed functions, whatever parameters the command has', async () => {
    const inspecting = `${stackName}-inspectToken`;
    const functions = [names[0], inspecting].map((FunctionName, index) => [
      `Function${index}`,
      { Type: 'AWS::Lambda::Function', Properties: { FunctionName } },
    ]);
    const { said, logged } = await recycle({
      ...runningStack({ Resources: { ...Object.fromEntries(functions), Queue: queue } }),
      ...updating(names[0] ?? '', successful),
      ...updating(inspecting, successful),
    });
    expect(said).toBe('');
    expect(logged).toEqual([`Recycled ${names[0]}, ${inspecting}`]);
  });

  it('reports a missing stack', async () => {
    const { said } = await recycle(noStack);
    expect(said).toBe('The stack opentok-sessions-prod does not exist in eu-west-1.');
  });

  it('reports which update failed and why, and which finished', async () => {
    const { said, logged } = await recycle({
      ...updating(names[0] ?? '', successful),
      ...updating(names[1] ?? '', {
        LastUpdateStatus: 'Failed',
        LastUpdateStatusReason: 'its role is gone',
      }),
    });
    expect(logged).toEqual([`Recycled ${names[0]}`]);
    expect(said).toContain(`\n  - ${names[1]}: Failed: its role is gone`);
    expect(said).not.toContain(names[0]);
  });

  it('reports which function Lambda did not update', async () => {
    const { said, logged } = await recycle({
      ...updating(names[0] ?? '', successful),
      ...updating(names[1] ?? ''),
      [`PUT ${path(names[1] ?? '')}`]: () => {
        throw new AwsError('ResourceConflictException', 'An update is in progress');
      },
    });
    expect(logged).toEqual([`Recycled ${names[0]}`]);
    expect(said).toContain(`\n  - ${names[1]}: An update is in progress`);
  });
});
