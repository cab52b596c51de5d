/**
 * Recognizes an event's source by its shape and extracts the messages. Pure: no I/O. The only file
 * that knows how the shapes of AWS events differ.
 * Sources: Lambda developer guide, "Using Lambda with …" for API Gateway, SNS and SQS; EventBridge
 * user guide, "Events" and "Pipes enrichment".
 */
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  SNSEvent,
  SNSEventRecord,
  SNSMessage,
  SQSEvent,
  SQSRecord,
} from 'aws-lambda';
import {
  type Enclosed,
  openEnvelope,
  readEventBridgeEvent,
  readTopicNotice,
  type TopicNotice,
} from './envelope.ts';
import { asFieldsOf, asRecord, type FieldsOf, type UnknownRecord } from './untrusted.ts';

/** One asynchronous request: the id by which its sender finds the result, and its body. */
export interface Message {
  /** EventBridge `id`, SNS or SQS message id: unchanged when the message is delivered twice. */
  readonly id: string;
  /** Text as its sender wrote it (SNS, SQS), or parsed already (EventBridge). */
  readonly body: unknown;
  /** The SQS message id, where that is not `id` because the message came in an envelope. */
  readonly itemIdentifier?: string;
  /** Set if SNS sent the message about a subscription. It is not a request and has no body. */
  readonly notice?: TopicNotice;
}

/** One record of a pipe: a request, or what SNS wrote into the queue about a subscription. */
export type PipeItem = Pick<Message, 'body' | 'notice'>;

export type RecognizedEvent =
  | { readonly source: 'http' | 'direct' }
  | { readonly source: 'pipes'; readonly items: readonly PipeItem[] }
  | { readonly source: 'eventbridge' | 'sns' | 'sqs'; readonly messages: readonly Message[] }
  /** Looks like HTTP and is none: it has no method or no path. `sender` names it, for the error. */
  | { readonly source: 'unsupported'; readonly sender: string };

export type EventSource = RecognizedEvent['source'];

/**
 * Fields that API Gateway (payloads 1.0 and 2.0) and function URLs set and no direct request has. One
 * is enough, so that a damaged HTTP event is never taken for a trusted direct request.
 */
const HTTP_FIELDS = ['requestContext', 'httpMethod', 'routeKey', 'rawPath'];

/** An event of any other shape is a direct request, which its parser rejects if it is not valid. */
export function recognizeEvent(event: unknown): RecognizedEvent {
  if (Array.isArray(event)) return { source: 'pipes', items: event.map(toPipeItem) };
  const fields = asRecord(event);
  if (HTTP_FIELDS.some((name) => Object.hasOwn(fields, name))) return recognizeHttp(fields);
  return readEventBridge(fields) ?? readRecords(fields) ?? { source: 'direct' };
}

/** Every HTTP event has a method and a path, each in two places, so one damaged field loses neither. */
function recognizeHttp(event: UnknownRecord): RecognizedEvent {
  type HttpFields = FieldsOf<APIGatewayProxyEvent & APIGatewayProxyEventV2>;
  const { httpMethod, path, rawPath, routeKey }: HttpFields = event;
  const context = asRecord(event['requestContext']);
  const http = asRecord(context['http']);
  const isRouted = isText(routeKey) && isText(rawPath);
  const hasMethod = isRouted || [httpMethod, http['method'], context['httpMethod']].some(isText);
  const hasPath = [rawPath, path, http['path'], context['path']].some(isText);
  return hasMethod && hasPath
    ? { source: 'http' }
    : { source: 'unsupported', sender: nameSender(event, context) };
}

/** Names the sender of an event that shares a field with HTTP, by a field that only this sender sets. */
function nameSender(event: UnknownRecord, context: UnknownRecord): string {
  if (context['functionArn'] !== undefined) return 'a Lambda destination';
  if (context['connectionId'] !== undefined) return 'a WebSocket API';
  if (context['targetGroupArn'] !== undefined) return 'VPC Lattice';
  if (event['actionGroup'] !== undefined) return 'an Amazon Bedrock agent';
  return 'an unknown sender';
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function readEventBridge(event: UnknownRecord): RecognizedEvent | undefined {
  const message = readEventBridgeEvent(event);
  return message && { source: 'eventbridge', messages: [message] };
}

/** All records or none: a batch with one that has no id cannot be answered in part. */
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
  const enclosed: Enclosed | undefined = openEnvelope(body);
  return enclosed ? { ...enclosed, itemIdentifier: messageId } : { id: messageId, body };
}

/** A topic that carries the events of a bus delivers each as the text of a notification. */
function readSnsRecord(record: unknown): Message | undefined {
  const { EventSource: eventSource, Sns: sns } = asFieldsOf<SNSEventRecord>(record);
  const { MessageId: id, Message: body } = asFieldsOf<SNSMessage>(sns);
  if (eventSource !== 'aws:sns' || typeof id !== 'string') return undefined;
  const notice = readTopicNotice(asRecord(sns));
  if (notice) return { id, body: undefined, notice };
  return typeof body === 'string' ? (openEnvelope(body) ?? { id, body }) : undefined;
}

function isMessage(message: Message | undefined): message is Message {
  return message !== undefined;
}

/** A pipe hands over what its source holds, or what its input template made of that. */
function toPipeItem(item: unknown): PipeItem {
  const message = readSqsRecord(item);
  if (!message) return { body: item };
  return message.notice ? { body: undefined, notice: message.notice } : { body: message.body };
}
