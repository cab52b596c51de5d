/**
 * The HTTP API: authorizer, CORS, throttling and access log.
 */
import { publicRoutesOf } from '../optional-routes.js';
import { readValues } from './functions.js';

/**
 * Format of the access log. No field may contain the Authorization header. A field without a value is `-`,
 * and every value is text. `functionRequestId` is the id in the function's own log and problem documents (API Gateway developer guide, "Customize HTTP API access logs").
 */
const accessLogFormat = {
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

/** The authorizer of every route except those of guests and callbacks: IAM signatures, or tokens of an OpenID Connect provider. */
export async function authorizer(context) {
  const { auth } = await readValues(context);
  return auth === 'jwt' ? { name: 'endUsers' } : { type: 'aws_iam' };
}

/** `provider.httpApi`. */
export async function httpApi(context) {
  const { auth, issuer, audience, corsOrigins, domainName } = await readValues(context);
  return {
    // Always stated: CloudFormation leaves in API Gateway what a template no longer has.
    disableDefaultEndpoint: domainName !== undefined,
    ...(auth === 'jwt' && {
      authorizers: {
        endUsers: {
          type: 'jwt',
          identitySource: '$request.header.Authorization',
          // Rejects all tokens, should the check that stops a deployment without an issuer ever fail.
          issuerUrl: issuer ?? 'https://issuer.invalid',
          audience,
        },
      },
    }),
    // Without `allowCredentials`: a caller's token is in the Authorization header, never in a cookie.
    ...(corsOrigins.length > 0 && {
      cors: {
        allowedOrigins: corsOrigins,
        ...(auth === 'iam' ? corsOfGuests : corsOfUsers),
        maxAge: 3600,
      },
    }),
  };
}

/**
 * Headers that tracing libraries of a page add to its requests: W3C Trace Context and Baggage
 * (OpenTelemetry), AWS X-Ray and CloudWatch RUM, Sentry. A browser sends no request with a header that is
 * not allowed.
 */
const tracingHeaders = ['baggage', 'sentry-trace', 'traceparent', 'tracestate', 'x-amzn-trace-id'];

/** For all routes; osls fills in their methods. */
const corsOfUsers = {
  allowedHeaders: ['authorization', 'content-type', 'if-match', ...tracingHeaders],
  exposedResponseHeaders: ['date', 'etag', 'retry-after'],
};

/** CORS applies to an API as a whole, but no page can call the routes that require signatures. */
const corsOfGuests = {
  allowedMethods: ['POST'],
  allowedHeaders: ['content-type', ...tracingHeaders],
  exposedResponseHeaders: ['date', 'retry-after'],
};

/** `provider.logs.httpApi`. */
export const accessLog = { format: JSON.stringify(accessLogFormat) };

/** Properties that osls has no option for. */
export async function stack(context) {
  const values = await readValues(context);
  const publicRoutes = publicRoutesOf(values);
  const service = await context.resolveConfigurationProperty(['service']);
  const stage = await context.resolveVariable("opt:stage, 'dev'");
  return {
    extensions: {
      // The default, stated for readers of the template.
      ...Object.fromEntries(
        publicRoutes.map(({ id }) => [id, { Properties: { AuthorizationType: 'NONE' } }]),
      ),
      // Guests' rate limits count IPv6 by network (lib/events).
      HttpApi: { Properties: { IpAddressType: 'dualstack' } },
      HttpApiLogGroup: {
        Properties: {
          // API Gateway adds any other group to a resource policy that holds 5,120 characters in all; one
          // entry there covers all groups of this prefix. Source: CloudWatch Logs User Guide, "Log group
          // resource policy size limit considerations".
          LogGroupName: `/aws/vendedlogs/http-api/${service}-${stage}`,
        },
      },
      HttpApiStage: {
        Properties: {
          DefaultRouteSettings: buildThrottle(values.throttleRate, values.throttleBurst),
          ...(publicRoutes.length > 0 && {
            RouteSettings: Object.fromEntries(
              publicRoutes.map(({ key, rate, burst }) => [key, buildThrottle(rate, burst)]),
            ),
          }),
        },
        // API Gateway rejects settings of a route that does not exist yet.
        ...(publicRoutes.length > 0 && { DependsOn: publicRoutes.map(({ id }) => id) }),
      },
    },
  };
}

/**
 * The stage's default applies to each route separately (API Gateway developer guide, "How throttling limit
 * settings are applied in API Gateway", of REST APIs; "Route-level throttling" of HTTP APIs is shorter).
 * Settings of a route replace all of the default. Only the account's limit is shared by all routes.
 */
function buildThrottle(rate, burst) {
  return {
    DetailedMetricsEnabled: false,
    ThrottlingRateLimit: rate,
    ThrottlingBurstLimit: burst,
  };
}
