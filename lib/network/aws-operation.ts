/**
 * Calls one operation of an AWS service, using public parts of the SDK: the operation's schema and
 * the service's protocol read and write the wire format, SignatureV4 signs.
 *
 * The SDK's client, which usually joins them, is omitted: it searches a dozen places for settings and
 * credentials, of which Lambda has one, and is most of a cold start. docs/architecture.md says what to
 * do when an SDK update changes one of the parts.
 */
import type { AwsJsonRpcProtocol } from '@aws-sdk/core/protocols';
import { HttpResponse } from '@smithy/core/protocols';
import { operation } from '@smithy/core/schema';
import type { MetadataBearer, StaticOperationSchema } from '@smithy/types';
import { isAwsError, isTransientAwsError, MalformedResponse } from './aws-errors.ts';
import { type AwsEnvironment, type SigningClock, signAwsRequest } from './aws-signing.ts';
import { createRetry, type RetryPolicy, type Timing } from './retry.ts';
import type { SendRequest, WireResponse } from './send.ts';

/**
 * A secret has at most 64 KiB and a page of table items 1 MiB, a third more in base64. JSON escapes
 * can take six bytes for one character.
 */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

/** What all calls to AWS share, whatever the service. */
export interface Aws {
  readonly send: SendRequest;
  readonly timing: Timing;
  readonly signingClock: SigningClock;
  /** Called for each attempt: temporary credentials change. */
  readonly readEnvironment: () => AwsEnvironment;
  readonly userAgent: string;
}

export interface AwsService {
  /** Base URL. */
  readonly endpoint: string;
  /** The service's name in signatures. */
  readonly signingName: string;
  readonly protocol: AwsJsonRpcProtocol;
  readonly policy: Omit<RetryPolicy, 'toMinPauseMs'>;
}

/**
 * @param timeoutMs for all attempts and pauses together
 * @throws the SDK's error class for an error response; MalformedResponse, NoCredentials,
 *   TransportError or TimeoutError otherwise
 */
export type AwsOperation<Input extends object, Output> = (
  input: Input,
  timeoutMs: number,
) => Promise<Output>;

/**
 * Returns a function that creates an operation from its schema. Its `check` throws if a successful
 * response reports a failure; such an error is retried like an error response of the same name.
 */
export function createAwsService(
  { send, timing, signingClock, readEnvironment, userAgent }: Aws,
  { endpoint, signingName, protocol, policy }: AwsService,
) {
  const toMinPauseMs = (error: unknown) => (isTransientAwsError(error) ? 0 : undefined);
  const retry = createRetry({ ...policy, toMinPauseMs }, timing);

  return <Input extends object, Output extends MetadataBearer>(
    schema: StaticOperationSchema,
    check: (output: Output) => void = () => undefined,
  ): AwsOperation<Input, Output> => {
    const [, namespace, name, traits, inputSchema, outputSchema] = schema;
    const described = operation(namespace, name, traits, inputSchema, outputSchema);

    const attempt = async (input: Input, timeoutMs: number): Promise<Output> => {
      const deadlineMs = timing.now() + timeoutMs;
      const url = new URL(endpoint);
      const context = toContext(url);
      const unsigned = await protocol.serializeRequest(described, input, context);
      // The protocol adds a slash to the endpoint's path, and signs that path.
      url.pathname = unsigned.path;
      const { headers, body } = await signAwsRequest(unsigned, {
        service: signingName,
        host: url.host,
        environment: readEnvironment(),
        userAgent,
        nowMs: signingClock.now(),
      });
      // Signing is part of the attempt, so it does not extend the attempt's timeout.
      const leftMs = Math.max(Math.floor(deadlineMs - timing.now()), 1);
      const bounds = { timeoutMs: leftMs, maxResponseBytes: MAX_RESPONSE_BYTES };
      const response = await send({ url, headers, body, ...bounds });
      if (isHollow(response)) throw new MalformedResponse(response.status);
      let output: Output;
      try {
        output = await protocol.deserializeResponse(described, context, toHttpResponse(response));
      } catch (error) {
        if (!isAwsError(error)) throw new MalformedResponse(response.status);
        if (signingClock.correct(response.headers['date'])) {
          error.clockSkewCorrected = true;
        }
        throw error;
      }
      check(output);
      return output;
    };
    return (input, timeoutMs) => retry(timeoutMs, (attemptMs) => attempt(input, attemptMs));
  };
}

/**
 * Whether a success response is not what these protocols return: status 200 and a JSON object. The SDK
 * reads an empty body, `null` and an array as an output without fields, which would mean that an item
 * does not exist or a secret has no text.
 */
function isHollow({ status, body }: WireResponse): boolean {
  return status < 300 && !(status === 200 && /^\s*\{/.test(body));
}

/** These protocols use only the endpoint of the context that a client passes. */
function toContext(url: URL): Parameters<AwsJsonRpcProtocol['serializeRequest']>[2] {
  return { endpoint: async () => ({ url }) } as unknown as ReturnType<typeof toContext>;
}

function toHttpResponse({ status, headers, body }: WireResponse): HttpResponse {
  const single = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return new HttpResponse({
    statusCode: status,
    headers: Object.fromEntries(single),
    body: Buffer.from(body),
  });
}
