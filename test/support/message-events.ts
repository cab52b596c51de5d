/**
 * Events of asynchronous sources and of pipes as AWS documents them, built from the event files in
 * test/events.
 * Sources: EventBridge user guide, "Events" and "Pipes enrichment"; Lambda developer guide, "Using
 * Lambda with Amazon SNS" and "… SQS".
 */

import type { EventBridgeEvent, SNSEventRecord, SNSMessage, SQSEvent } from 'aws-lambda';
import eventBridge from '../events/create-session.eventbridge.json' with { type: 'json' };
import pipe from '../events/create-session.pipe.json' with { type: 'json' };
import sns from '../events/create-session.sns.json' with { type: 'json' };
import sqs from '../events/create-session.sqs.json' with { type: 'json' };

/** The ids in the event files. */
export const EVENT_ID = eventBridge.id;
export const SNS_ID = sns.Records[0]?.Sns.MessageId ?? '';

/** Returns a valid request. */
export const wish = { mediaMode: 'routed', reference: 'appointment-4711' };

export interface QueuedMessage {
  readonly id: string;
  /** An object is sent as JSON, a string unchanged. */
  readonly body: object | string;
}

/** Returns the given number of valid requests. */
export function batch(count: number): QueuedMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `message-${index}`,
    body: { reference: `class-${index}` },
  }));
}

export function eventBridgeEvent(detail: unknown, id = EVENT_ID) {
  return { ...eventBridge, id, detail } satisfies EventBridgeEvent<string, unknown>;
}

export function snsEvent(message: object | string, id = SNS_ID) {
  const Records = sns.Records.map((record) => ({
    ...record,
    Sns: { ...record.Sns, MessageId: id, Message: toText(message) },
  }));
  // AWS sends `null` without a subject; the published type lacks it.
  return { Records } satisfies {
    Records: (Omit<SNSEventRecord, 'Sns'> & { Sns: Omit<SNSMessage, 'Subject'> })[];
  };
}

export function sqsEvent(messages: readonly QueuedMessage[]) {
  const [record] = sqs.Records;
  if (!record) throw new Error('The event file has no record.');
  return {
    Records: messages.map(({ id, body }) => ({ ...record, messageId: id, body: toText(body) })),
  } satisfies SQSEvent;
}

/** Returns a notification as a topic writes it into a queue without raw message delivery. */
export function snsEnvelope(message: object | string, id = SNS_ID): string {
  const { EventSubscriptionArn, Sns } = sns.Records[0] ?? {};
  const { TopicArn, Timestamp, SignatureVersion, Signature } = Sns ?? {};
  return JSON.stringify({
    Type: 'Notification',
    MessageId: id,
    TopicArn,
    Message: toText(message),
    Timestamp,
    SignatureVersion,
    Signature,
    UnsubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${EventSubscriptionArn}`,
  });
}

/** Returns the message that SNS writes into a queue when it is subscribed or unsubscribed. */
export function controlEnvelope(
  type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
): string {
  const token = '2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a747ba6f3';
  const { TopicArn, Timestamp, SignatureVersion, Signature } = sns.Records[0]?.Sns ?? {};
  return JSON.stringify({
    Type: type,
    MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
    Token: token,
    TopicArn,
    Message: `You have chosen to subscribe to the topic ${TopicArn}.`,
    SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=${token}`,
    Timestamp,
    SignatureVersion,
    Signature,
  });
}

/** Returns an event as a rule writes it into a queue. */
export function eventBridgeEnvelope(detail: unknown, id = EVENT_ID): string {
  return JSON.stringify(eventBridgeEvent(detail, id));
}

/** Returns the event that a pipe with a queue as its source passes to its enrichment. */
export function pipeEvent(bodies: readonly (object | string)[]) {
  const [record] = pipe;
  return bodies.map((body, index) => ({
    ...record,
    messageId: `message-${index}`,
    body: toText(body),
  }));
}

function toText(body: object | string): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
