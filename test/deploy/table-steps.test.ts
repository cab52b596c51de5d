/** Updates of the stack that come before the deployment proper: a protected table, and all indexes but one. */
import { describe, expect, inject, it } from 'vitest';
import { findTableSteps } from '../../deploy/table-steps.js';
import type { Resource } from '../../tools/package-service.ts';
import { modelStack } from '../../tools/stack-model.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

type Template = { readonly Resources: Readonly<Record<string, Resource>> };
interface Table {
  readonly AttributeDefinitions: readonly { readonly AttributeName: string }[];
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string }[];
  readonly DeletionProtectionEnabled?: boolean;
}

const { fullTemplate } = inject('packaged');
const bucket = { Type: 'AWS::S3::Bucket', Properties: {} };
const startAws = closedAfterEach(startFakeAws);

const readTable = ({ Resources = {} }: Partial<Template>) =>
  Resources['RoomsTable']?.Properties as unknown as Table;
const summarize = (template: Partial<Template>) => {
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = readTable(template);
  return {
    indexes: GlobalSecondaryIndexes.map(({ IndexName }) => IndexName),
    attributes: AttributeDefinitions.map(({ AttributeName }) => AttributeName),
  };
};

/** A stack with a table that has these of the indexes that a deployment with liveRooms=true has. */
function stackWith(...names: readonly string[]): Template {
  const table = fullTemplate.Resources['RoomsTable'] as Resource;
  const { AttributeDefinitions, GlobalSecondaryIndexes, ...rest } = Object(table.Properties);
  const keyOf = { rooms: 'listing', sessions: 'roomSessionId' } as Record<string, string>;
  const keys = ['room', 'item', ...names.map((name) => keyOf[name])];
  const indexes = GlobalSecondaryIndexes.filter(({ IndexName }: { IndexName: string }) =>
    names.includes(IndexName),
  );
  return {
    Resources: {
      ServerlessDeploymentBucket: bucket,
      RoomsTable: {
        ...table,
        Properties: {
          ...rest,
          AttributeDefinitions: AttributeDefinitions.filter(
            ({ AttributeName }: { AttributeName: string }) => keys.includes(AttributeName),
          ),
          ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
        },
      },
    },
  };
}

describe('findTableSteps', () => {
  it('finds none if one index is added, whichever', () => {
    for (const name of ['rooms', 'sessions']) {
      expect(findTableSteps(stackWith(), stackWith(name))).toEqual([]);
      expect(findTableSteps(stackWith(name), stackWith('rooms', 'sessions'))).toEqual([]);
      expect(findTableSteps(stackWith(name), stackWith())).toEqual([]);
    }
  });

  it.each([
    [[], ['rooms', 'sessions'], ['rooms'], ['room', 'item', 'listing']],
    [['sessions'], ['rooms'], ['sessions', 'rooms'], ['room', 'item', 'roomSessionId', 'listing']],
    [['rooms', 'sessions'], [], ['sessions'], ['room', 'item', 'roomSessionId']],
  ])('changes %j to %j over %j, with its key attributes', (before, after, indexes, attributes) => {
    const steps = findTableSteps(stackWith(...before), stackWith(...after));
    expect(steps.map((step) => summarize(step as Template))).toEqual([{ indexes, attributes }]);
    expect(Object.keys(steps[0]?.Resources ?? {})).toEqual([
      ...['ServerlessDeploymentBucket', 'RoomsTable'],
    ]);
  });

  it('lets one deployment add liveRooms=true and the list of rooms to a stack without any index', async () => {
    const { resources } = await modelStack({ liveRooms: 'true' });
    const [step, ...more] = findTableSteps(stackWith(), { Resources: resources });
    expect(more).toEqual([]);
    expect(findTableSteps(step ?? {}, { Resources: resources })).toEqual([]);
  });

  it('creates a protected table unprotected, with all its indexes, if a stack has none', () => {
    const deployed = { Resources: { ServerlessDeploymentBucket: bucket } };
    const steps = findTableSteps(deployed, fullTemplate) as Template[];
    expect(steps.map((step) => readTable(step).DeletionProtectionEnabled)).toEqual([false]);
    expect(steps.map((step) => summarize(step).indexes)).toEqual([['rooms', 'sessions']]);
    expect(Object.keys(steps[0]?.Resources ?? {})).toEqual([
      ...['ServerlessDeploymentBucket', 'RoomsTable'],
    ]);
  });

  it('ignores a table that the deployment removes', () => {
    expect(findTableSteps(stackWith('rooms', 'sessions'), { Resources: {} })).toEqual([]);
  });
});

describe('serverless deploy', () => {
  const hook = 'before:aws:deploy:deploy:updateStack';
  const triggers = { RollbackTriggers: [{ Arn: 'a' }], MonitoringTimeInMinutes: 5 };

  /** @param statuses of the new index, at each look */
  async function deploy(operations: Operations, statuses: readonly string[] = ['ACTIVE']) {
    const looks = [...statuses];
    const aws = await startAws({
      DescribeStackResource: () => ({ StackResourceDetail: { PhysicalResourceId: 'rooms-1' } }),
      DescribeTable: () => ({
        Table: {
          TableStatus: 'ACTIVE',
          GlobalSecondaryIndexes: [{ IndexName: 'rooms', IndexStatus: looks.shift() }],
        },
      }),
      ...operations,
    });
    const done: string[] = [];
    let failure: Error | undefined;
    const record = (what: string) => {
      const { compiledCloudFormationTemplate, rollbackConfiguration } = plugin.service.provider;
      const { indexes } = summarize(compiledCloudFormationTemplate);
      const watched = rollbackConfiguration.RollbackTriggers.length;
      done.push(`${what} ${indexes}${watched > 0 ? ', watched' : ''}`);
    };
    class AwsDeploy {
      async uploadCloudFormationFile() {
        record('upload');
      }
      async update() {
        record('update');
        if (failure) throw failure;
      }
    }
    const plugin = await drivePlugin('table-steps', {
      ...{ aws, next: stackWith('rooms', 'sessions'), plugins: [new AwsDeploy()] },
    });
    plugin.service.provider.rollbackConfiguration = triggers;
    return {
      run: () => plugin.run(hook),
      fail: (error: Error) => {
        failure = error;
      },
      done,
      aws,
      provider: plugin.service.provider,
    };
  }

  it('adds the first of two indexes in a separate update', async () => {
    const { run, done, provider } = await deploy(runningStack(stackWith()));
    await run();
    expect(done).toEqual(['upload rooms', 'update rooms', 'upload rooms,sessions, watched']);
    expect(summarize(provider.compiledCloudFormationTemplate).indexes).toEqual([
      ...['rooms', 'sessions'],
    ]);
    expect(provider.rollbackConfiguration).toBe(triggers);
  });

  it('waits until the index is built', async () => {
    const { run, aws } = await deploy(runningStack(stackWith()), ['CREATING', 'ACTIVE']);
    await run();
    expect(aws.calls().filter((call) => call === 'DescribeTable')).toHaveLength(2);
  });

  it('leaves the template of the deployment in the bucket if the update fails', async () => {
    const { run, done, fail } = await deploy(runningStack(stackWith()));
    fail(new Error('UPDATE_ROLLBACK_COMPLETE'));
    await expect(run()).rejects.toThrow('UPDATE_ROLLBACK_COMPLETE');
    expect(done.at(-1)).toBe('upload rooms,sessions, watched');
  });

  it.each([
    ['if one index is new', runningStack(stackWith('rooms'))],
    ['if nothing is new', runningStack(stackWith('rooms', 'sessions'))],
    ['for a stack that does not exist', noStack],
  ])('makes no other update %s', async (_, operations) => {
    const { run, done } = await deploy(operations);
    await run();
    expect(done).toEqual([]);
  });
});
