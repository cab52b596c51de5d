/**
 * Requests that reach a queue in the envelope of whoever brought them there: an EventBridge event or
 * an SNS notification as the text of an SQS message. They are known by their shape, and keep the id
 * that their own source gave them. Pure: no I/O.
 *
 * Not a matter of trust: who may send to the queue may ask for anything. A request that looked like
 * an envelope would be refused for its unknown fields anyway, and so is an envelope with an id that no
 * source gives.
 *
 * Sources: EventBridge user guide, "Events" (all events share these fields); SNS developer guide,
 * "Amazon SNS message and JSON formats" and "Raw message delivery" (without which it is the body).
 */
import type { EventBridgeEvent, SNSMessage } from 'aws-lambda';
import { asFieldsOf, asRecord, type FieldsOf, type UnknownRecord } from './as-record.ts';

export interface Enclosed {
  /** EventBridge `id` or SNS `MessageId`. */
  readonly id: string;
  /** Text (SNS), or parsed already (EventBridge). */
  readonly body: unknown;
}

/** Sources give UUIDs. It travels into the result, which has to fit on the bus whoever made it up. */
const ID_MAX_LENGTH = 256;

/** Cheaper than parsing every message twice: no envelope is without one of these names. */
const MARKS = /"(?:detail-type|TopicArn)"/;

/**
 * @param text the body of an SQS message
 * @returns what the envelope holds, opened once more where a topic carries events of a bus;
 *   `undefined` when the text is no envelope
 */
export function openEnvelope(text: string): Enclosed | undefined {
  const fields = parseEnvelope(text);
  const notification = readNotification(fields);
  if (!notification) return readEventBridgeEvent(fields);
  return readEventBridgeEvent(parseEnvelope(notification.body)) ?? notification;
}

function parseEnvelope(text: string): UnknownRecord {
  if (!MARKS.test(text)) return {};
  try {
    return asRecord(JSON.parse(text));
  } catch {
    // No JSON, no envelope: it is refused as the request that it is then taken for.
    return {};
  }
}

/** The detail of an event, whether it came alone or as the text of a message. */
export function readEventBridgeEvent(event: UnknownRecord): Enclosed | undefined {
  const fields = asFieldsOf<EventBridgeEvent<string, unknown>>(event);
  const { id, source, detail = null } = fields;
  const isEvent = typeof fields['detail-type'] === 'string' && typeof source === 'string';
  return isEvent && isId(id) ? { id, body: detail } : undefined;
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
  const isText = typeof value === 'string' && value.isWellFormed();
  return isText && value.length > 0 && value.length <= ID_MAX_LENGTH;
}
