/**
 * What a deployment would change, computed from two templates.
 */
import { describe, expect, inject, it } from 'vitest';
import { describeChanges } from '../../deploy/drift.js';
import { compareTemplates } from '../../deploy/template-diff.js';
import type { Template } from '../../tools/package-service.ts';

const { template, fullTemplate } = inject('packaged');

type Resources = Record<string, { Type: string; [name: string]: unknown }>;

const compare = (before: Resources, after: Resources, otherCode: string[] = []) =>
  describeChanges(compareTemplates({ Resources: before }, { Resources: after }, otherCode));

const queue = (Properties: object = {}, attributes: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties,
  ...attributes,
});

describe('compareTemplates', () => {
  it.each<[string, Resources, Resources, string[]]>([
    ['a new resource', {}, { Queue: queue() }, ['  - creates Queue (AWS::SQS::Queue)']],
    ['a missing resource', { Queue: queue() }, {}, ['  - deletes Queue (AWS::SQS::Queue)']],
    [
      'a missing resource that is retained',
      { Queue: queue({}, { DeletionPolicy: 'Retain' }) },
      {},
      ['  - keeps, outside of the stack, Queue (AWS::SQS::Queue)'],
    ],
    [
      'a property that changes in place',
      { Queue: queue({ DelaySeconds: 1 }) },
      { Queue: queue({ DelaySeconds: 2 }) },
      ['  - changes Queue (AWS::SQS::Queue)', '      /Properties/DelaySeconds: 1 becomes 2'],
    ],
    [
      'a new and a missing property',
      { Queue: queue({ DelaySeconds: 1 }) },
      { Queue: queue({ MaximumMessageSize: 1024 }) },
      [
        '  - changes Queue (AWS::SQS::Queue)',
        '      /Properties/DelaySeconds: 1 becomes nothing',
        '      /Properties/MaximumMessageSize: nothing becomes 1024',
      ],
    ],
    [
      'a property that replaces the resource',
      { Queue: queue({ QueueName: 'a' }) },
      { Queue: queue({ QueueName: 'b' }) },
      [
        '  - changes Queue (AWS::SQS::Queue), by replacing it',
        '      /Properties/QueueName: a becomes b',
      ],
    ],
    [
      'a property that replaces the resource in some cases',
      { Rule: { Type: 'AWS::Events::Rule', Properties: { EventBusName: 'a' } } },
      { Rule: { Type: 'AWS::Events::Rule', Properties: { EventBusName: 'b' } } },
      [
        '  - changes Rule (AWS::Events::Rule), perhaps by replacing it',
        '      /Properties/EventBusName: a becomes b',
      ],
    ],
    [
      'a deletion policy',
      { Queue: queue({}, { DeletionPolicy: 'Retain' }) },
      { Queue: queue() },
      ['  - changes Queue (AWS::SQS::Queue)', '      /DeletionPolicy: Retain becomes nothing'],
    ],
    [
      'an id with another type, which is another resource',
      { Queue: queue() },
      { Queue: { Type: 'AWS::SNS::Topic' } },
      ['  - creates Queue (AWS::SNS::Topic)', '  - deletes Queue (AWS::SQS::Queue)'],
    ],
    [
      'a list with one changed item and a list of another length',
      { Queue: queue({ Tags: [{ Key: 'a', Value: '1' }], Other: [1] }) },
      { Queue: queue({ Tags: [{ Key: 'a', Value: '2' }], Other: [1, 2] }) },
      [
        '  - changes Queue (AWS::SQS::Queue)',
        '      /Properties/Tags/0/Value: 1 becomes 2',
        '      /Properties/Other: [1] becomes [1,2]',
      ],
    ],
    [
      'a function that refers to another resource, as a whole',
      { Queue: queue({ Key: { Ref: 'One' } }) },
      { Queue: queue({ Key: { 'Fn::GetAtt': ['Two', 'Arn'] } }) },
      [
        '  - changes Queue (AWS::SQS::Queue)',
        '      /Properties/Key: {"Ref":"One"} becomes {"Fn::GetAtt":["Two","Arn"]}',
      ],
    ],
    [
      'the order of creation, which changes nothing',
      { Queue: queue({}, { DependsOn: ['One'] }) },
      { Queue: queue({}, { DependsOn: ['Two'] }) },
      [],
    ],
  ])('describes %s', (_, before, after, lines) => {
    expect(compare(before, after)).toEqual(lines);
  });

  const lambda = (S3Key: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: { Code: { S3Bucket: { Ref: 'Bucket' }, S3Key } },
  });

  it('takes code under another name for the same code, unless its hash differs', () => {
    const [before, after] = [{ Join: lambda('monday') }, { Join: lambda('tuesday') }];
    expect(compare(before, after)).toEqual([]);
    expect(compare(before, after, ['Join'])).toEqual([
      '  - changes Join (AWS::Lambda::Function)',
      '      /Properties/Code: old code becomes new code',
    ]);
  });

  describe('follows a replacement to the resources that refer to it', () => {
    const subscription = (property: string, reference: unknown) => ({
      Type: 'AWS::SNS::Subscription',
      Properties: { [property]: reference },
    });

    it.each([
      ['Ref', { Ref: 'Queue' }],
      ['Fn::GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }],
      ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }],
      ['Fn::Sub', { 'Fn::Sub': `\${Queue.Arn}/x` }],
      ['Fn::Sub with a map', { 'Fn::Sub': [`\${name}`, { name: { Ref: 'Queue' } }] }],
      ['a nested reference', { deadLetterTargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
    ])('by %s', (_, reference) => {
      const lines = compare(
        { Queue: queue({ QueueName: 'a' }), User: subscription('RedrivePolicy', reference) },
        { Queue: queue({ QueueName: 'b' }), User: subscription('RedrivePolicy', reference) },
      );
      expect(lines.slice(2)).toEqual([
        '  - changes User (AWS::SNS::Subscription)',
        '      /Properties/RedrivePolicy: the former Queue becomes the new Queue',
      ]);
    });

    it('but not to one with a longer name', () => {
      const user = subscription('RedrivePolicy', { 'Fn::Sub': `\${QueueFailed.Arn}` });
      const lines = compare(
        { Queue: queue({ QueueName: 'a' }), User: user },
        { Queue: queue({ QueueName: 'b' }), User: user },
      );
      expect(lines).toHaveLength(2);
    });

    it('and replaces those that refer to it in a decisive property, and so on', () => {
      const chain = (Path: string): Resources => ({
        Role: { Type: 'AWS::IAM::Role', Properties: { Path } },
        Filter: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: { LogGroupName: { Ref: 'Group' } },
        },
        Group: {
          Type: 'AWS::Logs::LogGroup',
          Properties: { LogGroupName: { 'Fn::Sub': `/aws/\${Role}` } },
        },
      });
      expect(compare(chain('/a/'), chain('/b/'))).toEqual([
        '  - changes Role (AWS::IAM::Role), by replacing it',
        '      /Properties/Path: /a/ becomes /b/',
        '  - changes Filter (AWS::Logs::MetricFilter), by replacing it',
        '      /Properties/LogGroupName: the former Group becomes the new Group',
        '  - changes Group (AWS::Logs::LogGroup), by replacing it',
        '      /Properties/LogGroupName: the former Role becomes the new Role',
      ]);
    });

    it('and perhaps replaces those of a resource that is perhaps replaced', () => {
      const chain = (EventBusName: string): Resources => ({
        Rule: { Type: 'AWS::Events::Rule', Properties: { EventBusName } },
        Permission: {
          Type: 'AWS::Lambda::Permission',
          Properties: { SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] } },
        },
      });
      expect(compare(chain('a'), chain('b'))).toContain(
        '  - changes Permission (AWS::Lambda::Permission), perhaps by replacing it',
      );
    });

    it('also where resources refer to each other in a circle', () => {
      const circle = (QueueName: string): Resources => ({
        One: queue({ QueueName, Other: { Ref: 'Two' } }),
        Two: queue({ QueueName: { Ref: 'One' } }),
      });
      const lines = compare(circle('a'), circle('b'));
      expect(lines.filter((line) => line.includes('by replacing it'))).toHaveLength(2);
    });
  });

  const find = (before: Template, after: Template) => compareTemplates(before, after, []);

  it('finds nothing between a template of this service and itself', () => {
    expect(find(fullTemplate, fullTemplate)).toEqual([]);
  });

  it('replaces nothing of this service when everything is switched on', () => {
    const changes = find(template, fullTemplate);
    const replaced = changes.filter(
      ({ Action, Replacement }) => Action === 'Modify' && Replacement !== 'False',
    );
    expect(replaced).toEqual([]);
    const created = changes
      .filter(({ Action }) => Action === 'Add')
      .map((each) => each.LogicalResourceId);
    expect(created).toEqual(
      expect.arrayContaining(['SessionRequests', 'ReceiveCallbackLambdaFunction']),
    );
  });
});
