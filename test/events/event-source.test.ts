import { describe, expect, it } from 'vitest';
import { recognizeEvent } from '../../lib/events/event-source.ts';
import { httpDoors } from '../support/http-events.ts';
import {
  controlEnvelope,
  eventBridgeEnvelope,
  eventBridgeEvent,
  pipeEvent,
  snsEnvelope,
  snsEvent,
  sqsEvent,
} from '../support/message-events.ts';

const source = (event: unknown) => recognizeEvent(event).source;

describe('an event', () => {
  it.each(httpDoors)('of %s is HTTP', (_door, buildEvent) => {
    expect(source(buildEvent())).toBe('http');
  });

  it.each(['requestContext', 'httpMethod', 'routeKey', 'rawPath'])(
    'with only %s is unsupported, not a direct request',
    (field) => {
      for (const value of ['x', null, undefined, 7, {}, []]) {
        expect(source({ [field]: value })).toBe('unsupported');
      }
    },
  );

  it.each<[scenario: string, event: object]>([
    ['a route key and a path', { routeKey: 'POST /sessions', rawPath: '/sessions' }],
    ['a method and a path (1.0)', { httpMethod: 'POST', path: '/sessions' }],
    [
      'a method and a path (2.0)',
      { rawPath: '/sessions', requestContext: { http: { method: 'POST' } } },
    ],
    ['a load balancer', { requestContext: { elb: {} }, httpMethod: 'POST', path: '/sessions' }],
  ])('with %s is HTTP', (_scenario, event) => {
    expect(source(event)).toBe('http');
  });

  it.each<[sender: string, event: object]>([
    [
      'a Lambda destination',
      {
        version: '1.0',
        requestContext: { functionArn: 'arn:aws:lambda:x', condition: 'Success' },
        requestPayload: {},
        responsePayload: {},
      },
    ],
    [
      'a WebSocket API',
      { requestContext: { routeKey: '$connect', eventType: 'CONNECT', connectionId: 'x' } },
    ],
    [
      'VPC Lattice',
      {
        version: '2.0',
        path: '/sessions',
        method: 'POST',
        requestContext: { targetGroupArn: 'arn:aws:vpc-lattice:x' },
      },
    ],
    [
      'an Amazon Bedrock agent',
      { messageVersion: '1.0', actionGroup: 'x', apiPath: '/sessions', httpMethod: 'POST' },
    ],
    ['an unknown sender', { requestContext: {} }],
    ['an unknown sender', { routeKey: 'POST /sessions' }],
    ['an unknown sender', { httpMethod: '', path: '/sessions' }],
  ])('of %s is unsupported: %j', (sender, event) => {
    expect(recognizeEvent(event)).toEqual({ source: 'unsupported', sender });
  });

  it('of HTTP is HTTP also with fields of other sources', () => {
    const mixed = { id: 'x', source: 'x', 'detail-type': 'x', detail: {}, Records: [{}] };
    for (const [, buildEvent] of httpDoors) {
      expect(source({ ...buildEvent(), ...mixed })).toBe('http');
    }
  });

  it.each<[scenario: string, event: unknown]>([
    ['an empty object', {}],
    ['a request', { mediaMode: 'routed' }],
    ['null', null],
    ['nothing', undefined],
    ['text', 'requestContext'],
    ['a number', 7],
    ['fields that it only inherits', Object.create({ requestContext: {} })],
    ['an own __proto__ that looks like HTTP', JSON.parse('{"__proto__":{"requestContext":{}}}')],
  ])('that is %s is a direct request', (_scenario, event) => {
    expect(source(event)).toBe('direct');
  });
});

describe('a message', () => {
  it('of EventBridge is the detail, with the id of the event', () => {
    const detail = { mediaMode: 'routed', reference: 'r' };
    expect(recognizeEvent(eventBridgeEvent(detail, 'event-1'))).toEqual({
      source: 'eventbridge',
      messages: [{ id: 'event-1', body: detail }],
    });
  });

  it.each([[null], ['text'], [7], [[]], [{}]])(
    'of EventBridge can have any detail: %j',
    (detail) => {
      expect(recognizeEvent(eventBridgeEvent(detail, 'event-1'))).toEqual({
        source: 'eventbridge',
        messages: [{ id: 'event-1', body: detail }],
      });
    },
  );

  it('of EventBridge without a detail is a message, so that it has a result', () => {
    const { detail: _, ...event } = eventBridgeEvent({}, 'event-1');
    expect(recognizeEvent(event)).toMatchObject({ messages: [{ id: 'event-1', body: null }] });
  });

  it('of SNS is the text, with its message id', () => {
    expect(recognizeEvent(snsEvent('{"e2ee":', 'message-1'))).toEqual({
      source: 'sns',
      messages: [{ id: 'message-1', body: '{"e2ee":' }],
    });
  });

  it('of SQS is each body, with its message id, in order', () => {
    const event = sqsEvent([
      { id: 'message-2', body: '' },
      { id: 'message-1', body: '{}' },
    ]);
    expect(recognizeEvent(event)).toEqual({
      source: 'sqs',
      messages: [
        { id: 'message-2', body: '' },
        { id: 'message-1', body: '{}' },
      ],
    });
  });
});

describe('a queued message in an envelope', () => {
  const request = { mediaMode: 'routed', reference: 'r' };
  const text = JSON.stringify(request);
  const open = (body: string) => {
    const recognized = recognizeEvent(sqsEvent([{ id: 'sqs-1', body }]));
    return 'messages' in recognized ? recognized.messages : expect.fail();
  };

  it.each<[scenario: string, body: string, message: object]>([
    ['EventBridge', eventBridgeEnvelope(request, 'event-1'), { id: 'event-1', body: request }],
    [
      'EventBridge, with no detail',
      eventBridgeEnvelope(undefined, 'event-1'),
      { id: 'event-1', body: null },
    ],
    ['SNS', snsEnvelope(text, 'note-1'), { id: 'note-1', body: text }],
    [
      'SNS, with no JSON in it',
      snsEnvelope('{"e2ee":', 'note-1'),
      { id: 'note-1', body: '{"e2ee":' },
    ],
    [
      'SNS, from a rule of EventBridge',
      snsEnvelope(eventBridgeEnvelope(request, 'event-1'), 'note-1'),
      { id: 'event-1', body: request },
    ],
    [
      'EventBridge, as long as it may be',
      eventBridgeEnvelope(request, 'x'.repeat(256)),
      { id: 'x'.repeat(256), body: request },
    ],
  ])('is the sender’s text, with the id of %s', (_scenario, body, message) => {
    expect(open(body)).toEqual([{ ...message, itemIdentifier: 'sqs-1' }]);
  });

  it('is recognized among messages without an envelope', () => {
    const event = sqsEvent([
      { id: 'sqs-1', body: text },
      { id: 'sqs-2', body: snsEnvelope(text, 'note-1') },
    ]);
    expect(recognizeEvent(event)).toEqual({
      source: 'sqs',
      messages: [
        { id: 'sqs-1', body: text },
        { id: 'note-1', body: text, itemIdentifier: 'sqs-2' },
      ],
    });
  });

  it.each<[scenario: string, body: string]>([
    ['a request', text],
    ['a request that speaks of one', JSON.stringify({ reference: '"detail-type" of "TopicArn"' })],
    ['an event without an id', JSON.stringify({ 'detail-type': 'x', source: 'x', detail: {} })],
    ['an event without a source', JSON.stringify({ 'detail-type': 'x', id: 'x', detail: {} })],
    ['a notification without an id', JSON.stringify({ Type: 'Notification', TopicArn: 'x' })],
    // Ids are UUIDs; a result with another id could not be published and would be retried for twelve hours.
    ['without an id', eventBridgeEnvelope(request, '')],
    ['an event with an id that is too long', eventBridgeEnvelope(request, 'x'.repeat(257))],
    ['a notification with an id that is too long', snsEnvelope(text, 'x'.repeat(257))],
    ['an event with an id that is not valid Unicode', eventBridgeEnvelope(request, '\ud800')],
    ['half an envelope', snsEnvelope(text).slice(0, -1)],
    ['an envelope in an array', `[${snsEnvelope(text)}]`],
    ['deep nesting', `{"TopicArn":${'['.repeat(100_000)}`],
  ])('is not recognized if it is %s', (_scenario, body) => {
    expect(open(body)).toEqual([{ id: 'sqs-1', body }]);
  });

  it('is unwrapped in a pipe too', () => {
    const event = pipeEvent([eventBridgeEnvelope(request), snsEnvelope(text), text]);
    const items = [{ body: request }, { body: text }, { body: text }];
    expect(recognizeEvent(event)).toEqual({ source: 'pipes', items });
  });
});

describe('a message of SNS about a subscription', () => {
  const topicArn = 'arn:aws:sns:eu-west-1:123456789012:session-requests';

  describe.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const)('%s', (type) => {
    const text = controlEnvelope(type);
    const notice = { type, topicArn };
    const [record] = snsEvent('').Records;

    it.each<[way: string, event: object]>([
      ['in a queue', sqsEvent([{ id: 'sqs-1', body: text }])],
      ['in a notification in a queue', sqsEvent([{ id: 'sqs-1', body: snsEnvelope(text) }])],
      ['in the text of a notification', snsEvent(text)],
      [
        'directly',
        {
          Records: [
            { ...record, Sns: { ...JSON.parse(text), Message: 'You have chosen to subscribe' } },
          ],
        },
      ],
      ['as the detail of an event', eventBridgeEvent(JSON.parse(text))],
      [
        'as the detail of an event in a queue',
        sqsEvent([{ id: 'sqs-1', body: eventBridgeEnvelope(JSON.parse(text)) }]),
      ],
      ['in a pipe', pipeEvent([text])],
    ])('is recognized %s, without its token', (_way, event) => {
      const recognized = recognizeEvent(event);
      const messages = 'messages' in recognized ? recognized.messages : undefined;
      const items = 'items' in recognized ? recognized.items : messages;
      expect(items).toEqual([expect.objectContaining({ body: undefined, notice })]);
      expect(JSON.stringify(recognized)).not.toMatch(/2336412f37|https:/);
    });

    it.each(['TopicArn', 'Token', 'MessageId', 'SubscribeURL'])(
      'is recognized without its %s',
      (name) => {
        const { [name]: _, ...fields } = JSON.parse(text);
        const body = JSON.stringify(fields);
        const expected = { ...notice, ...(name === 'TopicArn' && { topicArn: undefined }) };
        expect(recognizeEvent(sqsEvent([{ id: 'sqs-1', body }]))).toMatchObject({
          messages: [{ itemIdentifier: 'sqs-1', notice: expected }],
        });
      },
    );

    it('does not quote a topic without a valid ARN', () => {
      const body = JSON.stringify({ ...JSON.parse(text), TopicArn: 'https://x.example/?Token=1' });
      expect(recognizeEvent(sqsEvent([{ id: 'sqs-1', body }]))).toMatchObject({
        messages: [{ notice: { type, topicArn: undefined } }],
      });
    });
  });

  it('is not any request with a field Type', () => {
    const body = JSON.stringify({ Type: 'SubscriptionConfirmation' });
    expect(recognizeEvent(sqsEvent([{ id: 'sqs-1', body }]))).toMatchObject({
      messages: [{ id: 'sqs-1', body }],
    });
  });
});

describe('a notification that a topic delivers directly', () => {
  it('has the event of a bus with the event’s id', () => {
    const detail = { mediaMode: 'routed' };
    const event = snsEvent(eventBridgeEnvelope(detail, 'event-1'), 'note-1');
    expect(recognizeEvent(event)).toEqual({
      source: 'sns',
      messages: [{ id: 'event-1', body: detail }],
    });
  });
});

describe('a pipe', () => {
  it('passes the bodies of a queue', () => {
    const event = pipeEvent(['{"mediaMode":"routed"}', 'text']);
    expect(recognizeEvent(event)).toEqual({
      source: 'pipes',
      items: [{ body: '{"mediaMode":"routed"}' }, { body: 'text' }],
    });
  });

  it.each([[[]], [[null, 7, 'x', {}, [], { mediaMode: 'routed' }]]])(
    'passes the output of its template: %j',
    (bodies) => {
      const items = bodies.map((body) => ({ body }));
      expect(recognizeEvent(bodies)).toEqual({ source: 'pipes', items });
    },
  );
});

describe('an event that is not a batch of messages', () => {
  const [record] = sqsEvent([{ id: 'message-1', body: '{}' }]).Records;
  const [topicRecord] = snsEvent('{}').Records;
  const objectCreated = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: {} };

  it.each<[scenario: string, event: object]>([
    ['no records', { Records: [] }],
    ['records that are not an array', { Records: { 0: record } }],
    ['a record of S3', { Records: [objectCreated] }],
    ['a record of S3 among those of SQS', { Records: [record, objectCreated] }],
    ['records of SQS and SNS', { Records: [record, topicRecord] }],
    ['null among the records', { Records: [record, null] }],
    ['a record without a body', { Records: [{ ...record, body: undefined }] }],
    ['a record without an id', { Records: [{ ...record, messageId: undefined }] }],
    ['a record of another source', { Records: [{ ...record, eventSource: 'aws:mq' }] }],
    [
      'a notification without a message',
      { Records: [{ ...topicRecord, Sns: { MessageId: 'm' } }] },
    ],
    ['a notification without an id', { Records: [{ ...topicRecord, Sns: { Message: '{}' } }] }],
    ['a notification of another source', { Records: [{ ...topicRecord, EventSource: 'aws:sms' }] }],
    ['a notification of nothing', { Records: [{ ...topicRecord, Sns: null }] }],
    ['an event without an id', { ...eventBridgeEvent({}), id: undefined }],
    ['an event without a source', { ...eventBridgeEvent({}), source: 7 }],
    ['an event without a type', { ...eventBridgeEvent({}), 'detail-type': null }],
  ])('is treated as a direct request: %s', (_scenario, event) => {
    expect(recognizeEvent(event)).toEqual({ source: 'direct' });
  });
});
