import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  IpAddressType,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface SessionsProps extends StackProps {
  /** ARN of the secret in Secrets Manager that holds the project's credentials. */
  readonly secretArn: string;
  /** End users who call with tokens of an OpenID Connect provider. Without it, callers sign requests with IAM. */
  readonly endUsers?: {
    readonly issuer: string;
    /** Client ids that tokens may be for. */
    readonly audience: string[];
    /** Origins of the pages that may call, such as `https://app.example.com`. */
    readonly corsOrigins: string[];
  };
}

/** By function: the handler in its zip, and its route. */
const FUNCTIONS = {
  createSession: { handler: 'handlers/create-session.handler', path: '/sessions' },
  issueToken: {
    handler: 'handlers/issue-token.handler',
    path: '/sessions/{sessionId}/tokens',
  },
};

/** The CDK would keep the groups of a deleted stack, and the access log's name would stop the next deployment. */
const LOG_GROUP = {
  retention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.DESTROY,
};

const ACCESS_LOG_FORMAT = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  functionRequestId: '$context.integration.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  responseBytes: '$context.responseLength',
  sourceIp: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
  subject: '$context.authorizer.claims.sub',
  error: '$context.error.message',
  authorizerError: '$context.authorizer.error',
  integrationStatus: '$context.integration.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
};

export class SessionsStack extends Stack {
  constructor(scope: Construct, id: string, { secretArn, endUsers, ...props }: SessionsProps) {
    super(scope, id, props);
    const api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      ipAddressType: IpAddressType.DUAL_STACK,
      defaultAuthorizer: endUsers
        ? new HttpJwtAuthorizer('EndUsers', endUsers.issuer, { jwtAudience: endUsers.audience })
        : new HttpIamAuthorizer(),
      ...(endUsers &&
        endUsers.corsOrigins.length > 0 && {
          corsPreflight: {
            allowOrigins: endUsers.corsOrigins,
            allowMethods: [CorsHttpMethod.OPTIONS, CorsHttpMethod.POST],
            allowHeaders: [
              ...['authorization', 'content-type', 'if-match'],
              ...['baggage', 'sentry-trace', 'traceparent', 'tracestate', 'x-amzn-trace-id'],
            ],
            exposeHeaders: ['date', 'etag', 'retry-after'],
            maxAge: Duration.hours(1),
          },
        }),
    });
    const accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/http-api/${this.stackName}`,
      ...LOG_GROUP,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FORMAT)),
      },
    });
    for (const [name, { handler, path }] of Object.entries(FUNCTIONS)) {
      const logGroup = new LogGroup(this, `${name}Log`, LOG_GROUP);
      const lambda = new LambdaFunction(this, name, {
        code: Code.fromAsset(`${name}.zip`),
        handler,
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        memorySize: 512,
        timeout: Duration.seconds(10),
        environment: {
          AUTH: endUsers ? 'jwt' : 'iam',
          ROLE_CLAIM: 'opentok_role',
          DEFAULT_ROLE: 'publisher',
          SECRET_ID: secretArn,
          AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://secretsmanager.${this.region}.${this.urlSuffix}`,
        },
        logGroup,
        loggingFormat: LoggingFormat.JSON,
        // With a dedicated role, the function does not get AWSLambdaBasicExecutionRole.
        role: new Role(this, `${name}Role`, {
          assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
          inlinePolicies: { 'own-work': allowOwnWork(logGroup, secretArn) },
        }),
      });
      api.addRoutes({
        path,
        methods: [HttpMethod.POST],
        integration: new HttpLambdaIntegration(name, lambda),
      });
    }
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint, description: 'Base URL of the API' });
  }
}

function allowOwnWork(logGroup: LogGroup, secretArn: string): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secretArn],
      }),
    ],
  });
}
