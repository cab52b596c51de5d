/**
 * Opens the envelopes that requests arrive in: an EventBridge event or an SNS notification as the text
 * of an SQS message or of another notification. They are recognized by their shape and keep the id of
 * their source. Pure: no I/O.
 *
 * This is not a matter of trust: a sender to the queue may request anything. A request that looked
 * like an envelope would be rejected for its unknown fields anyway, and so is an envelope with an id
 * that no source creates.
 *
 * Sources: EventBridge user guide, "Events" (all events share these fields); SNS developer guide,
 * "Amazon SNS message and JSON formats" and "Raw message delivery" (without which it is the body).
 */
import type { EventBridgeEvent, SNSMessage } from 'aws-lambda';
import { asFieldsOf, asRecord, type FieldsOf, type UnknownRecord } from './untrusted.ts';

export interface Enclosed {
  /** EventBridge `id` or SNS `MessageId`. */
  readonly id: string;
  /** Text (SNS), or parsed already (EventBridge). */
  readonly body: unknown;
  readonly notice?: TopicNotice;
}

const NOTICE_TYPES = ['SubscriptionConfirmation', 'UnsubscribeConfirmation'] as const;

/**
 * What SNS sends about a subscription: that it waits for a confirmation, or that it has ended. Holds
 * neither the token nor the URLs of the message, each of which confirms the subscription.
 */
export interface TopicNotice {
  readonly type: (typeof NOTICE_TYPES)[number];
  /** `undefined` for a text that is not the ARN of a topic. */
  readonly topicArn: string | undefined;
}

/** Sources create UUIDs. The id is part of the result, which has to fit on the bus. */
const ID_MAX_LENGTH = 256;
const TOPIC_ARN = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]{1,256}$/;

/** Avoids parsing every message twice: every envelope has one of these names. */
const MARKS = /"(?:detail-type|TopicArn|SubscribeURL)"/;

/**
 * Returns what the envelope holds, opened once more where a topic carries events of a bus;
 * `undefined` for a text that is not an envelope.
 *
 * @param text the body of an SQS message or the text of an SNS notification
 */
export function openEnvelope(text: string): Enclosed | undefined {
  const fields = parseEnvelope(text);
  const notice = readTopicNotice(fields);
  if (notice) return { id: String(fields['MessageId'] ?? ''), body: undefined, notice };
  const notification = readNotification(fields);
  if (!notification) return readEventBridgeEvent(fields);
  const inner = parseEnvelope(notification.body);
  const innerNotice = readTopicNotice(inner);
  if (innerNotice) return { id: notification.id, body: undefined, notice: innerNotice };
  return readEventBridgeEvent(inner) ?? notification;
}

function parseEnvelope(text: string): UnknownRecord {
  if (!MARKS.test(text)) return {};
  try {
    return asRecord(JSON.parse(text));
  } catch {
    // Text that is not JSON is rejected later, as a request.
    return {};
  }
}

/** Returns the detail of an event, whether it came alone or as the text of a message. */
export function readEventBridgeEvent(event: UnknownRecord): Enclosed | undefined {
  const fields = asFieldsOf<EventBridgeEvent<string, unknown>>(event);
  const { id, source, detail = null } = fields;
  const isEvent = typeof fields['detail-type'] === 'string' && typeof source === 'string';
  if (!isEvent || !isId(id)) return undefined;
  const notice = readTopicNotice(asRecord(detail));
  return notice ? { id, body: undefined, notice } : { id, body: detail };
}

/** Recognizes the message also if parts of it are missing: its token must never be published. */
export function readTopicNotice(fields: UnknownRecord): TopicNotice | undefined {
  const { Type: given, TopicArn: topicArn }: FieldsOf<SNSMessage> = fields;
  const type = NOTICE_TYPES.find((known) => known === given);
  const marks = [topicArn, fields['Token'], fields['SubscribeURL'], fields['SubscribeUrl']];
  if (!type || marks.every((mark) => typeof mark !== 'string')) return undefined;
  const isArn = typeof topicArn === 'string' && TOPIC_ARN.test(topicArn);
  return { type, topicArn: isArn ? topicArn : undefined };
}

function readNotification(fields: UnknownRecord): (Enclosed & { body: string }) | undefined {
  const {
    Type: type,
    MessageId: id,
    TopicArn: topicArn,
    Message: body,
  }: FieldsOf<SNSMessage> = fields;
  const isNotification = type === 'Notification' && typeof topicArn === 'string';
  return isNotification && isId(id) && typeof body === 'string' ? { id, body } : undefined;
}

function isId(value: unknown): value is string {
  const isWellFormed = typeof value === 'string' && value.isWellFormed();
  return isWellFormed && value.length > 0 && value.length <= ID_MAX_LENGTH;
}

const REMEDIES = {
  SubscriptionConfirmation:
    'waits for the confirmation of a subscription, which nothing confirms automatically. Subscribe from the account that owns the queue: such a subscription needs no confirmation.',
  UnsubscribeConfirmation:
    'has ended a subscription and delivers nothing more. If that was not intended, subscribe again.',
} as const satisfies Record<TopicNotice['type'], string>;

/** Returns what the operator has to know and do about a notice. */
export function describeNotice({ type, topicArn }: TopicNotice): string {
  return `${type}: the topic ${topicArn ?? '(without a valid ARN)'} ${REMEDIES[type]}`;
}
