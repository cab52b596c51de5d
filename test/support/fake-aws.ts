/**
 * A fake AWS for the serverless command, over a real socket. A test defines the response of each
 * operation; any other operation is rejected by name.
 */

import type { Answer } from '../../stand-ins/faults.ts';
import { type RecordedRequest, type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';

/** The input of an operation: the fields of a form or of a JSON object. */
export type Input = Readonly<Record<string, unknown>>;
type Operation = (input: Input) => object;
/** By operation name; REST operations by method and path. */
export type Operations = Readonly<Record<string, Operation>>;

export interface FakeAws extends StandIn<AwsCall> {
  /** Environment variables that direct the serverless command's SDK to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Operations in order of arrival. */
  readonly calls: () => readonly string[];
}

interface AwsCall extends RecordedRequest {
  readonly operation: string;
}

/** Builds an AWS error response. */
export class AwsError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export async function startFakeAws(operations: Operations): Promise<FakeAws> {
  const standIn = await startStandIn<AwsCall>({
    read: (request) => ({ ...request, operation: readOperation(request) }),
    answer: ({ operation, body, headers }) => {
      const asXml = String(headers['content-type']).includes('form-urlencoded');
      const input = asXml ? Object.fromEntries(new URLSearchParams(body)) : parse(body);
      try {
        const run = operations[operation];
        if (!run) throw new AwsError('NotExpected', `${operation} is not expected`);
        return asXml ? answerInXml(operation, run(input)) : answerInJson(200, run(input));
      } catch (cause) {
        const { name, message } = cause as AwsError;
        return asXml ? refuseInXml(name, message) : refuseInJson(name, message);
      }
    },
  });
  return {
    ...standIn,
    environment: {
      AWS_ENDPOINT_URL: standIn.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_MAX_ATTEMPTS: '1',
      SLS_AWS_MONITORING_FREQUENCY: '50',
    },
    calls: () => standIn.requests.map(({ operation }) => operation),
  };
}

function readOperation({ method, path, headers, body }: RecordedRequest): string {
  const target = headers['x-amz-target'];
  if (target) return String(target).split('.').at(-1) ?? '';
  return new URLSearchParams(body).get('Action') ?? `${method} ${path.split('?')[0]}`;
}

function parse(body: string): Input {
  return body === '' ? {} : JSON.parse(body);
}

function answerInJson(status: number, value: object) {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(value),
  };
}

function refuseInJson(type: string, message: string): Answer {
  const { headers, body } = answerInJson(400, { __type: type, message });
  return { status: 400, headers: { ...headers, 'x-amzn-errortype': type }, body };
}

function answerInXml(operation: string, value: object): Answer {
  const result = toXml(value);
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  };
}

function refuseInXml(code: string, message: string): Answer {
  return {
    status: 400,
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse><Error>${toXml({ Type: 'Sender', Code: code, Message: message })}</Error></ErrorResponse>`,
  };
}

function toXml(value: unknown): string {
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, inner]) => `<entry>${toXml({ key, value: inner })}</entry>`,
    );
    return entries.join('');
  }
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('');
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([name, inner]) => `<${name}>${toXml(inner)}</${name}>`)
      .join('');
  }
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
