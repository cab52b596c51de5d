/**
 * Builders of HTTP events as AWS documents them. Callers are authorized by IAM, as in the default
 * deployment.
 * Sources: API Gateway developer guide, "Lambda proxy integration" (payload formats 2.0 and 1.0);
 * Lambda developer guide, "Invoking Lambda function URLs".
 */
import type {
  APIGatewayEventRequestContext,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2WithIAMAuthorizer,
} from 'aws-lambda';

export interface HttpCall {
  /** Selects `POST /sessions/{sessionId}/tokens`; default `POST /sessions`. */
  readonly sessionId?: string;
  /** Selects `POST /rooms/{name}/tokens`, with `GET` the sample route `GET /room/{name}`. */
  readonly room?: string;
  /** Any other path that equals its route. */
  readonly path?: string;
  /** An object is sent as JSON, a string unchanged, bytes in base64. */
  readonly body?: object | string | Uint8Array;
  /** Whether a text body is sent in base64. */
  readonly base64?: boolean;
  /** Default `application/json`; `undefined` omits the header. */
  readonly contentType?: string | undefined;
  readonly method?: string;
}

export type HttpEvent = Record<string, unknown>;
export type BuildHttpEvent = (call?: HttpCall) => HttpEvent;

const ACCOUNT = '123456789012';
const CALLER_ARN = `arn:aws:iam::${ACCOUNT}:user/booking-service`;

/** The caller's identity by IAM authorization in payload 2.0. */
export const IAM_CALLER = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  accountId: ACCOUNT,
  callerId: 'AIDACKCEVSQ6C2EXAMPLE',
  cognitoIdentity: null,
  principalOrgId: 'o-a1b2c3d4e5',
  userArn: CALLER_ARN,
  userId: 'AIDACKCEVSQ6C2EXAMPLE',
};

/** HTTP API, payload 2.0: header names in lower case. */
export function httpApiEvent(call: HttpCall = {}): HttpEvent {
  const { route, path, method, pathParameters } = describe(call);
  return {
    version: '2.0',
    routeKey: `${method} ${route}`,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      ...contentTypeHeader(call, 'content-type'),
      host: 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'a1b2c3d4e5',
      authorizer: { iam: IAM_CALLER },
      domainName: 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'curl/8.9.1',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${route}`,
      stage: '$default',
      time: '14/Nov/2023:22:13:20 +0000',
      timeEpoch: 1_700_000_000_999,
    },
    ...(pathParameters && { pathParameters }),
    // Omitted if there are none.
    ...encodeBody(call),
  } satisfies APIGatewayProxyEventV2WithIAMAuthorizer;
}

/** Function URL: payload 2.0 without route and path parameters. */
export function functionUrlEvent(call: HttpCall = {}): HttpEvent {
  const { pathParameters: _, ...event } = httpApiEvent(call);
  const requestContext = event['requestContext'] as object;
  return {
    ...event,
    routeKey: '$default',
    requestContext: { ...requestContext, routeKey: '$default' },
  };
}

/** REST API, payload 1.0: header names in the caller's spelling, headers in two fields, `null` for none. */
export function restApiEvent(call: HttpCall = {}): HttpEvent {
  const { route, path, method, pathParameters } = describe(call);
  const headers: Record<string, string> = {
    Accept: '*/*',
    ...contentTypeHeader(call, 'Content-Type'),
    Host: 'f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com',
    'X-Forwarded-For': '203.0.113.7',
  };
  return {
    resource: route,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: pathParameters ?? null,
    stageVariables: null,
    requestContext: {
      resourceId: '123456',
      resourcePath: route,
      httpMethod: method,
      extendedRequestId: 'c6af9ac6EXAMPLE=',
      requestTime: '14/Nov/2023:22:13:20 +0000',
      path: `/prod${path}`,
      accountId: ACCOUNT,
      protocol: 'HTTP/1.1',
      stage: 'prod',
      domainPrefix: 'f6g7h8i9j0',
      requestTimeEpoch: 1_700_000_000_999,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      identity: {
        apiKey: null,
        apiKeyId: null,
        clientCert: null,
        cognitoIdentityPoolId: null,
        accountId: ACCOUNT,
        cognitoIdentityId: null,
        caller: 'AIDACKCEVSQ6C2EXAMPLE',
        sourceIp: '203.0.113.7',
        principalOrgId: 'o-a1b2c3d4e5',
        accessKey: 'AKIAIOSFODNN7EXAMPLE',
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: CALLER_ARN,
        userAgent: 'curl/8.9.1',
        user: 'AIDACKCEVSQ6C2EXAMPLE',
      },
      domainName: 'f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com',
      apiId: 'f6g7h8i9j0',
    },
    body: null,
    ...encodeBody(call),
  } satisfies Omit<APIGatewayProxyEvent, 'requestContext'> & {
    requestContext: Omit<APIGatewayEventRequestContext, 'authorizer'>;
  };
}

/** The three kinds of HTTP event, for tables of tests. */
export const httpDoors: [name: string, build: BuildHttpEvent][] = [
  ['HTTP API (payload 2.0)', httpApiEvent],
  ['REST API (payload 1.0)', restApiEvent],
  ['function URL', functionUrlEvent],
];

function describe({ sessionId, room, path, method = 'POST' }: HttpCall): {
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
} {
  if (room !== undefined) {
    const pathParameters = { name: room };
    return method === 'GET'
      ? { method, route: '/room/{name}', path: `/room/${room}`, pathParameters }
      : { method, route: '/rooms/{name}/tokens', path: `/rooms/${room}/tokens`, pathParameters };
  }
  if (path !== undefined) return { method, route: path, path };
  return sessionId === undefined
    ? { method, route: '/sessions', path: '/sessions' }
    : {
        method,
        route: '/sessions/{sessionId}/tokens',
        path: `/sessions/${sessionId}/tokens`,
        pathParameters: { sessionId },
      };
}

function contentTypeHeader(call: HttpCall, name: string): Record<string, string> {
  const { contentType } = { contentType: 'application/json', ...call };
  return call.body === undefined || contentType === undefined ? {} : { [name]: contentType };
}

function encodeBody({ body, base64 = false }: HttpCall): {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
} {
  if (body === undefined) return { isBase64Encoded: false };
  if (body instanceof Uint8Array || base64) {
    const bytes = body instanceof Uint8Array ? body : toText(body);
    return { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true };
  }
  return { body: toText(body), isBase64Encoded: false };
}

function toText(body: object | string): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
