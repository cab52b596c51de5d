/** deploy/deployer-policy.json against what is deployed: enough for it, and no more. */
import { describe, expect, inject, it } from 'vitest';
import policy from '../../deploy/deployer-policy.json' with { type: 'json' };

const { template, fullTemplate } = inject('packaged');
const statements = policy.Statement.map((statement) => ({
  ...statement,
  actions: statement.Action,
  resources: [statement.Resource].flat(),
}));
const allowed = statements.flatMap(({ actions }) => actions);

/** What CloudFormation calls for a type when a stack comes and goes (its resource schemas, `handlers`). */
const actionsByType: Record<string, string[]> = {
  'AWS::ApiGatewayV2::Api': ['apigateway:POST', 'apigateway:PATCH', 'apigateway:DELETE'],
  'AWS::CloudWatch::Alarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms'],
  'AWS::CloudWatch::Dashboard': ['cloudwatch:PutDashboard', 'cloudwatch:DeleteDashboards'],
  'AWS::DynamoDB::Table': [
    ...['dynamodb:CreateTable', 'dynamodb:UpdateTable', 'dynamodb:DeleteTable'],
    ...['dynamodb:UpdateTimeToLive', 'dynamodb:UpdateContinuousBackups'],
  ],
  'AWS::Events::Rule': [
    ...['events:PutRule', 'events:PutTargets', 'events:RemoveTargets', 'events:DeleteRule'],
  ],
  'AWS::IAM::Policy': ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
  'AWS::IAM::Role': ['iam:CreateRole', 'iam:PassRole', 'iam:DeleteRole'],
  'AWS::Lambda::EventSourceMapping': [
    ...['lambda:CreateEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
    ...['lambda:DeleteEventSourceMapping', 'lambda:GetEventSourceMapping'],
  ],
  'AWS::Lambda::Function': [
    ...['lambda:CreateFunction', 'lambda:UpdateFunctionCode', 'lambda:DeleteFunction'],
    ...['lambda:UpdateFunctionConfiguration', 'lambda:PutFunctionConcurrency'],
  ],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:RemovePermission'],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup'],
  'AWS::Logs::MetricFilter': ['logs:PutMetricFilter', 'logs:DeleteMetricFilter'],
  'AWS::Logs::QueryDefinition': ['logs:PutQueryDefinition', 'logs:DeleteQueryDefinition'],
  'AWS::Route53::RecordSet': [
    ...['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
    ...['route53:GetHostedZone', 'route53:GetChange'],
  ],
  'AWS::S3::Bucket': [
    ...['s3:CreateBucket', 's3:DeleteBucket', 's3:PutEncryptionConfiguration'],
    's3:PutBucketPublicAccessBlock',
  ],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 's3:DeleteBucketPolicy'],
  'AWS::SNS::Subscription': ['sns:Subscribe', 'sns:Unsubscribe'],
  'AWS::SQS::Queue': ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:DeleteQueue'],
  'AWS::SQS::QueuePolicy': ['sqs:SetQueueAttributes'],
};
for (const part of [
  ...['ApiMapping', 'Authorizer', 'DomainName', 'Integration', 'Route', 'Stage'],
]) {
  actionsByType[`AWS::ApiGatewayV2::${part}`] = ['apigateway:POST', 'apigateway:DELETE'];
}

// The first one of an account makes API Gateway's own role (its developer guide, "Using service-linked
// roles"; amplify-education/serverless-domain-manager#112).
actionsByType['AWS::ApiGatewayV2::DomainName']?.push('iam:CreateServiceLinkedRole');

describe("the deployer's policy", () => {
  const types = Object.values({ ...template.Resources, ...fullTemplate.Resources }).map(
    ({ Type }) => Type,
  );

  it.each([...new Set(types)].sort())('lets %s come and go', (type) => {
    expect(actionsByType, 'say which actions it takes').toHaveProperty([type]);
    expect(allowed).toEqual(expect.arrayContaining([...(actionsByType[type] ?? [])]));
  });

  it('names every action whole', () => {
    for (const action of allowed) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
    expect(new Set(allowed).size).toBe(allowed.length);
  });

  it('reaches what is named like the stack, and all else only where AWS knows no names', () => {
    const everywhere = statements.filter(({ resources }) => resources.includes('*'));
    expect(everywhere.map(({ Sid }) => Sid)).toEqual([
      'Template',
      'Mappings',
      'ReadMappings',
      'AccountLogs',
    ]);
    for (const { Sid, resources } of statements) {
      if (['Api', 'DomainRecord', 'ApiRole', 'Subscription'].includes(Sid)) continue;
      for (const resource of resources)
        expect(resource, Sid).toMatch(/^\*$|opentok-sessions|:event-source-mapping:/);
    }
  });

  it('hands roles to Lambda alone, and reads no secret', () => {
    const pass = policy.Statement.find(({ Action }) => Action.includes('iam:PassRole'));
    expect(pass?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' },
    });
    expect(allowed).not.toContain('secretsmanager:GetSecretValue');
  });

  it('fits into one managed policy', () => {
    // White space does not count (IAM user guide, "IAM and STS quotas").
    expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
  });
});
