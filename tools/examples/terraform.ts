/** Reads examples/terraform into the form of facts.ts, from its HCL as JSON. */
import { deepStrictEqual } from 'node:assert';
import type { Facts, Json, Statement } from './facts.ts';

/** Attributes with values that AWS makes. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'data.aws_region.current.region': 'us-east-1',
  'data.aws_partition.current.dns_suffix': 'amazonaws.com',
};

/** Everything that the example creates. An addition needs a fact, or a reason why it changes none. */
const RESOURCES = [
  'aws_apigatewayv2_api.api',
  'aws_apigatewayv2_authorizer.end_users',
  'aws_apigatewayv2_integration.function',
  'aws_apigatewayv2_route.function',
  'aws_apigatewayv2_stage.default',
  'aws_cloudwatch_log_group.access',
  'aws_cloudwatch_log_group.function',
  'aws_iam_role.function',
  'aws_iam_role_policy.function',
  'aws_lambda_function.function',
  'aws_lambda_permission.api',
];

/**
 * Returns the facts of examples/terraform.
 *
 * @param hcl as `python-hcl2` writes it, which makes a list of every value of a block
 * @param variables values of the input variables
 * @throws Error for an expression or a resource that this reader does not know
 */
export function readTerraform(hcl: Json, variables: Readonly<Record<string, unknown>>): Facts {
  const resources = hcl.resource.flatMap((entry: Json) =>
    Object.entries<Json>(entry).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    ),
  );
  deepStrictEqual(resources.sort(), RESOURCES);
  const locals = Object.assign({}, ...hcl.locals);
  const block = (kind: 'resource' | 'data', type: string, name: string): Json => {
    const found = hcl[kind].find((entry: Json) => entry[type]?.[name]);
    if (!found) throw new Error(`examples/terraform has no ${kind} ${type}.${name}.`);
    return found[type][name];
  };
  const evaluate = (node: Json, each: Json = {}): Json => {
    const of = (inner: Json): Json => evaluate(inner, each);
    if (Array.isArray(node)) return node.map(of);
    if (typeof node === 'object' && node !== null)
      return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, of(value)]));
    const whole = /^\$\{([^{}]*)\}$/.exec(String(node));
    if (whole) return evaluateExpression(whole[1] ?? '', each);
    return typeof node === 'string'
      ? node.replaceAll(/\$\{([^{}]*)\}/g, (_, text) => String(evaluateExpression(text, each)))
      : node;
  };
  const evaluateExpression = (text: string, each: Json): Json => {
    const [, condition, yes, no] = /^(.+?) \? (.+) : (.+)$/.exec(text) ?? [];
    if (condition) return evaluateExpression(condition, each) ? unquote(yes) : unquote(no);
    const [, variable] = /^var\.(\w+)$/.exec(text) ?? [];
    if (variable) return variables[variable];
    const [, local] = /^local\.(\w+)$/.exec(text) ?? [];
    if (local) return evaluate(locals[local][0], each);
    const [, encoded] = /^jsonencode\((.+)\)$/.exec(text) ?? [];
    if (encoded) return JSON.stringify(evaluateExpression(encoded, each));
    if (text === 'var.issuer != ""') return variables['issuer'] !== '';
    if (text === 'each.key') return each.key;
    const [, property] = /^each\.value\.(\w+)$/.exec(text) ?? [];
    if (property) return each.value[property];
    if (/^(?:aws_|data\.aws_iam_|one\(aws_)/.test(text)) return `<${text}>`;
    const attribute = ATTRIBUTES[text];
    if (attribute === undefined) throw new Error(`examples/terraform: cannot evaluate ${text}`);
    return attribute;
  };
  const functions = Object.entries(evaluate(locals.functions[0])).map(([key, value]) => ({
    ...{ key, value: value as Json },
  }));
  const ofEach = (type: string, each: Json): Json =>
    evaluate(unwrap(block('resource', type, 'function')), each);

  const authorizer = evaluate(
    unwrap(block('resource', 'aws_apigatewayv2_authorizer', 'end_users')),
  );
  const api = unwrap(block('resource', 'aws_apigatewayv2_api', 'api'));
  const stage = evaluate(unwrap(block('resource', 'aws_apigatewayv2_stage', 'default')));
  const accessLog = unwrap(block('resource', 'aws_cloudwatch_log_group', 'access'));
  const cors = unwrap(api.dynamic.cors_configuration);
  const corsCondition = 'local.end_users_call && length(var.cors_origins) > 0';
  expectReference(String(cors.for_each).slice(2, 2 + corsCondition.length), corsCondition);
  const isCorsOn =
    evaluateExpression('local.end_users_call', {}) && (variables['cors_origins'] as []).length > 0;
  return {
    functions: Object.fromEntries(
      functions.map((each) => {
        const own = ofEach('aws_lambda_function', each);
        const permission = evaluate(
          unwrap(block('resource', 'aws_lambda_permission', 'api')),
          each,
        );
        expectReference(
          permission.function_name,
          '<aws_lambda_function.function[each.key].function_name>',
        );
        const trust = evaluate(unwrap(block('data', 'aws_iam_policy_document', 'lambda')));
        const logGroup = '<aws_cloudwatch_log_group.function[each.key].arn>:*';
        expectReference(own.role, '<aws_iam_role.function[each.key].arn>');
        expectReference(own.logging_config.log_group, logGroup.replace('.arn>:*', '.name>'));
        const policy = ofEach('aws_iam_role_policy', each);
        expectReference(policy.role, '<aws_iam_role.function[each.key].id>');
        expectReference(policy.policy, '<data.aws_iam_policy_document.own_work[each.key].json>');
        return [
          own.handler,
          {
            runtime: own.runtime,
            architectures: own.architectures,
            memoryMegabytes: own.memory_size,
            timeoutSeconds: own.timeout,
            environment: own.environment.variables,
            logFormat: own.logging_config.log_format,
            logDays: ofEach('aws_cloudwatch_log_group', each).retention_in_days,
            assumedBy: [
              { [trust.statement.principals.type]: trust.statement.principals.identifiers[0] },
            ],
            statements: readStatements(
              evaluate(block('data', 'aws_iam_policy_document', 'own_work').statement, each),
              logGroup,
            ),
            invokedBy: [
              `${permission.principal} for ${permission.source_arn === '<aws_apigatewayv2_api.api.execution_arn>/*' ? 'this API' : permission.source_arn}`,
            ],
          },
        ];
      }),
    ),
    routes: Object.fromEntries(
      functions.map((each) => {
        const route = ofEach('aws_apigatewayv2_route', each);
        const integration = ofEach('aws_apigatewayv2_integration', each);
        expectReference(
          route.target,
          'integrations/<aws_apigatewayv2_integration.function[each.key].id>',
        );
        expectReference(route.authorizer_id, '<one(aws_apigatewayv2_authorizer.end_users[*].id)>');
        expectReference(
          integration.integration_uri,
          '<aws_lambda_function.function[each.key].invoke_arn>',
        );
        return [
          route.route_key,
          {
            handler: each.value.handler,
            payload: integration.payload_format_version,
            authorization:
              route.authorization_type === 'JWT'
                ? {
                    identitySource: authorizer.identity_sources,
                    issuer: authorizer.jwt_configuration.issuer,
                    audience: authorizer.jwt_configuration.audience,
                  }
                : route.authorization_type,
          },
        ];
      }),
    ),
    ipAddressType: api.ip_address_type,
    cors: isCorsOn
      ? {
          origins: variables['cors_origins'],
          methods: cors.content.allow_methods.sort(),
          requestHeaders: cors.content.allow_headers.sort(),
          responseHeaders: cors.content.expose_headers.sort(),
          maxAgeSeconds: cors.content.max_age,
        }
      : undefined,
    throttle: {
      rate: stage.default_route_settings.throttling_rate_limit,
      burst: stage.default_route_settings.throttling_burst_limit,
    },
    accessLogFormat: JSON.parse(stage.access_log_settings.format),
    accessLogDays: accessLog.retention_in_days,
  };
}

function readStatements(blocks: Json, logGroup: string): Statement[] {
  return blocks.map(unwrap).map(({ effect = 'Allow', actions, resources, ...rest }: Json) => ({
    effect,
    actions: actions.sort(),
    resources: resources.map((name: string) => (name === logGroup ? 'its own log' : name)).sort(),
    ...(rest.condition && { condition: rest.condition }),
  }));
}

/** Takes every value of a block, and of the blocks in it, out of its list. */
function unwrap(block: Json): Json {
  const entries = Object.entries<Json>(block).map(([name, value]) => {
    const first = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return [
      name,
      typeof first === 'object' && first !== null && !Array.isArray(first) ? unwrap(first) : first,
    ];
  });
  return Object.fromEntries(entries);
}

function unquote(text = ''): string {
  return text.replace(/^"(.*)"$/, '$1');
}

function expectReference(actual: unknown, expected: string): void {
  if (actual !== expected)
    throw new Error(`examples/terraform: expected ${expected}, found ${actual}`);
}
