/**
 * A stand-in for Amazon EventBridge: PutEvents over its wire protocol, for the real SDK.
 *
 * Source: EventBridge API Reference, "PutEvents", and the user guide on failed entries.
 */
import { randomUUID } from 'node:crypto';
import { localAws } from './aws-environment.ts';
import { AwsRefusal, type AwsRequest, awsError, startAwsService } from './aws-json.ts';
import type { Fault } from './faults.ts';
import type { StandIn } from './stand-in.ts';

/** An event that was accepted. */
export interface PublishedEvent {
  readonly eventId: string;
  readonly eventBusName: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
}

/** Why single entries are refused while the call itself answers 200. */
export interface EntryFailure {
  /** Such as `ThrottlingException` or `InternalFailure`. */
  readonly errorCode: string;
  readonly errorMessage?: string;
  /** How many entries it meets. Default 1; may be `Infinity`. */
  readonly times?: number;
}

/** A running stand-in. `fail` fails whole calls, `failEntries` single entries. */
export interface EventBridge extends StandIn<AwsRequest> {
  /** Accepted events in order of arrival. */
  readonly events: readonly PublishedEvent[];
  failEntries(failure: EntryFailure): void;
}

/** @param options.tls HTTPS with the test certificate. */
export async function startEventBridge({ tls }: { tls?: boolean } = {}): Promise<EventBridge> {
  const events: PublishedEvent[] = [];
  const failures: (EntryFailure & { left: number })[] = [];

  const put = (entry: unknown) => {
    const [failure] = failures;
    if (failure) {
      failure.left -= 1;
      if (failure.left <= 0) failures.shift();
      const { errorCode, errorMessage = 'Refused by the stand-in.' } = failure;
      return { ErrorCode: errorCode, ErrorMessage: errorMessage };
    }
    const result = readEntry(entry);
    if ('ErrorCode' in result) return result;
    events.push(result);
    return { EventId: result.eventId };
  };

  const putEvents = ({ Entries }: Record<string, unknown>) => {
    if (!Array.isArray(Entries) || Entries.length < 1 || Entries.length > 10) {
      throw new AwsRefusal('ValidationException', "'entries' must have 1 to 10 members.");
    }
    const results = Entries.map(put);
    return {
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    };
  };

  const standIn = await startAwsService({
    targetPrefix: 'AWSEvents',
    signingName: 'events',
    operations: { PutEvents: putEvents },
    tls,
  });
  return {
    ...standIn,
    events,
    failEntries: (failure) => void failures.push({ ...failure, left: failure.times ?? 1 }),
  };
}

/** Errors that the real service answers with, for `fail`. */
export const eventFaults = {
  accessDenied: {
    kind: 'answer',
    ...awsError(
      'AccessDeniedException',
      `User: arn:aws:sts::${localAws.accountId}:assumed-role/local/local is not authorized to perform: events:PutEvents`,
    ),
  },
  throttling: { kind: 'answer', ...awsError('ThrottlingException', 'Rate exceeded') },
  internal: { kind: 'answer', ...awsError('InternalFailure', 'Internal failure.', 500) },
} satisfies Record<string, Fault>;

function readEntry(entry: unknown): PublishedEvent | { ErrorCode: string; ErrorMessage: string } {
  const { Source, DetailType, Detail, EventBusName, Resources } = Object(entry);
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (typeof value !== 'string' || value === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  const detail = parseDetail(Detail);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return {
    eventId: randomUUID(),
    eventBusName: EventBusName ?? 'default',
    source: Source,
    detailType: DetailType,
    detail,
    resources: Resources ?? [],
  };
}

/** "PutEvents will only process nested JSON up to 1000 levels deep." */
const MAX_DEPTH = 1000;
const MAX_INTEGER = 2n ** 63n - 1n;

function parseDetail(detail: string): Record<string, unknown> | undefined {
  const withoutTexts = detail.replace(/"(?:[^"\\]+|\\.)*"/g, '""');
  if (depthOf(withoutTexts) > MAX_DEPTH || hasHugeInteger(withoutTexts)) return undefined;
  try {
    const value = JSON.parse(detail);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of json) {
    if (character === '[' || character === '{') depth += 1;
    if (character === ']' || character === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** "For the JSON number (integer) data type" the limits are those of 64 bits. */
function hasHugeInteger(json: string): boolean {
  const integers = json.match(/-?\d+(?:[.eE][\d+-]*)*/g) ?? [];
  return integers.some((text) => {
    if (!/^-?\d+$/.test(text)) return false;
    const value = BigInt(text);
    return value > MAX_INTEGER || value < -MAX_INTEGER - 1n;
  });
}
