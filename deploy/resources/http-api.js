/**
 * The HTTP API: who may call its routes, which browsers, how often, and what is written down of it.
 */
import { readValues } from './functions.js';

/**
 * Access log line. The Authorization header is in none of these fields, and must not get in. A field
 * without a value is `-`, and every value is text. `functionRequestId` is the id in the function's own
 * lines and in its problem documents (API Gateway developer guide, "Customize HTTP API access logs").
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

/** The authorizer of every route: IAM signatures, or the tokens of an OpenID Connect provider. */
export async function authorizer(context) {
  const { auth } = await readValues(context);
  return auth === 'jwt' ? { name: 'endUsers' } : { type: 'aws_iam' };
}

/** `provider.httpApi`. */
export async function httpApi(context) {
  const { auth, issuer, audience, corsOrigins, domainName } = await readValues(context);
  return {
    ...(domainName && { disableDefaultEndpoint: true }),
    ...(auth === 'jwt' && {
      authorizers: {
        endUsers: {
          type: 'jwt',
          identitySource: '$request.header.Authorization',
          // Nobody's tokens, should the check that stops a deployment without an issuer ever fail.
          issuerUrl: issuer ?? 'https://issuer.invalid',
          audience,
        },
      },
    }),
    // Without credentials: a caller's token travels in the Authorization header, never in a cookie.
    ...(corsOrigins.length > 0 && {
      cors: {
        allowedOrigins: corsOrigins,
        allowedHeaders: ['authorization', 'content-type', 'if-match'],
        exposedResponseHeaders: ['date', 'etag', 'retry-after'],
        maxAge: 3600,
      },
    }),
  };
}

/** `provider.logs.httpApi`. */
export const accessLog = { format: JSON.stringify(accessLogFormat) };

/** What osls has no words for, on the resources that it makes. */
export async function stack(context) {
  const { throttleRate, throttleBurst } = await readValues(context);
  const service = await context.resolveConfigurationProperty(['service']);
  const stage = await context.resolveVariable("opt:stage, 'dev'");
  return {
    extensions: {
      HttpApiLogGroup: {
        Properties: {
          // API Gateway names each other group in the one resource policy that lets it write, which
          // is full at 5,120 characters; for these there is one entry. Source: CloudWatch Logs User
          // Guide, "Log group resource policy size limit considerations".
          LogGroupName: `/aws/vendedlogs/http-api/${service}-${stage}`,
        },
      },
      HttpApiStage: {
        Properties: {
          DefaultRouteSettings: {
            DetailedMetricsEnabled: false,
            ThrottlingRateLimit: throttleRate,
            ThrottlingBurstLimit: throttleBurst,
          },
        },
      },
    },
  };
}
