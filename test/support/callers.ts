/**
 * HTTP events by caller, with the authorizer results that AWS documents.
 * Sources: API Gateway developer guide, "Lambda proxy integration" (payload formats 2.0 and 1.0),
 * "JWT authorizers", "Lambda authorizers" of HTTP APIs and of REST APIs, "Cognito user pools";
 * Lambda developer guide, "Control access to Lambda function URLs".
 */
import {
  functionUrlEvent,
  type HttpCall,
  type HttpEvent,
  httpApiEvent,
  IAM_CALLER,
  restApiEvent,
} from './http-events.ts';

const POOL_IDENTITY = 'eu-west-1:a1b2c3d4-5678-90ab-cdef-EXAMPLE22222';
const POOL_ARN =
  'arn:aws:sts::123456789012:assumed-role/Cognito_videoAuth_Role/CognitoIdentityCredentials';
const poolIdentity = {
  cognitoAuthenticationProvider: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE',
  cognitoAuthenticationType: 'authenticated',
  cognitoIdentityId: POOL_IDENTITY,
  cognitoIdentityPoolId: 'eu-west-1:11111111-2222-3333-4444-555555555555',
  userArn: POOL_ARN,
};

export const SUBJECT = 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111';

/** A claim that is `undefined` is omitted from the event. */
export type Claims = Readonly<Record<string, unknown>>;
export type BuildUserEvent = (call: HttpCall, claims?: Claims) => HttpEvent;
export type BuildEvent = (call?: HttpCall) => HttpEvent;

/** API Gateway converts every claim of a JWT to a string. */
const jwtClaims = {
  aud: '2k3example4client5id',
  exp: '1700003600',
  iat: '1700000000',
  iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE',
  sub: SUBJECT,
  token_use: 'id',
};

/** Back ends authorized by IAM. */
export const trustedDoors: [name: string, build: BuildEvent][] = [
  ['HTTP API 2.0, IAM', httpApiEvent],
  ['HTTP API 1.0, IAM', (call) => httpApi1(call, { claims: null, scopes: null })],
  ['REST API, IAM', restApiEvent],
  ['function URL, IAM', functionUrlEvent],
];

/** End users with IAM credentials of a Cognito identity pool. */
export const poolDoors: [name: string, build: BuildEvent][] = [
  [
    'HTTP API 2.0',
    (call) =>
      withContext(httpApiEvent(call), {
        authorizer: {
          iam: {
            ...IAM_CALLER,
            cognitoIdentity: {
              amr: ['unauthenticated'],
              identityId: POOL_IDENTITY,
              identityPoolId: 'eu-west-1:11111111-2222-3333-4444-555555555555',
            },
            userArn: POOL_ARN,
          },
        },
      }),
  ],
  [
    'HTTP API 2.0, a session of another name',
    (call) =>
      withContext(httpApiEvent(call), {
        authorizer: { iam: { ...IAM_CALLER, cognitoIdentity: { identityId: POOL_IDENTITY } } },
      }),
  ],
  ['REST API', (call) => withIdentity(restApiEvent(call), poolIdentity)],
  [
    'REST API, a session of another name',
    (call) => withIdentity(restApiEvent(call), { cognitoIdentityId: POOL_IDENTITY }),
  ],
  [
    'function URL, which has no field for it',
    (call) =>
      withContext(functionUrlEvent(call), {
        authorizer: { iam: { ...IAM_CALLER, cognitoIdentity: null, userArn: POOL_ARN } },
      }),
  ],
];

/** End users, by authorizer. */
export const userDoors: [name: string, build: BuildUserEvent][] = [
  [
    'HTTP API 2.0, JWT',
    (call, claims) =>
      withContext(httpApiEvent(call), {
        authorizer: { jwt: { claims: { ...jwtClaims, ...claims }, scopes: null } },
      }),
  ],
  [
    'HTTP API 2.0, Lambda',
    (call, claims) =>
      withContext(httpApiEvent(call), { authorizer: { lambda: { sub: SUBJECT, ...claims } } }),
  ],
  [
    'HTTP API 1.0, JWT',
    (call, claims) =>
      withoutIdentity(httpApi1(call, { claims: { ...jwtClaims, ...claims }, scopes: null })),
  ],
  [
    'REST API, Cognito',
    (call, claims) =>
      withContext(withoutIdentity(restApiEvent(call)), {
        authorizer: {
          claims: {
            ...jwtClaims,
            exp: 'Tue Nov 14 23:13:20 UTC 2023',
            'cognito:username': SUBJECT,
            ...claims,
          },
        },
      }),
  ],
  [
    'REST API, Lambda',
    (call, { sub: principalId = SUBJECT, ...context } = {}) =>
      withContext(withoutIdentity(restApiEvent(call)), {
        authorizer: { principalId, integrationLatency: 12, ...context },
      }),
  ],
];

/** Events without authentication: routes without an authorizer, and damaged authorizer results. */
export const strangerDoors: [name: string, build: BuildEvent][] = [
  ['HTTP API 2.0, no authorizer', (call) => withContext(httpApiEvent(call), {})],
  ['function URL, no authorizer', (call) => withContext(functionUrlEvent(call), {})],
  ['REST API, no authorizer', (call) => withoutIdentity(restApiEvent(call))],
  [
    'HTTP API 1.0, no authorizer',
    (call) => withoutIdentity(httpApi1(call, { claims: null, scopes: null })),
  ],
  ['no request context', (call) => ({ ...httpApiEvent(call), requestContext: null })],
  ...[
    null,
    'iam',
    true,
    [],
    {},
    { iam: null },
    { iam: {} },
    { iam: { userArn: null } },
    { iam: { userArn: '' } },
    { iam: { userArn: {} } },
    { iam: { accountId: '123456789012' } },
    { jwt: null },
    { jwt: {} },
    { jwt: { claims: null } },
    { jwt: { claims: {} } },
    { jwt: { claims: [] } },
    { jwt: { claims: { opentok_role: 'moderator' } } },
    { jwt: { claims: { sub: '' } } },
    { jwt: { claims: { sub: null } } },
    { jwt: { claims: { sub: 7 } } },
    { lambda: null },
    { lambda: {} },
    { lambda: { opentok_role: 'moderator' } },
    { claims: null, scopes: null },
    { claims: {} },
    { principalId: '' },
    { principalId: null },
    { integrationLatency: 12 },
  ].map((authorizer): [string, BuildEvent] => [
    `authorizer ${JSON.stringify(authorizer)}`,
    (call) => withContext(httpApiEvent(call), { authorizer }),
  ]),
];

/** Builds payload 1.0 of an HTTP API: it has a version, and an authorizer on every route. */
function httpApi1(call: HttpCall | undefined, authorizer: object): HttpEvent {
  const event = restApiEvent(call);
  return { version: '1.0', ...event, requestContext: { ...contextOf(event), authorizer } };
}

/** Replaces the authorizer result. */
function withContext(event: HttpEvent, written: object): HttpEvent {
  const { authorizer: _, ...rest } = contextOf(event);
  return { ...event, requestContext: { ...rest, ...written } };
}

/** Replaces fields of a REST API's identity. */
function withIdentity(event: HttpEvent, changed: object): HttpEvent {
  const context = contextOf(event);
  const identity = { ...Object(context['identity']), ...changed };
  return { ...event, requestContext: { ...context, identity } };
}

/** Sets the identity of a REST API without IAM: every field is null. */
function withoutIdentity(event: HttpEvent): HttpEvent {
  const context = contextOf(event);
  const identity = Object.keys(Object(context['identity'])).map((name) => [name, null]);
  const caller = { sourceIp: '203.0.113.7', userAgent: 'curl/8.9.1' };
  return {
    ...event,
    requestContext: { ...context, identity: { ...Object.fromEntries(identity), ...caller } },
  };
}

function contextOf(event: HttpEvent): Record<string, unknown> {
  return Object(event['requestContext']);
}
