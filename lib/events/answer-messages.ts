/**
 * Handles asynchronous requests (EventBridge, SNS, SQS). Every message ends in exactly one way: succeeded
 * or permanently refused, each with a result event, noticed, with a log line, or returned, to be delivered
 * again. A message that is returned too often moves to the dead-letter or failure queue.
 */
import type { SQSBatchResponse } from 'aws-lambda';
import { Fault, toFault } from '../domain/faults.ts';
import { mapConcurrently } from '../domain/map-concurrently.ts';
import type { PublishResult, ResultEvent } from '../results/event-bridge.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { describeNotice } from './envelope.ts';
import type { Message, RecognizedEvent } from './event-source.ts';
import { parseJsonText } from './json-text.ts';
import type { MessageCounts } from './log.ts';
import { failWith, type Outcome } from './operation.ts';
import { toProblem } from './problem.ts';
import { parseWithReference, readReference } from './reference.ts';
import { buildFailure, buildSuccess } from './results.ts';

/** A message is not started with less time left: reading the secret alone may take three seconds. */
const MESSAGE_BUDGET_MS = 4_000;

export interface MessageOperation<Request> {
  /** @throws Fault `ValidationError` */
  readonly fromMessage: (body: unknown, invocation: Invocation) => Request;
  /** Returns the detail of the result event, without the correlation. */
  readonly run: (request: Request, invocation: Invocation) => Promise<Record<string, unknown>>;
  /** EventBridge `detail-type` of the results. */
  readonly resultTypes: { readonly success: string; readonly failure: string };
  readonly publish: PublishResult;
}

/** A `noticed` message is not a request: it is logged, and finished without a result event. */
type MessageEnd =
  | { readonly end: 'succeeded' | 'noticed' }
  | { readonly end: 'refused' | 'returned'; readonly fault: Fault };

/** If an EventBridge or SNS message has to be delivered again, the invocation fails. */
export async function answerMessages<Request>(
  { source, messages }: Extract<RecognizedEvent, { messages: unknown }>,
  operation: MessageOperation<Request>,
  invocation: Invocation,
): Promise<Outcome> {
  const ends = await mapConcurrently(
    messages,
    (message) => settleMessage(message, { operation, invocation }),
    { mayStart: () => invocation.remainingMs() > MESSAGE_BUDGET_MS },
  );
  const outcome = summarize(
    source,
    messages,
    ends.map((end) => end ?? notBegun()),
  );
  const notices = messages.flatMap(({ notice }, index) =>
    notice && ends[index] ? [describeNotice(notice)] : [],
  );
  return notices.length > 0 ? { ...outcome, notices } : outcome;
}

function summarize(
  source: 'eventbridge' | 'sns' | 'sqs',
  messages: readonly Message[],
  ends: readonly MessageEnd[],
): Outcome {
  const counts = countEnds(ends);
  const returnedFor = firstFault(ends, 'returned');
  // A rule or topic that invokes the function itself: Lambda delivers the event again.
  if (source !== 'sqs' && returnedFor) return failWith(returnedFor, counts);
  const returned = messages.filter((_, index) => ends[index]?.end === 'returned');
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = returned.map(
    ({ id, itemIdentifier = id }) => ({ itemIdentifier }),
  );
  const fault = returnedFor ?? firstFault(ends, 'refused');
  return {
    answer: source === 'sqs' ? { batchItemFailures } : {},
    record: {
      message: 'messages handled',
      messages: counts,
      ...(fault ? { fault: fault.name, reason: fault.reason } : {}),
    },
  };
}

interface Settling<Request> {
  readonly operation: MessageOperation<Request>;
  readonly invocation: Invocation;
}

/** Never throws, so that one message cannot fail the others of its batch. */
async function settleMessage<Request>(
  message: Message,
  settling: Settling<Request>,
): Promise<MessageEnd> {
  if (message.notice) return { end: 'noticed' };
  const { operation, invocation } = settling;
  try {
    const { end, result } = await answerMessage(message, settling);
    await operation.publish(result, invocation.remainingMs);
    return end;
  } catch (error) {
    return { end: 'returned', fault: toFault(error) };
  }
}

interface Answered {
  readonly end: MessageEnd;
  readonly result: ResultEvent;
}

/** @throws transient faults and unexpected errors */
async function answerMessage<Request>(
  message: Message,
  { operation, invocation }: Settling<Request>,
): Promise<Answered> {
  const { resultTypes, fromMessage, run } = operation;
  let body = message.body;
  try {
    if (typeof body === 'string') body = parseJsonText(body);
    const request = parseWithReference(body, (fields) => fromMessage(fields, invocation));
    const answer = await run(request, invocation);
    const correlation = { eventId: message.id, ...readReference(body) };
    return {
      end: { end: 'succeeded' },
      result: buildSuccess(resultTypes.success, answer, correlation),
    };
  } catch (error) {
    const fault = toFault(error);
    if (fault.isTransient) throw fault;
    const problem = toProblem(fault, invocation.requestId);
    const correlation = { eventId: message.id, ...readReference(body), body: message.body };
    return {
      end: { end: 'refused', fault },
      result: buildFailure(resultTypes.failure, problem, correlation),
    };
  }
}

function countEnds(ends: readonly MessageEnd[]): MessageCounts {
  const count = (wanted: keyof MessageCounts): number =>
    ends.filter(({ end }) => end === wanted).length;
  return {
    succeeded: count('succeeded'),
    refused: count('refused'),
    returned: count('returned'),
  };
}

function firstFault(ends: readonly MessageEnd[], end: 'refused' | 'returned'): Fault | undefined {
  for (const ended of ends) if (ended.end === end && 'fault' in ended) return ended.fault;
  return undefined;
}

function notBegun(): MessageEnd {
  const fault = new Fault('PlatformTimeoutError', 'There was no time left to handle the message.', {
    reason: `The message was not started: ${MESSAGE_BUDGET_MS} ms or less were left.`,
  });
  return { end: 'returned', fault };
}
