/**
 * The resources of a deployment by logical id, computed from serverless.yml and deploy/ in milliseconds,
 * where `serverless package` takes seconds. The tests compare it with packaged templates.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parametersOf } from '../deploy/parameters.js';
import { readParameters } from '../deploy/read-parameters.js';

export type Params = Readonly<Record<string, string>>;

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's and serverless.yml's shapes, not ours
type Json = any;

export interface ModelResource {
  readonly Type: string;
  /** Those that this project or the parameters decide; osls adds more. */
  readonly Properties: Readonly<Record<string, Json>>;
}

export interface StackModel {
  readonly resources: Readonly<Record<string, ModelResource>>;
  readonly outputs: readonly string[];
}

const root = new URL('../', import.meta.url);
const service: Json = parse(readFileSync(new URL('serverless.yml', root), 'utf8'));

/** @throws Error that lists the faults of the parameters */
export async function modelStack(params: Params = {}, stage = 'prod'): Promise<StackModel> {
  const defaults = Object.fromEntries(
    Object.entries(parametersOf(stage)).map(([name, parameter]) => [name, parameter.default]),
  );
  const { values, recorded, faults } = readParameters({ ...defaults, ...params });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const context = {
    resolveVariable: async (variable: string) =>
      variable === 'self:service' ? service.service : stage,
    resolveConfigurationProperty: async (path: string[]) =>
      path.join('.') === 'custom.parameters.values'
        ? values
        : path.join('.') === 'custom.parameters.recorded'
          ? recorded
          : path.reduce<Json>((part, name) => part?.[name], service),
  };
  const { provider, functions, resources } = await resolve(
    {
      provider: { ...service.provider, region: null },
      functions: service.functions,
      resources: service.resources,
    },
    context,
    values,
  );
  const stacks: Json[] = resources;
  const all: Record<string, ModelResource> = {
    ...buildApi(provider),
    ...Object.assign(
      {},
      ...Object.entries<Json>(functions).map(([name, definition]) =>
        definition === null ? {} : buildFunction(name, definition, provider),
      ),
    ),
    ...Object.assign({}, ...stacks.map(({ Resources }) => Resources)),
  };
  for (const { extensions = {} } of stacks) {
    for (const [id, { Properties }] of Object.entries<Json>(extensions)) {
      const { Type, Properties: before } = all[id] ?? { Type: '', Properties: {} };
      all[id] = { Type, Properties: { ...before, ...Properties } };
    }
  }
  const outputs = stacks.flatMap(({ Outputs = {} }) => Object.keys(Outputs));
  return { resources: all, outputs: [...new Set(outputs)].filter((id) => id !== 'Parameters') };
}

/** Resolves the two kinds of variables that serverless.yml uses: exports of files, and parameters. */
async function resolve(node: Json, context: Json, values: Json): Promise<Json> {
  if (Array.isArray(node)) {
    return Promise.all(node.map((item) => resolve(item, context, values)));
  }
  if (typeof node === 'object' && node !== null) {
    const entries = Object.entries(node).map(async ([name, item]) => [
      name,
      await resolve(item, context, values),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }
  const [, file, name] = /^\$\{file\((.+?)\):(\w+)/.exec(String(node)) ?? [];
  if (file && name) {
    const exported = (await import(new URL(file, root).href))[name];
    return typeof exported === 'function' ? exported(context) : exported;
  }
  const [, parameter] = /^\$\{self:custom\.parameters\.values\.(\w+)/.exec(String(node)) ?? [];
  return parameter ? values[parameter] : node;
}

/** What osls creates once per service. */
function buildApi({ httpApi, tags, logs, logRetentionInDays }: Json) {
  const { authorizers = {}, ...api } = httpApi;
  return {
    ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket', Properties: { Tags: tags } },
    ServerlessDeploymentBucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: {} },
    HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ...api, Tags: tags } },
    HttpApiStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { Tags: tags, AccessLogSettings: logs.httpApi },
    },
    HttpApiLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: logRetentionInDays, Tags: tags },
    },
    ...Object.fromEntries(
      Object.entries<Json>(authorizers).map(([name, Properties]) => [
        `HttpApiAuthorizer${capitalize(name)}`,
        { Type: 'AWS::ApiGatewayV2::Authorizer', Properties },
      ]),
    ),
  };
}

/** What osls creates for a function and its routes. */
function buildFunction(name: string, definition: Json, provider: Json) {
  const id = capitalize(name);
  const { events = [], environment, reservedConcurrency, role, timeout } = definition;
  const routes = events.flatMap(({ httpApi }: Json) => (httpApi ? [httpApi] : []));
  const schedules = events.flatMap(({ schedule }: Json) => (schedule ? [schedule] : []));
  const { tags, tracing, logRetentionInDays } = provider;
  const variables = { ...provider.environment, ...environment };
  return {
    [`${id}LogGroup`]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: logRetentionInDays, Tags: tags },
    },
    [`${id}LambdaFunction`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Role: role,
        Environment: variables,
        ReservedConcurrentExecutions: reservedConcurrency,
        ...(timeout !== undefined && { Timeout: timeout }),
        TracingConfig: tracing.lambda,
        Tags: tags,
      },
    },
    ...(routes.length > 0 && {
      [`HttpApiIntegration${id}`]: { Type: 'AWS::ApiGatewayV2::Integration', Properties: {} },
      [`${id}LambdaPermissionHttpApi`]: {
        Type: 'AWS::Lambda::Permission',
        Properties: { Principal: 'apigateway.amazonaws.com' },
      },
    }),
    ...Object.fromEntries(
      routes.map(({ method, path, authorizer }: Json) => [
        nameRoute(method, path),
        {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: { RouteKey: `${method} ${path}`, Authorizer: authorizer },
        },
      ]),
    ),
    ...Object.assign(
      {},
      ...schedules.map((each: Json, index: number) => buildSchedule(id, each, index + 1)),
    ),
  };
}

/** What osls creates for a schedule with one rate. */
function buildSchedule(id: string, { rate, description, input }: Json, number: number) {
  const ruleId = `${id}EventsRuleSchedule${number}`;
  return {
    [ruleId]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: rate[0],
        State: 'ENABLED',
        Description: description,
        Targets: [
          {
            Input: JSON.stringify(input),
            Arn: { 'Fn::GetAtt': [`${id}LambdaFunction`, 'Arn'] },
            Id: `${id[0]?.toLowerCase()}${id.slice(1)}Schedule`,
          },
        ],
      },
    },
    [`${id}LambdaPermissionEventsRuleSchedule${number}`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: { Principal: 'events.amazonaws.com' },
    },
  };
}

/** Names a route as osls does: `HttpApiRoutePostRoomsNameVarTokens`. */
function nameRoute(method: string, path: string): string {
  const parts = [method, ...path.split('/')].map((part) =>
    capitalize(
      part
        .toLowerCase()
        .replace(/\{(.+)\}/, '$1Var')
        .replaceAll(/\W/g, ''),
    ),
  );
  return `HttpApiRoute${parts.join('')}`;
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
