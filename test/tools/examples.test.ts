import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTemplate } from '../../tools/examples/facts.ts';
import { parseTemplate } from '../../tools/examples/parse-template.ts';

const sam = readFileSync(new URL('../../examples/sam/template.yml', import.meta.url), 'utf8');
const handlers = ['handlers/create-session.handler', 'handlers/issue-token.handler'];
const parameters = { SecretArn: 'arn:of:the:secret' };
const read = (text: string, given = {}) =>
  readTemplate(parseTemplate(text), { ...parameters, ...given }, handlers);

describe('readTemplate', () => {
  it('reads the functions, their roles and their routes', () => {
    const { functions, routes } = read(sam);
    expect(functions['handlers/issue-token.handler']).toMatchObject({
      runtime: 'nodejs24.x',
      environment: { AUTH: 'iam', SECRET_ID: 'arn:of:the:secret' },
      assumedBy: [{ Service: 'lambda.amazonaws.com' }],
      statements: [
        {
          effect: 'Allow',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: ['its own log'],
        },
        {
          effect: 'Allow',
          actions: ['secretsmanager:GetSecretValue'],
          resources: ['arn:of:the:secret'],
        },
      ],
      invokedBy: ['apigateway.amazonaws.com for this API'],
    });
    expect(routes).toEqual({
      'POST /sessions': { handler: handlers[0], payload: '2.0', authorization: 'AWS_IAM' },
      'POST /sessions/{sessionId}/tokens': {
        ...{ handler: handlers[1], payload: '2.0', authorization: 'AWS_IAM' },
      },
    });
  });

  it('follows conditions', () => {
    const given = { Issuer: 'https://issuer', Audience: ['app'], CorsOrigins: ['https://app'] };
    const { routes, cors, functions } = read(sam, given);
    expect(routes['POST /sessions']?.authorization).toEqual({
      identitySource: ['$request.header.Authorization'],
      issuer: 'https://issuer',
      audience: ['app'],
    });
    expect(cors).toMatchObject({ origins: ['https://app'], maxAgeSeconds: 3600 });
    expect(functions[handlers[0] ?? '']?.environment).toMatchObject({ AUTH: 'jwt' });
    expect(read(sam).cors).toBeUndefined();
  });

  it.each([
    ['less memory', 'MemorySize: 512', 'MemorySize: 128'],
    ['another timeout', 'Timeout: 10', 'Timeout: 30'],
    ['another runtime', 'nodejs24.x', 'nodejs22.x'],
    ['another architecture', '[arm64]', '[x86_64]'],
    ['an open route', 'AuthorizationType: !If [EndUsersCall, JWT, AWS_IAM]', 'OperationName: x'],
    ['a mode that does not match the authorizer', '!If [EndUsersCall, jwt, iam]', 'none'],
    ['a missing variable', 'DEFAULT_ROLE: publisher', 'OTHER: publisher'],
    ['another action', 'secretsmanager:GetSecretValue', 'secretsmanager:*'],
    ['another secret', 'Resource: !Ref SecretArn', 'Resource: "*"'],
    ['a log of another function', 'GetAtt IssueTokenLogGroup.Arn', 'GetAtt AccessLog.Arn'],
    ['another retention', 'RetentionInDays: 30', 'RetentionInDays: 1'],
    ['text logs', 'LogFormat: JSON', 'LogFormat: Text'],
    ['another payload', 'PayloadFormatVersion: "2.0"', 'PayloadFormatVersion: "1.0"'],
    ['any caller of the function', '{Api}/*"', '{Other}/*"'],
    ['another throttle', 'ThrottlingBurstLimit: 100', 'ThrottlingBurstLimit: 1000'],
    ['another access log', '$context.identity.userArn', '$context.identity.user'],
    ['another service in the role', 'lambda.amazonaws.com', 'ec2.amazonaws.com'],
    ['a managed policy', 'Policies:\n', 'ManagedPolicyArns: [arn:x]\n      Policies:\n'],
  ])('sees %s', (_, before, after) => {
    expect(sam).toContain(before);
    expect(read(sam.replaceAll(before, after))).not.toEqual(read(sam));
  });
});
