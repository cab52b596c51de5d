/**
 * `serverless repair`: shows drift and what a drift-aware change set would do, and changes nothing before
 * that change set is named.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeChanges } from '../../deploy/drift.js';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack, stackName } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
afterEach(() => vi.restoreAllMocks());

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    DeletionProtectionEnabled: true,
  },
};
const running = runningStack({ Resources: { RoomsTable: table } }, { RoomsTableName: 'rooms-1' });
const drift = {
  LogicalResourceId: 'JoinRoomLambdaFunction',
  ResourceType: 'AWS::Lambda::Function',
  StackResourceDriftStatus: 'MODIFIED',
  PropertyDifferences: [
    {
      PropertyPath: '/Timeout',
      ExpectedValue: '10',
      ActualValue: '3',
      DifferenceType: 'NOT_EQUAL',
    },
  ],
};
const change = {
  Type: 'Resource',
  ResourceChange: {
    Action: 'Modify',
    LogicalResourceId: 'JoinRoomLambdaFunction',
    ResourceType: 'AWS::Lambda::Function',
    Replacement: 'False',
    ResourceDriftStatus: 'MODIFIED',
    Details: [{ Target: { Path: '/Properties/Timeout', BeforeValue: '3', AfterValue: '10' } }],
  },
};
const changeSet = (fields: object = {}) => ({
  DescribeChangeSet: () => ({
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    Changes: [change],
    ...fields,
  }),
});

const well: Operations = {
  ...running,
  DescribeTable: () => ({ Table: { TableStatus: 'ACTIVE' } }),
  DetectStackDrift: () => ({ StackDriftDetectionId: 'detection-1' }),
  DescribeStackDriftDetectionStatus: () => ({ DetectionStatus: 'DETECTION_COMPLETE' }),
  DescribeStackResourceDrifts: () => ({ StackResourceDrifts: [drift] }),
  CreateChangeSet: () => ({ Id: 'arn:change-set' }),
  ...changeSet(),
  DeleteChangeSet: () => ({}),
  ExecuteChangeSet: () => ({}),
};

async function repair(operations: Operations = {}, options: object = {}) {
  const aws = await startAws({ ...well, ...operations });
  const plugin = await drivePlugin('repair', { aws, options });
  const error = await plugin.run('repair:repair').then(
    () => '',
    (cause: Error) => cause.message,
  );
  return { error, output: plugin.logged.join('\n'), calls: aws.calls(), requests: aws.requests };
}

const changing = [
  ...['ExecuteChangeSet', 'RestoreTableFromBackup', 'UpdateTimeToLive'],
  ...['UpdateContinuousBackups', 'UpdateTable'],
];

describe('serverless repair', () => {
  it('shows drift and the repair, and changes nothing', async () => {
    const { error, output, calls, requests } = await repair();
    expect(error).toBe('');
    expect(output).toContain('- JoinRoomLambdaFunction (AWS::Lambda::Function): changed');
    expect(output).toContain('/Timeout: 3 instead of 10');
    expect(output).toContain('- changes JoinRoomLambdaFunction (AWS::Lambda::Function)');
    expect(output).toContain('/Properties/Timeout: 3 becomes 10');
    const [, name] =
      /npx serverless repair --stage prod --region eu-west-1 --execute (repair-\d+)/.exec(output) ??
      expect.fail(output);
    expect(calls.filter((call) => changing.includes(call))).toEqual([]);
    const created = requests.find(({ operation }) => operation === 'CreateChangeSet');
    const fields = Object.fromEntries(new URLSearchParams(created?.body));
    expect(fields).toMatchObject({
      StackName: stackName,
      ChangeSetName: name,
      UsePreviousTemplate: 'true',
      DeploymentMode: 'REVERT_DRIFT',
    });
  });

  it('executes the change set that was shown', async () => {
    const { error, output, calls } = await repair({}, { execute: 'repair-1' });
    expect(error).toBe('');
    expect(output).toContain('/Properties/Timeout: 3 becomes 10');
    expect(output).toContain(`Repaired ${stackName}.`);
    expect(calls.filter((call) => changing.includes(call))).toEqual(['ExecuteChangeSet']);
    expect(calls).not.toContain('CreateChangeSet');
  });

  it.each([
    ['is outdated', { ExecutionStatus: 'OBSOLETE' }],
    ['was executed', { ExecutionStatus: 'EXECUTE_COMPLETE' }],
    ['failed', { Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE' }],
  ])('executes no change set that %s', async (_, fields) => {
    const { error, calls } = await repair(changeSet(fields), { execute: 'repair-1' });
    expect(error).toContain('The change set repair-1 cannot be executed');
    expect(calls).not.toContain('ExecuteChangeSet');
  });

  it.each([
    ['no changes', { Changes: [] }],
    [
      'a failed change set without changes',
      { Status: 'FAILED', StatusReason: "The submitted information didn't contain changes." },
    ],
  ])('says that there is nothing to repair, with %s', async (_, fields) => {
    const { error, output, calls } = await repair({
      ...changeSet(fields),
      DescribeStackResourceDrifts: () => ({ StackResourceDrifts: [] }),
    });
    expect(error).toBe('');
    expect(output).toContain('There is nothing to repair.');
    expect(calls).toContain('DeleteChangeSet');
  });

  it('says why CloudFormation prepared no change set', async () => {
    const { error } = await repair(changeSet({ Status: 'FAILED', StatusReason: 'no right' }));
    expect(error).toBe('CloudFormation prepared no repair: no right');
  });

  it('points to the events if the repair fails', async () => {
    const operations = { ...runningStack({}, {}, 'UPDATE_ROLLBACK_COMPLETE'), ...changeSet() };
    const { error } = await repair(operations, { execute: 'repair-1' });
    expect(error).toContain('describe-stack-events --region eu-west-1');
  });

  it.each([
    ['does not exist', noStack, 'does not exist in eu-west-1'],
    ['is being updated', runningStack({}, {}, 'UPDATE_IN_PROGRESS'), 'Wait until it has finished'],
  ])('stops if the stack %s', async (_, operations, message) => {
    const { error, calls } = await repair(operations);
    expect(error).toContain(message);
    expect(calls).not.toContain('CreateChangeSet');
  });
});

describe('a deleted table', () => {
  const backup = (name: string, time: number) => ({
    TableName: 'rooms-1',
    BackupArn: `arn:aws:dynamodb:eu-west-1:123456789012:table/rooms-1/backup/${name}`,
    BackupStatus: 'AVAILABLE',
    BackupCreationDateTime: time,
  });
  const deleted: Operations = {
    DescribeTable: () => {
      throw new AwsError('ResourceNotFoundException', 'no such table');
    },
    ListBackups: () => ({
      BackupSummaries: [backup('old', 1_700_000_000), backup('new', 1_700_000_600)],
    }),
  };
  const newest = backup('new', 0).BackupArn;

  it('is not restored before its backup is named', async () => {
    const { error, calls } = await repair(deleted);
    expect(error).toContain(
      'The table rooms-1 was deleted. Its backup of 2023-11-14T22:23:20.000Z',
    );
    expect(error).toContain(`--restore "${newest}"`);
    expect(calls.filter((call) => changing.includes(call))).toEqual([]);
  });

  it('is left alone if it does not belong to the stack', async () => {
    const withoutTable = runningStack({ Resources: {} }, { RoomsTableName: 'rooms-1' });
    const { error, calls } = await repair({ ...deleted, ...withoutTable });
    expect(error).toBe('');
    expect(calls).not.toContain('ListBackups');
  });

  it('is not restored from another backup than the newest', async () => {
    const { error } = await repair(deleted, { restore: backup('old', 0).BackupArn });
    expect(error).toContain(`--restore "${newest}"`);
  });

  it('is restored under its old name, with expiry, recovery and protection', async () => {
    let isRestored = false;
    const inputs: [string, object][] = [];
    const record = (name: string) => (input: object) => {
      inputs.push([name, input]);
      return {};
    };
    const { error, calls } = await repair(
      {
        ...deleted,
        DescribeTable: (input) =>
          isRestored
            ? { Table: { TableStatus: 'ACTIVE' } }
            : (deleted['DescribeTable']?.(input) ?? {}),
        RestoreTableFromBackup: (input) => {
          isRestored = true;
          return record('RestoreTableFromBackup')(input);
        },
        UpdateTimeToLive: record('UpdateTimeToLive'),
        UpdateContinuousBackups: record('UpdateContinuousBackups'),
        UpdateTable: record('UpdateTable'),
      },
      { restore: newest },
    );
    expect(error).toBe('');
    expect(inputs).toEqual([
      ['RestoreTableFromBackup', { TargetTableName: 'rooms-1', BackupArn: newest }],
      [
        'UpdateTimeToLive',
        {
          TableName: 'rooms-1',
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        },
      ],
      [
        'UpdateContinuousBackups',
        {
          TableName: 'rooms-1',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
      ['UpdateTable', { TableName: 'rooms-1', DeletionProtectionEnabled: true }],
    ]);
    expect(calls.indexOf('DetectStackDrift')).toBeGreaterThan(calls.indexOf('UpdateTable'));
  });

  it('without a backup is announced as empty', async () => {
    const { output } = await repair({ ...deleted, ListBackups: () => ({ BackupSummaries: [] }) });
    expect(output).toContain('creates an empty one');
  });
});

describe('the description of a change', () => {
  it.each([
    [{ Action: 'Add', ResourceDriftStatus: 'DELETED' }, 'creates again Queue (AWS::SQS::Queue)'],
    [{ Action: 'Modify', Replacement: 'True' }, 'changes Queue (AWS::SQS::Queue), by replacing it'],
    [
      { Action: 'Modify', Replacement: 'Conditional' },
      'changes Queue (AWS::SQS::Queue), perhaps by replacing it',
    ],
    [{ Action: 'Remove' }, 'deletes Queue (AWS::SQS::Queue)'],
    [{ Action: 'SyncWithActual' }, 'records, without a change, Queue (AWS::SQS::Queue)'],
  ] as const)('of %j is: %s', (fields, line) => {
    const resource = { LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue' };
    expect(describeChanges([{ ...resource, ...fields }])).toEqual([`  - ${line}`]);
  });

  it('cuts long values and control characters', () => {
    const Target = { Path: '/Policy', BeforeValue: '\u001b[2J', AfterValue: 'x'.repeat(300) };
    const [, line = ''] = describeChanges([{ Action: 'Modify', Details: [{ Target }] }]);
    expect(line).not.toContain('\u001b');
    expect(line.length).toBeLessThan(300);
  });
});
