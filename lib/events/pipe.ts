/**
 * Serves the enrichment of an EventBridge pipe: an array of requests in, an array of results out, in order. A
 * request that can never succeed gets its problem document as the result, so it neither blocks the pipe nor is
 * lost. A transient error fails the whole batch, which the pipe then retries.
 */
import { Fault, toFault } from '../domain/faults.ts';
import { mapConcurrently } from '../domain/map-concurrently.ts';
import type { Invocation } from '../use-cases/invocation.ts';
import { describeNotice } from './envelope.ts';
import type { PipeItem } from './event-source.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { parseJsonText } from './json-text.ts';
import { type Outcome, toFailure } from './outcome.ts';
import { toProblem } from './problem.ts';
import { parseWithReference, readReference } from './reference.ts';

export async function enrichPipe<Request, Result extends object>(
  items: readonly PipeItem[],
  { fromDirect, run }: Pick<FunctionDefinition<Request, Result>, 'fromDirect' | 'run'>,
  invocation: Invocation,
): Promise<Outcome> {
  let rejected = 0;
  let rejectedFor: Fault | undefined;
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
      rejected += 1;
      rejectedFor ??= fault;
      return { ...toProblem(fault, invocation.requestId), ...readReference(body) };
    }
  };
  const described = items.flatMap(({ notice }) => (notice ? [describeNotice(notice)] : []));
  const noted = described.length > 0 ? { notices: described } : {};
  try {
    const response = await mapConcurrently(items, enrich);
    const messages = { succeeded: items.length - rejected, rejected, returned: 0 };
    const cause = rejectedFor ? { fault: rejectedFor.name, reason: rejectedFor.reason } : {};
    return { response, record: { message: 'pipe enriched', messages, ...cause }, ...noted };
  } catch (error) {
    // The pipe retries the whole batch, including the items that had a response already.
    const counts = { succeeded: 0, rejected: 0, returned: items.length };
    return { ...toFailure(toFault(error), counts), ...noted };
  }
}

function notARequest(): Fault {
  return new Fault(
    'ValidationError',
    'This is a message of an SNS topic about a subscription, not a request.',
  );
}
