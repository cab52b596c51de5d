/**
 * Handles the enrichment of an EventBridge pipe: an array in, an array out, in order. A request that
 * failed permanently gets its problem document in its place, so that it neither blocks the pipe nor gets
 * lost. A transient fault fails the whole batch, which the pipe then retries.
 */
import { Fault, toFault } from '../domain/faults.ts';
import { mapConcurrently } from '../domain/map-concurrently.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { describeNotice } from './envelope.ts';
import type { PipeItem } from './event-source.ts';
import { parseJsonText } from './json-text.ts';
import { failWith, type Operation, type Outcome } from './operation.ts';
import { toProblem } from './problem.ts';
import { parseWithReference, readReference } from './reference.ts';

export async function answerPipe<Request, Answer extends object>(
  items: readonly PipeItem[],
  { fromDirect, run }: Operation<Request, Answer>,
  invocation: Invocation,
): Promise<Outcome> {
  let refused = 0;
  let refusedFor: Fault | undefined;
  const enrich = async (item: PipeItem): Promise<object> => {
    let { body } = item;
    try {
      if (item.notice) throw notARequest();
      if (typeof body === 'string') body = parseJsonText(body);
      const request = parseWithReference(body, (fields) => fromDirect(fields, invocation));
      return { ...(await run(request, invocation)), ...readReference(body) };
    } catch (error) {
      const fault = toFault(error);
      if (fault.isTransient) throw fault;
      refused += 1;
      refusedFor ??= fault;
      return { ...toProblem(fault, invocation.requestId), ...readReference(body) };
    }
  };
  const described = items.flatMap(({ notice }) => (notice ? [describeNotice(notice)] : []));
  const noted = described.length > 0 ? { notices: described } : {};
  try {
    const answer = await mapConcurrently(items, enrich);
    const messages = { succeeded: items.length - refused, refused, returned: 0 };
    const told = refusedFor ? { fault: refusedFor.name, reason: refusedFor.reason } : {};
    return { answer, record: { message: 'pipe enriched', messages, ...told }, ...noted };
  } catch (error) {
    // The pipe retries the whole batch, including the items that had a response already.
    const counts = { succeeded: 0, refused: 0, returned: items.length };
    return { ...failWith(toFault(error), counts), ...noted };
  }
}

function notARequest(): Fault {
  return new Fault(
    'ValidationError',
    'This is a message of an SNS topic about a subscription, not a request.',
  );
}
