/**
 * Whether a policy of a resource lets an AWS service act.
 */
import { describe, expect, it } from 'vitest';
import { judgeServiceAccess } from '../../deploy/prerequisites/service-access.js';

const account = '123456789012';
const topic = `arn:aws:sns:eu-west-1:${account}:alarms`;
const alarm = `arn:aws:cloudwatch:eu-west-1:${account}:alarm:opentok-sessions-prod-alarm`;
const service = 'cloudwatch.amazonaws.com';

const judge = (...statements: object[]) =>
  judgeServiceAccess(JSON.stringify({ Statement: statements }), {
    service,
    action: 'sns:Publish',
    resource: topic,
    context: {
      'aws:sourcearn': alarm,
      'aws:sourceaccount': account,
      'aws:sourceowner': account,
      'aws:securetransport': 'true',
    },
  });
const allow = {
  Effect: 'Allow',
  Principal: { Service: service },
  Action: 'sns:Publish',
  Resource: topic,
};
const condition = (operator: string, key: string, value: unknown) => ({
  Condition: { [operator]: { [key]: value } },
});

describe('judgeServiceAccess', () => {
  it.each([
    ['the service', {}],
    ['the service in a list', { Principal: { Service: ['events.amazonaws.com', service] } }],
    ['the service by its name in China', { Principal: { Service: `${service}.cn` } }],
    ['everyone', { Principal: '*' }],
    ['all principals', { Principal: { AWS: '*' } }],
    ['every action', { Action: 'SNS:*' }],
    ['the action in another case, in a list', { Action: ['SNS:Subscribe', 'SNS:Publish'] }],
    ['every resource', { Resource: '*' }],
    ['its own account', condition('StringEquals', 'AWS:SourceOwner', account)],
    ['one of several accounts', condition('StringEquals', 'aws:SourceAccount', ['1', account])],
    [
      'alarms of the account',
      condition('ArnLike', 'aws:SourceArn', `arn:aws:cloudwatch:*:${account}:alarm:*`),
    ],
    ['all but another account', condition('StringNotEquals', 'aws:SourceAccount', '1')],
    [
      'IAM principals outside of an organization',
      condition('StringNotEquals', 'aws:PrincipalOrgID', 'o-1'),
    ],
    [
      'an organization, if there is one',
      condition('StringEqualsIfExists', 'aws:PrincipalOrgID', 'o-1'),
    ],
    ['TLS', condition('Bool', 'aws:SecureTransport', 'true')],
  ])('allows a statement for %s', (_, changes) => {
    expect(judge({ ...allow, ...changes })).toBe('allowed');
  });

  it.each([
    ['another service', { Principal: { Service: 'events.amazonaws.com' } }],
    ['the root of the account', { Principal: { AWS: `arn:aws:iam::${account}:root` } }],
    ['another action', { Action: 'sns:Subscribe' }],
    ['another topic', { Resource: `${topic}-2` }],
    ['another account', condition('StringEquals', 'aws:SourceAccount', '1')],
    ['other alarms', condition('ArnLike', 'aws:SourceArn', `${alarm}-2`)],
    ['a pattern that is compared as text', condition('StringEquals', 'aws:SourceArn', 'arn:*')],
    ['an organization', condition('StringEquals', 'aws:PrincipalOrgID', 'o-1')],
    ['plain HTTP', condition('Bool', 'aws:SecureTransport', 'false')],
  ])('does not allow a statement for %s', (_, changes) => {
    expect(judge({ ...allow, ...changes })).toBe('denied');
  });

  it.each([
    ['a condition that the request decides', condition('StringEquals', 'aws:SourceVpc', 'vpc-1')],
    ['an operator for sets', condition('ForAnyValue:StringEquals', 'aws:SourceAccount', account)],
    ['a variable', condition('StringEquals', 'aws:SourceAccount', `$\{aws:PrincipalAccount}`)],
    ['everyone but one', { Principal: undefined, NotPrincipal: { AWS: '1' } }],
    ['all actions but one', { Action: undefined, NotAction: 'sns:Subscribe' }],
  ])('cannot tell with %s', (_, changes) => {
    expect(judge({ ...allow, ...changes })).toBe('unclear');
  });

  it('lets a deny win, and ignores one that does not apply', () => {
    const deny = { ...allow, Effect: 'Deny', Principal: '*' };
    expect(judge(allow, deny)).toBe('denied');
    const insecure = condition('Bool', 'aws:SecureTransport', 'false');
    expect(judge(allow, { ...deny, ...insecure })).toBe('allowed');
  });

  it('takes one statement that is not in a list', () => {
    const policy = JSON.stringify({ Statement: allow });
    const request = { service, action: 'sns:Publish', resource: topic, context: {} };
    expect(judgeServiceAccess(policy, request)).toBe('allowed');
  });

  it('denies without any statement', () => {
    expect(judge()).toBe('denied');
  });
});
