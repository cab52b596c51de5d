/**
 * What a deployment of the two core functions is made of, read from templates and from Terraform into one form, so that
 * the examples can be compared with the service's own template. References between resources are resolved: a fact says
 * "its own log", whatever the log group is called.
 */

export interface Facts {
  /** By handler, such as `handlers/create-session.handler`. */
  readonly functions: Readonly<Record<string, FunctionFacts>>;
  /** By route key, such as `POST /sessions`. */
  readonly routes: Readonly<Record<string, RouteFacts>>;
  readonly ipAddressType: unknown;
  readonly cors: Readonly<Record<string, unknown>> | undefined;
  readonly throttle: unknown;
  /** Parsed from JSON. */
  readonly accessLogFormat: unknown;
  readonly accessLogDays: unknown;
}

export interface FunctionFacts {
  readonly runtime: unknown;
  readonly architectures: unknown;
  readonly memoryMegabytes: unknown;
  readonly timeoutSeconds: unknown;
  readonly environment: unknown;
  readonly logFormat: unknown;
  readonly logDays: unknown;
  /** Services that may assume the role. */
  readonly assumedBy: unknown;
  readonly statements: readonly Statement[];
  /** Services that may invoke the function, and for what. */
  readonly invokedBy: readonly string[];
}

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export interface RouteFacts {
  readonly handler: unknown;
  readonly payload: unknown;
  /** `AWS_IAM`, `NONE`, or the settings of the JWT authorizer. */
  readonly authorization: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: templates have CloudFormation's and Terraform's shapes, not ours
export type Json = any;

/** The account and region of all examples. */
const PSEUDO_PARAMETERS: Readonly<Record<string, string | undefined>> = {
  'AWS::AccountId': '123456789012',
  'AWS::NoValue': undefined,
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::StackName': 'example',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * Reads a template of CloudFormation or SAM.
 *
 * @param parameters values that replace the template's defaults
 * @param handlers of the functions to read; others, and their routes, are ignored
 */
export function readTemplate(
  template: Json,
  parameters: Readonly<Record<string, unknown>>,
  handlers: readonly string[],
): Facts {
  const resources = resolveResources(template, parameters);
  const ofType = (...types: string[]): [string, Json][] =>
    Object.entries<Json>(resources).filter(([, { Type }]) => types.includes(Type));
  const functions = ofType('AWS::Lambda::Function', 'AWS::Serverless::Function').filter(
    ([, { Properties }]) => handlers.includes(Properties.Handler),
  );
  const handlerOf = (reference: string): string | undefined =>
    functions.find(([id]) => reference === `<${id}.Arn>` || reference === `<${id}>`)?.[1].Properties
      .Handler;
  const [[apiId = '', api] = []] = ofType('AWS::ApiGatewayV2::Api');
  const [[, stage] = []] = ofType('AWS::ApiGatewayV2::Stage');
  const { Properties: settings } = stage;
  return {
    functions: Object.fromEntries(
      functions.map(([id, { Properties }]) => [
        Properties.Handler,
        readFunction(id, Properties, resources, apiId),
      ]),
    ),
    routes: Object.fromEntries(
      ofType('AWS::ApiGatewayV2::Route')
        .map(([, { Properties }]) => readRoute(Properties, resources, handlerOf))
        .filter(([, { handler }]) => handler !== undefined),
    ),
    ipAddressType: api.Properties.IpAddressType,
    cors: readCors(api.Properties.CorsConfiguration),
    throttle: {
      rate: settings.DefaultRouteSettings.ThrottlingRateLimit,
      burst: settings.DefaultRouteSettings.ThrottlingBurstLimit,
    },
    accessLogFormat: parseJson(settings.AccessLogSettings.Format),
    accessLogDays: find(resources, settings.AccessLogSettings.DestinationArn)?.RetentionInDays,
  };
}

function readFunction(id: string, own: Json, resources: Json, apiId: string): FunctionFacts {
  const group = own.LoggingConfig?.LogGroup
    ? find(resources, own.LoggingConfig.LogGroup)
    : Object.values<Json>(resources).find(
        ({ Properties }) => Properties?.LogGroupName === `/aws/lambda/${own.FunctionName}`,
      )?.Properties;
  const groupId = Object.keys(resources).find((id) => resources[id].Properties === group);
  const roleId = idOf(own.Role);
  const role = find(resources, own.Role);
  const documents = [
    ...(role?.Policies ?? []).map((policy: Json) => policy.PolicyDocument),
    ...Object.values<Json>(resources)
      .filter(
        ({ Type, Properties }) =>
          Type === 'AWS::IAM::Policy' && Properties.Roles?.includes(`<${roleId}>`),
      )
      .map(({ Properties }) => Properties.PolicyDocument),
    // Not allowed at all: what AWS manages changes without a deployment.
    ...(role?.ManagedPolicyArns ?? []).map((arn: string) => ({
      Statement: [{ Effect: 'Allow', Action: 'managed policy', Resource: arn }],
    })),
  ];
  const nameOf = (resource: string): string =>
    resource === `<${groupId}.Arn>` ? 'its own log' : resource;
  return {
    runtime: own.Runtime,
    architectures: own.Architectures,
    memoryMegabytes: own.MemorySize,
    timeoutSeconds: own.Timeout,
    environment: own.Environment?.Variables,
    logFormat: own.LoggingConfig?.LogFormat,
    logDays: group?.RetentionInDays,
    assumedBy: role?.AssumeRolePolicyDocument.Statement.map(({ Principal }: Json) => Principal),
    statements: documents
      .flatMap(({ Statement }) => asList(Statement))
      .map(({ Effect, Action, Resource, ...rest }) => ({
        effect: Effect,
        actions: asList(Action).sort(),
        resources: asList(Resource).map(nameOf).sort(),
        ...(rest.Condition && { condition: rest.Condition }),
      })),
    invokedBy: Object.values<Json>(resources)
      .filter(
        ({ Type, Properties }) =>
          Type === 'AWS::Lambda::Permission' && idOf(Properties.FunctionName) === id,
      )
      .map(({ Properties: { Principal, SourceArn = 'anything' } }) => {
        const ofApi = `arn:aws:execute-api:us-east-1:123456789012:<${apiId}>/`;
        return `${Principal} for ${SourceArn.startsWith(ofApi) ? 'this API' : SourceArn}`;
      }),
  };
}

function readRoute(
  route: Json,
  resources: Json,
  handlerOf: (reference: string) => string | undefined,
): [string, RouteFacts] {
  const integration = find(resources, String(route.Target).replace('integrations/', ''));
  const authorizer = route.AuthorizerId && find(resources, route.AuthorizerId);
  return [
    route.RouteKey,
    {
      handler: handlerOf(integration?.IntegrationUri),
      payload: integration?.PayloadFormatVersion,
      authorization:
        route.AuthorizationType === 'JWT'
          ? {
              identitySource: authorizer?.IdentitySource,
              issuer: authorizer?.JwtConfiguration.Issuer,
              audience: authorizer?.JwtConfiguration.Audience,
            }
          : (route.AuthorizationType ?? 'NONE'),
    },
  ];
}

function readCors(cors: Json): Facts['cors'] {
  return (
    cors && {
      origins: cors.AllowOrigins,
      methods: [...cors.AllowMethods].sort(),
      requestHeaders: [...cors.AllowHeaders].sort(),
      responseHeaders: [...cors.ExposeHeaders].sort(),
      maxAgeSeconds: cors.MaxAge,
    }
  );
}

/** Replaces parameters, conditions and intrinsic functions. `<id>` and `<id.Arn>` remain of references to resources. */
function resolveResources(template: Json, given: Readonly<Record<string, unknown>>): Json {
  const defaults = Object.entries<Json>(template.Parameters ?? {}).map(
    ([name, { Type, Default }]) => [
      name,
      Type === 'CommaDelimitedList' ? String(Default ?? '').split(',') : Default,
    ],
  );
  const names: Readonly<Record<string, unknown>> = {
    ...PSEUDO_PARAMETERS,
    ...Object.fromEntries(defaults),
    ...given,
  };
  const lookUp = (name: string): unknown => (name in names ? names[name] : `<${name}>`);
  const INTRINSICS: Readonly<Record<string, (argument: Json) => unknown>> = {
    Ref: lookUp,
    Condition: (name) => resolve(template.Conditions[name]),
    'Fn::GetAtt': (path) => `<${asList(path).join('.')}>`,
    'Fn::Sub': (text) =>
      text.replaceAll(/\$\{([\w:.]+)\}/g, (_: string, name: string) => String(lookUp(name))),
    'Fn::Join': ([separator, parts]) => asList(resolve(parts)).join(separator),
    'Fn::If': ([name, yes, no]) => resolve(resolve(template.Conditions[name]) ? yes : no),
    'Fn::Equals': ([one, other]) => resolve(one) === resolve(other),
    'Fn::Not': ([condition]) => !resolve(condition),
    'Fn::And': (conditions) => conditions.every(resolve),
  };
  function resolve(node: Json): Json {
    if (Array.isArray(node)) return node.map(resolve);
    if (typeof node !== 'object' || node === null) return node;
    const [[name = '', argument] = [], ...others] = Object.entries(node);
    const intrinsic = others.length === 0 ? INTRINSICS[name] : undefined;
    if (intrinsic) return intrinsic(argument);
    const entries = Object.entries(node).map(([key, value]) => [key, resolve(value)]);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  const { Environment, ...globals } = template.Globals?.Function ?? {};
  const withGlobals = Object.entries<Json>(template.Resources).map(([id, resource]) => [
    id,
    resource.Type === 'AWS::Serverless::Function'
      ? { ...resource, Properties: { ...globals, Environment, ...resource.Properties } }
      : resource,
  ]);
  return resolve(Object.fromEntries(withGlobals));
}

function idOf(reference: unknown): string {
  return String(reference).replace(/^<([^.>]+).*$/, '$1');
}

function find(resources: Json, reference: unknown): Json {
  return resources[idOf(reference)]?.Properties;
}

function asList(value: Json): Json[] {
  return Array.isArray(value) ? [...value] : [value];
}

/** A text that is not JSON is a fact as well. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
