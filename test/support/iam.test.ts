import { describe, expect, it } from 'vitest';
import { isAllowed, type Request, type Statement } from './iam.ts';

const request: Request = {
  action: 'sqs:SendMessage',
  resource: 'arn:aws:sqs:eu-west-1:123456789012:orders',
  context: {
    'aws:SourceArn': 'arn:aws:sns:eu-west-1:123456789012:topic',
    'aws:TagKeys': ['a', 'b'],
  },
};
const base: Statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
const allows = (...statements: Statement[]) => isAllowed([{ Statement: statements }], request);

describe('isAllowed', () => {
  it.each<[string, boolean, Statement[]]>([
    ['rejects without a statement', false, []],
    ['allows the exact action on every resource', true, [base]],
    ['compares actions without regard to case', true, [{ ...base, Action: 'SQS:sendmessage' }]],
    ['expands * and ? in actions', true, [{ ...base, Action: 'sqs:Send*essag?' }]],
    ['does not match an action by its beginning', false, [{ ...base, Action: 'sqs:Send' }]],
    ['expands * in resources', true, [{ ...base, Resource: 'arn:*:sqs:*:*:ord*' }]],
    ['compares resources with regard to case', false, [{ ...base, Resource: '*:Orders' }]],
    ['reads a dot literally', false, [{ ...base, Resource: request.resource.replace('o', '.') }]],
    ['lets a Deny win', false, [base, { ...base, Effect: 'Deny' }]],
    ['allows what NotAction omits', true, [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }]],
    [
      'rejects what NotAction names',
      false,
      [{ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' }],
    ],
    [
      'rejects what NotResource names',
      false,
      [{ Effect: 'Allow', Action: '*', NotResource: '*:orders' }],
    ],
  ])('%s', (_, expected, statements) => {
    expect(allows(...statements)).toBe(expected);
  });

  it.each<[string, boolean, Statement['Condition']]>([
    [
      'ArnLike with a matching ARN',
      true,
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:topic' } },
    ],
    ['ArnLike across parts', false, { ArnLike: { 'aws:SourceArn': 'arn:*:topic' } }],
    ['key names without regard to case', true, { StringLike: { 'AWS:sourcearn': '*' } }],
    ['a missing key', false, { StringEquals: { 'aws:other': 'x' } }],
    ['a missing key with IfExists', true, { StringEqualsIfExists: { 'aws:other': 'x' } }],
    ['a missing key with a negation', true, { StringNotEquals: { 'aws:other': 'x' } }],
    [
      'ForAllValues with all values',
      true,
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
    ],
    ['ForAllValues with a part', false, { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }],
    ['ForAllValues without the key', true, { 'ForAllValues:StringEquals': { 'aws:other': ['a'] } }],
    [
      'ForAnyValue with a part',
      true,
      { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['b', 'c'] } },
    ],
    ['ForAnyValue without the key', false, { 'ForAnyValue:StringEquals': { 'aws:other': ['a'] } }],
    ['Null of a key that is missing', true, { Null: { 'aws:other': 'true' } }],
    [
      'two keys of which one differs',
      false,
      { StringLike: { 'aws:SourceArn': '*', 'aws:x': '*' } },
    ],
  ])('evaluates %s', (_, expected, Condition) => {
    expect(allows({ ...base, ...(Condition && { Condition }) })).toBe(expected);
  });

  it('throws on an unsupported operator and on a variable', () => {
    expect(() => allows({ ...base, Condition: { IpAddress: { 'aws:SourceIp': '::' } } })).toThrow(
      'IpAddress',
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    expect(() => allows({ ...base, Resource: '${aws:username}' })).toThrow(
      'Unsupported policy variable',
    );
  });
});
