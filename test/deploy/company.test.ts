/**
 * The stack under the rules of a company's account, and beside other stacks in the same account.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parametersOf } from '../../deploy/parameters.js';
import { readParameters } from '../../deploy/read-parameters.js';
import {
  copyService,
  packageService,
  type Resource,
  skipBundling,
  type Template,
} from '../../tools/package-service.ts';
import { readBoundaryActions } from '../../tools/rehearsal/company.ts';
import { company, deployments } from '../../tools/rehearsal/deployments.ts';

const everything = deployments['iam, everything on in a company account'];
const packaging = 240_000;

/** Packages the service under a name, for a region that its ARNs are moved to. */
async function packageAs(name: string, region: string): Promise<Template> {
  const service = await copyService();
  try {
    const file = join(service.folder, 'serverless.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^service: .+$/m, `service: ${name}`));
    await skipBundling(service);
    const params = Object.entries(everything).map(([parameter, value]) => [
      parameter,
      value.replaceAll(':us-east-1:', `:${region}:`),
    ]);
    const { template } = await packageService(service, Object.fromEntries(params), [
      '--region',
      region,
    ]);
    return template;
  } finally {
    await service.remove();
  }
}

let here: Template;
let otherRegion: Template;
let otherService: Template;
beforeAll(async () => {
  [here, otherRegion, otherService] = await Promise.all([
    packageAs('opentok-sessions', 'us-east-1'),
    packageAs('opentok-sessions', 'eu-west-1'),
    packageAs('video-sessions', 'us-east-1'),
  ]);
}, packaging);

function ofType({ Resources }: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

describe('the boundary that docs/deployment.md describes', () => {
  it('allows every action of every role', async () => {
    const policies = [...ofType(here, 'AWS::IAM::Role'), ...ofType(here, 'AWS::IAM::Policy')];
    const used = policies
      .flatMap(([, { Properties }]) => [Properties, ...(Properties['Policies'] ?? [])])
      .flatMap(({ PolicyDocument }): Statement[] => PolicyDocument?.Statement ?? [])
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    expect([...new Set(used)].toSorted()).toEqual((await readBoundaryActions()).toSorted());
  });
});

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function statementsOf(template: Template, roleId: string): Statement[] {
  return template.Resources[roleId]?.Properties['Policies'].flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
      PolicyDocument.Statement,
  );
}

const via = (...services: string[]) => ({
  StringEquals: {
    'kms:ViaService': services.map((service) => ({
      'Fn::Sub': `${service}.\${AWS::Region}.\${AWS::URLSuffix}`,
    })),
  },
});

describe('roles', () => {
  it('all have the permissions boundary and the path', () => {
    const roles = ofType(here, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(8);
    for (const [id, { Properties }] of roles) {
      expect(Properties, id).toMatchObject({
        PermissionsBoundary: company.permissionsBoundaryArn,
        Path: company.rolePath,
      });
      expect(Properties, id).not.toHaveProperty('RoleName');
    }
  });
});

describe('functions in a VPC', () => {
  it('all have the subnets and the security groups', () => {
    const functions = ofType(here, 'AWS::Lambda::Function');
    expect(functions).toHaveLength(10);
    for (const [id, { Properties }] of functions) {
      expect(Properties['VpcConfig'], id).toEqual({
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      });
    }
  });

  it('let Lambda manage network interfaces, and deny that to their own code', () => {
    for (const [id, { Properties }] of ofType(here, 'AWS::Lambda::Function')) {
      const statements = statementsOf(here, Properties['Role']['Fn::GetAtt'][0]);
      const join = statements.find(({ Sid }) => Sid === 'JoinVpc');
      const keep = statements.find(({ Sid }) => Sid === 'KeepCodeFromVpc');
      expect(join, id).toMatchObject({ Effect: 'Allow', Resource: '*' });
      expect(join?.Action, id).toEqual(
        expect.arrayContaining([
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ]),
      );
      expect(keep, id).toEqual({
        Sid: 'KeepCodeFromVpc',
        Effect: 'Deny',
        Action: join?.Action,
        Resource: '*',
        Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      });
    }
  });
});

describe('the customer key', () => {
  it('encrypts the table, the queues, the log groups and the environments', () => {
    for (const [, { Properties }] of ofType(here, 'AWS::DynamoDB::Table')) {
      expect(Properties['SSESpecification']).toEqual({
        SSEEnabled: true,
        SSEType: 'KMS',
        KMSMasterKeyId: company.dataKeyArn,
      });
    }
    const encrypted = [
      ['AWS::SQS::Queue', 'KmsMasterKeyId', 4],
      ['AWS::Logs::LogGroup', 'KmsKeyId', 11],
      ['AWS::Lambda::Function', 'KmsKeyArn', 10],
    ] as const;
    for (const [type, property, count] of encrypted) {
      const found = ofType(here, type);
      expect(found, type).toHaveLength(count);
      for (const [id, { Properties }] of found) {
        expect(Properties[property], id).toBe(company.dataKeyArn);
        expect(Properties, id).not.toHaveProperty('SqsManagedSseEnabled');
      }
    }
  });

  it.each([
    ['IssueToken', ['lambda']],
    ['DescribeApi', ['lambda']],
    ['JoinRoom', ['lambda']],
    ['CreateSession', ['lambda', 'sqs']],
    ['OpenRoom', ['lambda', 'sqs']],
  ])('decrypts for %s through %j only', (name, services) => {
    const decrypt = statementsOf(here, `${name}Role`).find(
      ({ Sid }) => Sid === 'DecryptWithDataKey',
    );
    expect(decrypt).toEqual({
      Sid: 'DecryptWithDataKey',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: company.dataKeyArn,
      Condition: via(...services),
    });
  });

  it.each([
    ['JoinRoom', true],
    ['JoinAsGuest', true],
    ['ManageRoom', true],
    ['OpenRoom', true],
    ['CreateSession', false],
    ['IssueToken', false],
    ['InspectToken', false],
  ])('is usable through DynamoDB by %s: %s', (name, isUsable) => {
    const use = statementsOf(here, `${name}Role`).find(({ Sid }) => Sid === 'UseDataKeyOfRooms');
    expect(use !== undefined).toBe(isUsable);
    if (use)
      expect(use).toMatchObject({ Resource: company.dataKeyArn, Condition: via('dynamodb') });
  });
});

describe('callers from other accounts', () => {
  it('may assume one role, which may call the API and nothing else', () => {
    const { AssumeRolePolicyDocument } = here.Resources['CallerRole']?.Properties ?? {};
    expect(AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: {
          AWS: ['210987654321', '310987654321'].map((account) => ({
            'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:root`,
          })),
        },
        Action: 'sts:AssumeRole',
      },
    ]);
    expect(statementsOf(here, 'CallerRole')).toEqual([
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: {
          'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${HttpApi}/$default/*`,
        },
      },
    ]);
    expect(here.Outputs['CallerRoleArn']).toBeDefined();
  });
});

describe('failover records', () => {
  it.each([
    ['A', 'HttpApiDomainRecord'],
    ['AAAA', 'HttpApiDomainRecordV6'],
  ])('of type %s name the region and the health check', (Type, id) => {
    expect(here.Resources[id]?.Properties).toMatchObject({
      Type,
      Failover: 'PRIMARY',
      SetIdentifier: { 'Fn::Sub': `\${AWS::StackName}.\${AWS::Region}` },
      HealthCheckId: company.healthCheckId,
    });
  });
});

describe('alarms', () => {
  it('that can wait go to the ticket topic, all others page', () => {
    const topics = ofType(here, 'AWS::CloudWatch::Alarm').map(([id, { Properties }]) => {
      const severity = /Severity: (\w+)\./.exec(Properties['AlarmDescription'])?.[1];
      expect(Properties['AlarmActions'], id).toEqual([
        severity === 'ticket' ? company.ticketTopicArn : everything.alarmTopicArn,
      ]);
      expect(Properties['OKActions'], id).toEqual(Properties['AlarmActions']);
      return severity;
    });
    expect(new Set(topics)).toEqual(new Set(['page', 'ticket']));
  });

  it('link to a section that docs/operations.md has', async () => {
    const page = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const fragments = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [id, { Properties }] of ofType(here, 'AWS::CloudWatch::Alarm')) {
      const link = /Runbook: (\S+)#(\S+)$/.exec(Properties['AlarmDescription']);
      expect(link?.[1], id).toBe(company.runbookUrl);
      expect(fragments, id).toContain(link?.[2]);
    }
  });
});

/**
 * Properties by which a resource is known in its whole account, in every region. Other names are unique
 * within a region, or CloudFormation makes them up.
 */
const globalNames: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::S3::Bucket': 'BucketName',
};
/** Properties by which a resource is known within its region. */
const regionalNames: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Rule': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Logs::QueryDefinition': 'Name',
  'AWS::SQS::Queue': 'QueueName',
};

function namesOf(template: Template, byType: Readonly<Record<string, string>>, region: string) {
  return Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    const name = Properties?.[byType[Type] ?? ''];
    if (name === undefined) return [];
    return [`${Type} ${JSON.stringify(name).replaceAll(`\${AWS::Region}`, region)}`];
  });
}

function namespacesOf(template: Template) {
  return ofType(template, 'AWS::Logs::MetricFilter').map(
    ([, { Properties }]) => Properties['MetricTransformations'][0].MetricNamespace,
  );
}

describe('two stacks in one account', () => {
  it('share no name that is global to the account in two regions', () => {
    const names = namesOf(here, globalNames, 'us-east-1');
    expect(names.length).toBeGreaterThan(0);
    const others = new Set(namesOf(otherRegion, globalNames, 'eu-west-1'));
    expect(names.filter((name) => others.has(name))).toEqual([]);
  });

  it('share no name and no metric as two services in one region', () => {
    const all = { ...globalNames, ...regionalNames };
    const names = namesOf(here, all, 'us-east-1');
    expect(names.length).toBeGreaterThan(20);
    const others = new Set(namesOf(otherService, all, 'us-east-1'));
    expect(names.filter((name) => others.has(name))).toEqual([]);
    const namespaces = new Set(namespacesOf(otherService));
    expect(namespacesOf(here).filter((name) => namespaces.has(name))).toEqual([]);
    expect(JSON.stringify(otherService.Resources['Dashboard'])).not.toContain(
      'opentok-sessions/dev',
    );
  });
});

describe('parameters of a company account', () => {
  const defaults = Object.fromEntries(
    Object.entries(parametersOf('dev')).map(([name, parameter]) => [name, parameter.default]),
  );
  const faultsOf = (changed: Record<string, string>) =>
    readParameters({ ...defaults, ...everything, ...changed }, 'us-east-1').faults;

  it('are all accepted together', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it.each([
    ['accountId', '12345678901'],
    ['accountId', '1234567890123'],
    ['deploymentRoleArn', 'arn:aws:iam::123456789012:user/me'],
    ['permissionsBoundaryArn', 'arn:aws:iam::123456789012:role/boundary'],
    ['rolePath', 'teams/video/'],
    ['rolePath', '/teams/video'],
    ['rolePath', '/'],
    ['rolePath', '//'],
    ['vpcSubnetIds', 'subnet-1'],
    ['vpcSubnetIds', Array(17).fill('subnet-01234567').join()],
    ['vpcSecurityGroupIds', 'default'],
    ['vpcSecurityGroupIds', Array(6).fill('sg-01234567').join()],
    ['dataKeyArn', 'arn:aws:kms:us-east-1:123456789012:alias/data'],
    ['dataKeyArn', 'arn:aws:kms:eu-west-1:123456789012:key/1-2'],
    ['callerAccounts', '123'],
    ['callerAccounts', '*'],
    ['dnsFailover', 'PRIMARY'],
    ['healthCheckId', 'a b'],
    ['alarmAuthPercent', '0'],
    ['alarmAuthPercent', '101'],
    ['runbookUrl', 'http://wiki.example.com/'],
    ['runbookUrl', 'https://wiki.example.com/#section'],
    ['ticketTopicArn', 'tickets'],
  ])('reject %s=%s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(`^${name} cannot be`)]);
  });

  it.each([
    ['arn:aws-us-gov:iam::123456789012:policy/team/boundary'],
    ['arn:aws:iam::aws:policy/PowerUserAccess'],
  ])('accept the boundary %s, which names no region', (permissionsBoundaryArn) => {
    expect(faultsOf({ permissionsBoundaryArn })).toEqual([]);
  });

  it.each([
    ['vpcSubnetIds', 'vpcSecurityGroupIds'],
    ['vpcSecurityGroupIds', 'vpcSubnetIds'],
    ['alarmTopicArn', 'ticketTopicArn'],
    ['alarmTopicArn', 'runbookUrl'],
    ['dnsFailover', 'healthCheckId'],
    ['hostedZoneId', 'dnsFailover'],
    ['domainName', 'hostedZoneId'],
    ['domainName', 'certificateArn'],
  ])('report that %s is missing for %s', (missing, name) => {
    expect(faultsOf({ [missing]: '' })).toEqual(
      expect.arrayContaining([expect.stringContaining(`${missing} is missing: ${name} needs`)]),
    );
  });

  it('require a health check for the primary, not for the secondary', () => {
    expect(faultsOf({ healthCheckId: '' })).toEqual([
      expect.stringContaining('healthCheckId is missing: dnsFailover=primary needs'),
    ]);
    expect(faultsOf({ healthCheckId: '', dnsFailover: 'secondary' })).toEqual([]);
  });

  it('reject callerAccounts with auth=jwt', () => {
    const jwt = { auth: 'jwt', issuer: 'https://login.example.com/', audience: 'a' };
    expect(faultsOf(jwt)).toEqual([
      expect.stringContaining('callerAccounts has no effect with auth=jwt'),
    ]);
  });
});
