/**
 * The part of an AWS stand-in that is the same for every service with the AWS JSON 1.1 protocol:
 * POST / with `X-Amz-Target: <prefix>.<operation>`, signed, JSON in and out, errors by `__type`.
 */
import { randomUUID } from 'node:crypto';
import { localAws } from './aws-environment.ts';
import type { Answer } from './faults.ts';
import { findSignatureFault } from './sigv4.ts';
import { type RecordedRequest, type StandIn, startStandIn } from './stand-in.ts';

/** A request with its operation's name and its input. */
export interface AwsRequest extends RecordedRequest {
  /** Such as `GetSecretValue`; empty when the target is not of this service. */
  readonly operation: string;
  /** The body, parsed; undefined when it is not a JSON object. */
  readonly input: Readonly<Record<string, unknown>> | undefined;
}

/** Thrown by an operation that refuses its input. */
export class AwsRefusal extends Error {
  /** The error's name on the wire, such as `ResourceNotFoundException`. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** One service: how its targets start, how its requests are signed, what it can do. */
export interface AwsService {
  readonly targetPrefix: string;
  readonly signingName: string;
  readonly operations: Readonly<Record<string, (input: Record<string, unknown>) => unknown>>;
  readonly tls?: boolean | undefined;
}

/** Starts a stand-in for a service; see `startStandIn`. */
export function startAwsService(service: AwsService): Promise<StandIn<AwsRequest>> {
  const scope = { ...localAws, service: service.signingName };
  return startStandIn({
    tls: service.tls,
    read: (request) => readAwsRequest(request, service.targetPrefix),
    answer: (request) => {
      const { method, operation, input, headers } = request;
      const run = Object.hasOwn(service.operations, operation) && service.operations[operation];
      const contentType = headers['content-type'];
      if (method !== 'POST' || contentType !== 'application/x-amz-json-1.1' || !run) {
        return awsError('UnknownOperationException', 'Unknown operation.');
      }
      const fault = findSignatureFault(request, { scope, nowMs: Date.now() });
      if (fault) return awsError(fault.type, fault.message);
      if (!input) return awsError('SerializationException', 'The body is not a JSON object.');
      try {
        return awsAnswer(200, run(input));
      } catch (cause) {
        if (cause instanceof AwsRefusal) return awsError(cause.type, cause.message);
        throw cause;
      }
    },
  });
}

/** An answer with a JSON body. */
export function awsAnswer(status: number, body: unknown): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
    },
    body: JSON.stringify(body),
  };
}

/** An error as the SDK understands it. @param status 400 by default, as for most AWS errors. */
export function awsError(type: string, message: string, status = 400): Answer {
  return awsAnswer(status, { __type: type, message });
}

/** Reads operation and input of a request to the service with this prefix of targets. */
export function readAwsRequest(request: RecordedRequest, targetPrefix: string): AwsRequest {
  const target = String(request.headers['x-amz-target'] ?? '');
  const [prefix, operation = ''] = target.split('.');
  return {
    ...request,
    operation: prefix === targetPrefix ? operation : '',
    input: parseObject(request.body),
  };
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
