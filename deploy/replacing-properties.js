/**
 * Properties that CloudFormation can change only by replacing the resource, for every type of the stack. A
 * test compares them with CloudFormation's schemas. Pure.
 */
import { isDeepStrictEqual as isDeepEqual } from 'node:util';

/**
 * `always` replace the resource, `perhaps` replace it in some cases (`createOnlyProperties` and
 * `conditionalCreateOnlyProperties` of the schemas).
 *
 * @type {Record<string, { always?: string[], perhaps?: string[] }>}
 */
export const replacingProperties = {
  'AWS::ApiGatewayV2::Api': { always: ['ProtocolType'] },
  'AWS::ApiGatewayV2::ApiMapping': { always: ['DomainName'] },
  'AWS::ApiGatewayV2::Authorizer': { always: ['ApiId'] },
  'AWS::ApiGatewayV2::DomainName': { always: ['DomainName'] },
  'AWS::ApiGatewayV2::Integration': { always: ['ApiId'] },
  'AWS::ApiGatewayV2::Route': { always: ['ApiId'] },
  'AWS::ApiGatewayV2::Stage': { always: ['ApiId', 'StageName'] },
  'AWS::CloudWatch::Alarm': { always: ['AlarmName'] },
  'AWS::CloudWatch::CompositeAlarm': { always: ['AlarmName'] },
  'AWS::CloudWatch::Dashboard': { always: ['DashboardName'] },
  'AWS::DynamoDB::Table': {
    always: ['TableName', 'ImportSourceSpecification'],
    perhaps: ['KeySchema'],
  },
  'AWS::Events::Rule': { always: ['Name'], perhaps: ['EventBusName'] },
  'AWS::IAM::Policy': {},
  'AWS::IAM::Role': { always: ['Path', 'RoleName'] },
  'AWS::Lambda::EventSourceMapping': {
    always: [
      ...['EventSourceArn', 'SelfManagedEventSource', 'StartingPosition'],
      'StartingPositionTimestamp',
    ],
  },
  'AWS::Lambda::Function': {
    always: ['FunctionName', 'PackageType', 'TenancyConfig'],
    perhaps: ['DurableConfig'],
  },
  'AWS::Lambda::Permission': {
    always: [
      ...['Action', 'EventSourceToken', 'FunctionName', 'FunctionUrlAuthType', 'Principal'],
      ...['InvokedViaFunctionUrl', 'PrincipalOrgID', 'SourceAccount', 'SourceArn'],
    ],
  },
  'AWS::Logs::LogGroup': { always: ['LogGroupName'] },
  'AWS::Logs::MetricFilter': { always: ['FilterName', 'LogGroupName'] },
  'AWS::Logs::QueryDefinition': {},
  'AWS::Route53::RecordSet': { always: ['HostedZoneId', 'HostedZoneName', 'Name'] },
  'AWS::S3::Bucket': { always: ['BucketName', 'BucketNamePrefix', 'BucketNamespace'] },
  'AWS::S3::BucketPolicy': { always: ['Bucket'] },
  'AWS::SNS::Subscription': { always: ['Endpoint', 'Protocol', 'TopicArn'], perhaps: ['Region'] },
  'AWS::SQS::Queue': { always: ['FifoQueue', 'QueueName'] },
  'AWS::SQS::QueuePolicy': {},
};

/**
 * Says how an update changes a resource.
 *
 * @param {import('./destructive-changes.js').Resource} before
 * @param {import('./destructive-changes.js').Resource} after of the same type
 * @returns {'always' | 'perhaps' | 'never'} whether it is replaced
 */
export function findReplacement(before, after) {
  const { always = [], perhaps = [] } = replacingProperties[before.Type] ?? {};
  const isChanged = (name) => !isDeepEqual(before.Properties?.[name], after.Properties?.[name]);
  if (always.some(isChanged)) return 'always';
  return perhaps.some(isChanged) ? 'perhaps' : 'never';
}
