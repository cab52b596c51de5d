/**
 * What an update of the stack may do: the stack policy, the resources that `accept` frees, and the alarm that
 * rolls it back.
 */
import { describe, expect, it } from 'vitest';
import { policyForUpdate, stackPolicy } from '../../deploy/stack-policy.js';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);

const template = {
  Resources: {
    RoomsTable: { Type: 'AWS::DynamoDB::Table', Properties: {} },
    SessionRequests: { Type: 'AWS::SQS::Queue', Properties: {} },
    SessionRequestsFailed: { Type: 'AWS::SQS::Queue', Properties: {} },
    HttpApiDomain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: {} },
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
  },
};

/** Whether a policy allows an action: as in IAM, a matching Deny wins. */
function allows(policy: typeof stackPolicy, action: string, id: string): boolean {
  const { Type } = template.Resources[id as keyof typeof template.Resources];
  const effects = policy
    .filter(({ Action, Resource, Condition }) => {
      const types = (Condition as { StringEquals?: { ResourceType: string[] } } | undefined)
        ?.StringEquals?.ResourceType;
      return (
        [Action].flat().some((each) => each === 'Update:*' || each === action) &&
        [Resource].flat().some((each) => each === '*' || each === `LogicalResourceId/${id}`) &&
        (!types || types.includes(Type))
      );
    })
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

const losses = ['Update:Replace', 'Update:Delete'];
const holdingData = ['RoomsTable', 'SessionRequests', 'SessionRequestsFailed', 'HttpApiDomain'];

describe('the stack policy', () => {
  it.each(holdingData)('lets updates change %s, and neither replace nor delete it', (id) => {
    expect(allows(stackPolicy, 'Update:Modify', id)).toBe(true);
    for (const loss of losses) expect(allows(stackPolicy, loss, id), loss).toBe(false);
  });

  it('lets updates replace and delete everything else', () => {
    for (const loss of losses) expect(allows(stackPolicy, loss, 'HttpApi')).toBe(true);
  });

  it.each([
    [['RoomsTable'], ['RoomsTable']],
    [['domainName'], ['HttpApiDomain']],
    [['SessionRequests', 'auth'], ['SessionRequests']],
    [
      ['SessionRequests', 'SessionRequestsFailed'],
      ['SessionRequests', 'SessionRequestsFailed'],
    ],
    [['RoomsTable', 'SessionRequests', 'SessionRequestsFailed', 'domainName'], holdingData],
  ])('with accept=%j frees %j and nothing else for one update', (accepted, freed) => {
    const policy = policyForUpdate(template, accepted) ?? expect.fail('no policy');
    for (const id of holdingData) {
      expect(allows(policy, 'Update:Delete', id), id).toBe(freed.includes(id));
      expect(allows(policy, 'Update:Replace', id), id).toBe(freed.includes(id));
    }
    expect(allows(policy, 'Update:Modify', 'RoomsTable')).toBe(true);
  });

  it.each([[[]], [['auth', 'guests', 'protectRooms', 'hostedZoneId']]])(
    'stays as it is with accept=%j',
    (accepted) => {
      expect(policyForUpdate(template, accepted)).toBeUndefined();
    },
  );
});

class AwsDeploy {
  getUpdateStackParams(options: object) {
    return { ...options, StackName: 'opentok-sessions-prod' };
  }
}
class AwsRollback extends AwsDeploy {}

const alarm = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:opentok-sessions-prod-deployment';
const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const deploying = 'before:aws:deploy:deploy:updateStack';

async function update({
  operations = runningStack(template, { RollbackAlarmArn: alarm }),
  values = {},
  hook = deploying,
  plugins = [new AwsDeploy(), new AwsRollback()],
}: {
  operations?: Operations;
  values?: object;
  hook?: string;
  plugins?: object[];
}) {
  const plugin = await drivePlugin('stack-update', {
    aws: await startAws(operations),
    parameters: { values: { accept: [], rollbackMinutes: 5, alarmTopicArn: topic, ...values } },
    plugins,
  });
  await plugin.run(hook);
  const [deploy, rollback] = plugins as AwsDeploy[];
  return { ...plugin.service.provider, deploy, rollback };
}

describe('an update of the stack', () => {
  it.each([deploying, 'before:rollback:rollback'])('sets the stack policy: %s', async (hook) => {
    expect((await update({ hook })).stackPolicy).toEqual(stackPolicy);
  });

  it('sends the temporary policy of accept with the update, and only then', async () => {
    const { deploy } = await update({ values: { accept: ['RoomsTable'] } });
    expect(deploy?.getUpdateStackParams({ TemplateURL: 'https://bucket/template' })).toEqual({
      StackName: 'opentok-sessions-prod',
      TemplateURL: 'https://bucket/template',
      StackPolicyDuringUpdateBody: JSON.stringify({
        Statement: policyForUpdate(template, ['RoomsTable']),
      }),
    });
    const { deploy: unasked } = await update({});
    expect(unasked?.getUpdateStackParams({})).not.toHaveProperty('StackPolicyDuringUpdateBody');
  });

  it('frees resources for a rollback too', async () => {
    const { rollback } = await update({
      values: { accept: ['SessionRequests'] },
      hook: 'before:rollback:rollback',
    });
    expect(rollback?.getUpdateStackParams({})).toHaveProperty('StackPolicyDuringUpdateBody');
  });

  it('stops if osls updates the stack in another way', async () => {
    await expect(update({ values: { accept: ['RoomsTable'] }, plugins: [] })).rejects.toThrow(
      'accept cannot free resources',
    );
  });
});

describe('rollback triggers', () => {
  const none = { RollbackTriggers: [], MonitoringTimeInMinutes: 0 };

  it('are the one composite alarm, watched for rollbackMinutes', async () => {
    expect((await update({ values: { rollbackMinutes: 7 } })).rollbackConfiguration).toEqual({
      RollbackTriggers: [{ Arn: alarm, Type: 'AWS::CloudWatch::CompositeAlarm' }],
      MonitoringTimeInMinutes: 7,
    });
  });

  it.each<[string, Parameters<typeof update>[0]]>([
    ['on the first deployment', { operations: noStack }],
    ['on the first deployment with alarms', { operations: runningStack(template) }],
    ['with rollbackMinutes=0', { values: { rollbackMinutes: 0 } }],
    ['when the alarms are removed', { values: { alarmTopicArn: undefined } }],
    ['in a rollback by hand', { hook: 'before:rollback:rollback' }],
  ])('are none %s', async (_, options) => {
    expect((await update(options)).rollbackConfiguration).toEqual(none);
  });
});
