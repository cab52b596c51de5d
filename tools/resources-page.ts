/**
 * `npm run docs:resources`: writes docs/resources.md, the table of everything that a deployment creates, so
 * that a security review needs no Node. A test fails while the page differs.
 */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { groupParameters } from '../deploy/parameters.js';
import { company, deployments } from './rehearsal/deployments.ts';
import { type ModelResource, modelStack, type Params, type StackModel } from './stack-model.ts';

const introduction = `# Resources

Everything that a deployment creates, by logical id. Made by \`npm run docs:resources\` from serverless.yml and \`deploy/\`.

[docs/parameters.md](parameters.md) has what each parameter means. The stack does not create the secret, buses, topics,
KMS keys, certificates, hosted zones or a VPC: parameters name those that exist.
`;

const samples: Params = {
  ...deployments['jwt, everything on'],
  ...company,
  roomsTableName: deployments['iam, rooms in a table of another stack'].roomsTableName,
  roleClaim: 'role',
  // The opposite of the default.
  dashboard: 'false',
};

/** @throws Error if a new parameter has no sample yet */
function pick(...names: string[]): Params {
  return Object.fromEntries(
    names.map((name) => {
      const value = samples[name];
      if (value === undefined) {
        throw new Error(`Add a value of ${name} to tools/rehearsal/deployments.ts`);
      }
      return [name, value];
    }),
  );
}

const jwt = pick('auth', 'issuer', 'audience');
const domain = pick('domainName', 'certificateArn');
const zone = { ...domain, ...pick('hostedZoneId') };
const vpc = pick('vpcSubnetIds', 'vpcSecurityGroupIds');
const alarms = pick('alarmTopicArn');
const sessionQueue = pick('queueTrigger');
const events = pick('eventTrigger');

/** What else a parameter needs: present before (\`base\`), or given together with it (\`together\`). */
const companions: Readonly<Record<string, { base?: Params; together?: Params }>> = {
  auth: { together: jwt },
  issuer: { base: { ...jwt, issuer: 'https://other.example.com/' } },
  audience: { base: { ...jwt, audience: 'other' } },
  corsOrigins: { base: jwt },
  certificateArn: {
    base: { ...domain, certificateArn: `${samples['certificateArn']?.slice(0, -1)}0` },
  },
  domainName: { together: domain },
  hostedZoneId: { base: domain },
  dnsFailover: { base: zone, together: pick('healthCheckId') },
  healthCheckId: {
    base: { ...zone, dnsFailover: 'secondary' },
    together: { dnsFailover: 'secondary' },
  },
  vpcSubnetIds: { together: vpc },
  vpcSecurityGroupIds: { base: { ...vpc, vpcSecurityGroupIds: 'sg-99999999' } },
  openRooms: { together: pick('roomTtlDays') },
  guestRequestsPerMinute: { base: pick('guests') },
  guestThrottleRate: { base: pick('guests') },
  guestThrottleBurst: { base: pick('guests') },
  ...Object.fromEntries(
    ['ticketTopicArn', 'runbookUrl', 'alarmQueueAgeSeconds'].map((name) => [
      name,
      { base: { ...alarms, ...sessionQueue } },
    ]),
  ),
  ...Object.fromEntries(
    ['Auth', 'Crash', 'Fault', 'Throttle'].flatMap((kind) =>
      ['Percent', 'Count'].map((unit) => [`alarm${kind}${unit}`, { base: alarms }]),
    ),
  ),
  eventBus: { base: events },
  eventSource: { base: events },
  eventDetailType: { base: events },
  roomEventDetailType: { base: pick('roomEventTrigger') },
  queueConcurrency: { base: sessionQueue },
  resultBus: { base: sessionQueue },
};

/** Parameters that add more when they are given together. */
const combinations: readonly (readonly string[])[] = [
  ['alarmTopicArn', 'queueTrigger'],
  ['alarmTopicArn', 'roomQueueTrigger'],
  ['alarmTopicArn', 'eventTrigger'],
  ['alarmTopicArn', 'roomEventTrigger'],
  ['alarmTopicArn', 'describe'],
];

export async function describeResources(): Promise<string> {
  const standard = await findModel({});
  return [
    introduction,
    '## The default stack\n',
    describeAll(standard),
    '\n## What each role may do\n',
    describeRoles(standard),
    '\n## What each parameter adds\n',
    'Parameters that are not listed change no resource. CloudFormation also adds the tags of `tags` to everything in the\nstack that has tags.\n',
    await describeParameters(),
    '\n## What two parameters add together\n',
    await describeCombinations(),
    '',
  ].join('\n');
}

function describeAll({ resources }: StackModel): string {
  const ids = Object.keys(resources).toSorted(
    (a, b) => compare(resources[a]?.Type, resources[b]?.Type) || compare(a, b),
  );
  const rows = ids.map((id) => {
    const resource = resources[id] as ModelResource;
    return [code(id), resource.Type.replace('AWS::', ''), describe(resource)];
  });
  return table(['logical id', 'type (AWS::…)', 'what it is'], rows);
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Says what a resource is for, from its properties. */
function describe({ Type, Properties }: ModelResource): string {
  const { Description, RouteKey, Authorizer, MetricTransformations, Name } = Properties;
  if (Type === 'AWS::ApiGatewayV2::Route') {
    const authorizer = Authorizer === undefined ? 'none' : (Authorizer.type ?? Authorizer.name);
    return `${code(RouteKey)}, authorizer ${code(authorizer)}`;
  }
  if (Type === 'AWS::Logs::MetricFilter') {
    return `metric ${code(MetricTransformations[0].MetricName)} of ${code(refOf(Properties['LogGroupName']))}`;
  }
  if (typeof Name === 'string') return Name;
  return Description ?? purposes[Type] ?? '';
}

const purposes: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Api': 'the HTTP API',
  'AWS::ApiGatewayV2::Integration': 'calls the function for its routes',
  'AWS::ApiGatewayV2::Stage': 'stage `$default`, with access log and throttles',
  'AWS::CloudWatch::Dashboard': 'dashboard of the stage',
  'AWS::DynamoDB::Table': 'rooms, invites and guests; encrypted, with point-in-time recovery',
  'AWS::Lambda::Function': 'Node.js on arm64',
  'AWS::Lambda::Permission': 'lets this API, and nothing else, invoke the function',
  'AWS::Logs::LogGroup': 'log, kept for `logRetentionDays`',
  'AWS::S3::Bucket': 'deployment artifacts; private',
  'AWS::S3::BucketPolicy': 'denies plain HTTP',
};

function refOf(value: Readonly<Record<string, unknown>>): string {
  const [reference] = Object.values(value);
  return String([reference].flat()[0]);
}

function describeRoles({ resources }: StackModel): string {
  const rows = Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .flatMap(([id, { Properties }]) =>
      Properties['Policies'].flatMap(({ PolicyDocument }: PolicyOfRole) =>
        PolicyDocument.Statement.map(({ Action, Resource }) => [
          code(id),
          [Action].flat().map(code).join(', '),
          code(describeTarget(Resource)),
        ]),
      ),
    );
  return table(['role', 'actions', 'on'], rows);
}

interface PolicyOfRole {
  readonly PolicyDocument: {
    readonly Statement: readonly { Action: string | string[]; Resource: unknown }[];
  };
}

function describeTarget(resource: unknown): string {
  return typeof resource === 'string' ? resource : refOf(resource as Record<string, unknown>);
}

async function describeParameters(): Promise<string> {
  const names = groupParameters('prod')
    .flatMap(({ parameters }) => Object.keys(parameters))
    .filter((name) => name !== 'accept');
  const rows = await Promise.all(
    names.map(async (name) => {
      const { base = {}, together = {} } = companions[name] ?? {};
      const before = await findModel(base);
      const after = await modelStack({ ...base, ...together, ...pick(name), ...together });
      return toRow(nameParameter(name), before, after);
    }),
  );
  const effective = rows.filter(([, ...effects]) => effects.some((effect) => effect !== ''));
  return table(['parameter', 'adds', 'removes', 'changes'], effective);
}

const models = new Map<string, Promise<StackModel>>();

/** Computes a model once, although most parameters are compared with the default stack. */
function findModel(params: Params): Promise<StackModel> {
  const key = JSON.stringify(params);
  const model = models.get(key) ?? modelStack(params);
  models.set(key, model);
  return model;
}

/** A switch is named with the value that has the effect. */
function nameParameter(name: string): string {
  const { [name]: value = '' } = pick(name);
  return code(/^(true|false|jwt)$/.test(value) ? `${name}=${value}` : name);
}

async function describeCombinations(): Promise<string> {
  const rows = await Promise.all(
    combinations.map(async (names) => {
      const alone = await Promise.all(names.map((name) => findModel(pick(name))));
      const resources = Object.assign({}, ...alone.map((model) => model.resources));
      const outputs = alone.flatMap((model) => model.outputs);
      const both = await modelStack(pick(...names));
      const [, adds = ''] = toRow('', { resources, outputs }, both);
      return [names.map(nameParameter).join(' and '), adds];
    }),
  );
  return table(['parameters', 'add'], rows);
}

function toRow(name: string, before: StackModel, after: StackModel): string[] {
  const without = (from: StackModel, other: StackModel) => [
    ...listByType(from, (id) => !Object.hasOwn(other.resources, id), nameAll),
    ...from.outputs.filter((id) => !other.outputs.includes(id)).map((id) => `output ${code(id)}`),
  ];
  const changed = listByType(
    after,
    (id) =>
      Object.hasOwn(before.resources, id) &&
      JSON.stringify(before.resources[id]) !== JSON.stringify(after.resources[id]),
    countMany,
  );
  return [name, without(after, before), without(before, after), changed].map((cell) =>
    [cell].flat().join('; '),
  );
}

type Listing = (type: string, ids: readonly string[], total: number) => string;

const nameAll: Listing = (type, ids) => `${type} ${ids.map(code).join(', ')}`;
/** Counts resources that are all of their type, if they are more than four. */
const countMany: Listing = (type, ids, total) =>
  ids.length === total && total > 4 ? `all ${total} of ${type}` : nameAll(type, ids, total);

function listByType(
  { resources }: StackModel,
  isMeant: (id: string) => boolean,
  list: Listing,
): string[] {
  const byType = Map.groupBy(
    Object.keys(resources).filter(isMeant),
    (id) => resources[id]?.Type ?? '',
  );
  return [...byType].map(([type, ids]) => {
    const total = Object.values(resources).filter(({ Type }) => Type === type).length;
    return list(type.replace('AWS::', ''), ids, total);
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
  return lines.join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const page = new URL('../docs/resources.md', import.meta.url);
  writeFileSync(page, await describeResources());
}
