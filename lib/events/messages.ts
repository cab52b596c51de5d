/**
 * Serves messages of EventBridge, SNS and SQS. Every message ends in exactly one way: succeeded (a result
 * event says so), rejected (a result event says why) or returned for another delivery. No message is lost:
 * one that is returned too often ends in the dead-letter queue or the failure queue.
 */
import type { SQSBatchResponse } from 'aws-lambda';
import { Fault, toFault } from '../domain/faults.ts';
import { mapConcurrently } from '../domain/map-concurrently.ts';
import type { ResultEvent } from '../results/event-bridge.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { describeNotice } from './envelope.ts';
import type { Message, RecognizedEvent } from './event-source.ts';
import type { FunctionDefinition, MessageDefinition } from './function-definition.ts';
import { parseJsonText } from './json-text.ts';
import type { MessageCounts } from './log.ts';
import { type Outcome, toFailure } from './outcome.ts';
import { toProblem } from './problem.ts';
import { parseWithReference, readReference } from './reference.ts';
import { buildFailure, buildSuccess } from './results.ts';

/** With less time left, a message is not started: reading the secret alone may take three seconds. */
const MESSAGE_BUDGET_MS = 4_000;

/** A function that serves messages. */
export type MessageFunction<Request, Result extends object> = Pick<
  FunctionDefinition<Request, Result>,
  'fromDirect' | 'run'
> & { readonly messages: MessageDefinition<Request, Result> };

/** A `noticed` message is not a request: it is logged, and finished without a result event. */
type MessageEnd =
  | { readonly end: 'succeeded' | 'noticed' }
  | { readonly end: 'rejected' | 'returned'; readonly fault: Fault };

/** Serves all messages of an event. A message of EventBridge or SNS that must be retried fails the invocation. */
export async function handleMessages<Request, Result extends object>(
  { source, messages }: Extract<RecognizedEvent, { messages: unknown }>,
  definition: MessageFunction<Request, Result>,
  invocation: Invocation,
): Promise<Outcome> {
  const ends = await mapConcurrently(
    messages,
    (message) => settleMessage(message, { definition, invocation }),
    { mayStart: () => invocation.remainingMs() > MESSAGE_BUDGET_MS },
  );
  const outcome = summarize(
    source,
    messages,
    ends.map((end) => end ?? notStarted()),
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
  // A rule or topic outside this stack invokes the function directly: Lambda delivers the event again.
  if (source !== 'sqs' && returnedFor) return toFailure(returnedFor, counts);
  const returned = messages.filter((_, index) => ends[index]?.end === 'returned');
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = returned.map(
    ({ id, itemIdentifier = id }) => ({ itemIdentifier }),
  );
  const fault = returnedFor ?? firstFault(ends, 'rejected');
  return {
    response: source === 'sqs' ? { batchItemFailures } : {},
    record: {
      message: 'messages handled',
      messages: counts,
      ...(fault ? { fault: fault.name, reason: fault.reason } : {}),
    },
  };
}

interface Settling<Request, Result extends object> {
  readonly definition: MessageFunction<Request, Result>;
  readonly invocation: Invocation;
}

/** Never throws, so one message cannot fail the others of its batch. */
async function settleMessage<Request, Result extends object>(
  message: Message,
  settling: Settling<Request, Result>,
): Promise<MessageEnd> {
  if (message.notice) return { end: 'noticed' };
  const { definition, invocation } = settling;
  try {
    const { end, result } = await runMessage(message, settling);
    await definition.messages.publish(result, invocation.remainingMs);
    return end;
  } catch (error) {
    return { end: 'returned', fault: toFault(error) };
  }
}

/**
 * Serves one message and returns its end and its result event.
 *
 * @throws Fault if the error is transient
 */
async function runMessage<Request, Result extends object>(
  message: Message,
  { definition, invocation }: Settling<Request, Result>,
): Promise<{ readonly end: MessageEnd; readonly result: ResultEvent }> {
  const { fromDirect, run, messages } = definition;
  let body = message.body;
  try {
    if (typeof body === 'string') body = parseJsonText(body);
    const request = parseWithReference(body, (fields) => fromDirect(fields, invocation));
    messages.assertAllowed?.(request);
    const detail = messages.toDetail(await run(request, invocation));
    const correlation = { eventId: message.id, ...readReference(body) };
    return {
      end: { end: 'succeeded' },
      result: buildSuccess(messages.resultTypes.success, detail, correlation),
    };
  } catch (error) {
    const fault = toFault(error);
    if (fault.isTransient) throw fault;
    const problem = toProblem(fault, invocation.requestId);
    const correlation = { eventId: message.id, ...readReference(body), body: message.body };
    return {
      end: { end: 'rejected', fault },
      result: buildFailure(messages.resultTypes.failure, problem, correlation),
    };
  }
}

function countEnds(ends: readonly MessageEnd[]): MessageCounts {
  const count = (wanted: keyof MessageCounts): number =>
    ends.filter(({ end }) => end === wanted).length;
  return {
    succeeded: count('succeeded'),
    rejected: count('rejected'),
    returned: count('returned'),
  };
}

function firstFault(ends: readonly MessageEnd[], end: 'rejected' | 'returned'): Fault | undefined {
  for (const ended of ends) if (ended.end === end && 'fault' in ended) return ended.fault;
  return undefined;
}

function notStarted(): MessageEnd {
  const fault = new Fault('PlatformTimeoutError', 'There was no time left to handle the message.', {
    reason: `The message was not started: ${MESSAGE_BUDGET_MS} ms or less were left.`,
  });
  return { end: 'returned', fault };
}
