/**
 * Tells by an event's shape who sent it, and takes the messages out. Pure: no I/O. The one file
 * that knows the shapes of AWS's events apart.
 * Sources: Lambda developer guide, "Using Lambda with …" for API Gateway, SNS and SQS; EventBridge
 * user guide, "Events" and "Pipes enrichment".
 */
import type { SNSEvent, SNSEventRecord, SNSMessage, SQSEvent, SQSRecord } from 'aws-lambda';
import { asFieldsOf, asRecord, type UnknownRecord } from './as-record.ts';
import { openEnvelope, readEventBridgeEvent } from './envelope.ts';

/** One asynchronous request: its id, by which its sender finds the result, and what it asks for. */
export interface Message {
  /** EventBridge `id`, SNS or SQS message id: the same again when the message is delivered twice. */
  readonly id: string;
  /** Text as its sender wrote it (SNS, SQS), or parsed already (EventBridge). */
  readonly body: unknown;
  /** By what SQS knows the message, where that is not `id`: it came in an envelope. */
  readonly itemIdentifier?: string;
}

export type RecognizedEvent =
  | { readonly source: 'http' | 'direct' }
  | { readonly source: 'pipes'; readonly items: readonly unknown[] }
  | { readonly source: 'eventbridge' | 'sns' | 'sqs'; readonly messages: readonly Message[] };

export type EventSource = RecognizedEvent['source'];

/**
 * Fields that API Gateway (payloads 1.0 and 2.0) and function URLs set and no request has. One is
 * enough, so that a damaged HTTP event still gets an HTTP answer and is never taken for a trusted
 * direct request.
 */
const HTTP_FIELDS = ['requestContext', 'httpMethod', 'routeKey', 'rawPath'];

/** What fits no other shape is a direct request, and refused as such if it is not a valid one. */
export function recognizeEvent(event: unknown): RecognizedEvent {
  if (Array.isArray(event)) return { source: 'pipes', items: event.map(toPipeItem) };
  const fields = asRecord(event);
  if (HTTP_FIELDS.some((name) => Object.hasOwn(fields, name))) return { source: 'http' };
  return readEventBridge(fields) ?? readRecords(fields) ?? { source: 'direct' };
}

function readEventBridge(event: UnknownRecord): RecognizedEvent | undefined {
  const message = readEventBridgeEvent(event);
  return message && { source: 'eventbridge', messages: [message] };
}

/** All records or none: a batch with one that cannot be named cannot be answered in parts. */
function readRecords(event: UnknownRecord): RecognizedEvent | undefined {
  const { Records: records } = asFieldsOf<SQSEvent | SNSEvent>(event);
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const sqs = records.map(readSqsRecord);
  if (sqs.every(isMessage)) return { source: 'sqs', messages: sqs };
  const sns = records.map(readSnsRecord);
  if (sns.every(isMessage)) return { source: 'sns', messages: sns };
  return undefined;
}

function readSqsRecord(record: unknown): Message | undefined {
  const { eventSource, messageId, body } = asFieldsOf<SQSRecord>(record);
  const isSqs = eventSource === 'aws:sqs' && typeof messageId === 'string';
  if (!isSqs || typeof body !== 'string') return undefined;
  const enclosed = openEnvelope(body);
  return enclosed ? { ...enclosed, itemIdentifier: messageId } : { id: messageId, body };
}

function readSnsRecord(record: unknown): Message | undefined {
  const { EventSource: eventSource, Sns: sns } = asFieldsOf<SNSEventRecord>(record);
  const { MessageId: id, Message: body } = asFieldsOf<SNSMessage>(sns);
  const isSns = eventSource === 'aws:sns' && typeof id === 'string';
  return isSns && typeof body === 'string' ? { id, body } : undefined;
}

function isMessage(message: Message | undefined): message is Message {
  return message !== undefined;
}

/** A pipe hands on what its source holds, or what its input template made of that. */
function toPipeItem(item: unknown): unknown {
  return readSqsRecord(item)?.body ?? item;
}
