/**
 * A call to an AWS service, made of what the SDK publishes as parts: the operation's schema and the
 * service's protocol write and read the wire format, SignatureV4 signs. What is left out is the
 * client that joins them: it looks for settings and credentials in a dozen places of which Lambda has
 * one, and is most of a cold start. docs/architecture.md says what to do when an update of the SDK
 * changes a part.
 */
import type { AwsJsonRpcProtocol } from '@aws-sdk/core/protocols';
import { HttpResponse } from '@smithy/core/protocols';
import { operation } from '@smithy/core/schema';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest, MetadataBearer, StaticOperationSchema } from '@smithy/types';
import { isAwsError, isTransientAwsError, MalformedAnswer, NoCredentials } from './aws-errors.ts';
import { createRetry, type RetryPolicy, type Timing } from './retry.ts';
import type { SendRequest, WireResponse } from './send.ts';
import { Sha256 } from './sha256.ts';
import type { SigningClock } from './signing-clock.ts';

/**
 * A secret has 64 KiB at most, a page of a table's items 1 MiB, of which base64 makes a third more; JSON
 * writes some characters as six.
 */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024;

/** What Lambda tells a function about its place in AWS, read anew for each attempt. */
export interface AwsEnvironment {
  readonly region: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
  /** A role's credentials, as every function has them, count only together with it. */
  readonly sessionToken: string | undefined;
  /** X-Ray's trace of the invocation, which the service's own segment then belongs to. */
  readonly traceId: string | undefined;
}

/** What calls to AWS have in common, whatever the service. */
export interface Aws {
  readonly send: SendRequest;
  readonly timing: Timing;
  readonly signingClock: SigningClock;
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
 * @throws the SDK's error of that name for what the service refuses; MalformedAnswer, which does not
 *   quote it; NoCredentials; TransportError; OutOfTime
 */
export type AwsOperation<Input extends object, Output> = (
  input: Input,
  timeoutMs: number,
) => Promise<Output>;

/**
 * @returns what makes one of the service's operations of its schema; `check` throws what an answer that
 *   is no error refuses all the same, which is then tried again as an error of that name would be
 */
export function createAwsService(
  aws: Aws,
  { endpoint, signingName, protocol, policy }: AwsService,
) {
  const toMinPauseMs = (error: unknown) => (isTransientAwsError(error) ? 0 : undefined);
  const retry = createRetry({ ...policy, toMinPauseMs }, aws.timing);

  return <Input extends object, Output extends MetadataBearer>(
    schema: StaticOperationSchema,
    check: (output: Output) => void = () => undefined,
  ): AwsOperation<Input, Output> => {
    const [, namespace, name, traits, inputSchema, outputSchema] = schema;
    const described = operation(namespace, name, traits, inputSchema, outputSchema);

    const attempt = async (input: Input, timeoutMs: number): Promise<Output> => {
      const deadlineMs = aws.timing.now() + timeoutMs;
      const url = new URL(endpoint);
      const context = toContext(url);
      const unsigned = await protocol.serializeRequest(described, input, context);
      // The protocol closes an endpoint's path with a slash, and that path is the signed one.
      url.pathname = unsigned.path;
      const { headers, body } = await sign(aws, signingName, url, unsigned);
      // Signing counts: whoever waits for the attempt does not wait any longer.
      const leftMs = Math.max(Math.floor(deadlineMs - aws.timing.now()), 1);
      const bounds = { timeoutMs: leftMs, maxResponseBytes: MAX_RESPONSE_BYTES };
      const response = await aws.send({ url, headers, body, ...bounds });
      if (isHollow(response)) throw new MalformedAnswer(response.status);
      let output: Output;
      try {
        output = await protocol.deserializeResponse(described, context, toHttpResponse(response));
      } catch (error) {
        if (!isAwsError(error)) throw new MalformedAnswer(response.status);
        if (aws.signingClock.correct(response.headers['date'])) {
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
 * Whether an answer that is no error is no JSON object either: what these protocols answer with, always
 * at 200. The SDK reads nothing, `null` and an array as an output without fields, which would say that
 * an item is not there or a secret has no text.
 */
function isHollow({ status, body }: WireResponse): boolean {
  return status < 300 && !(status === 200 && /^\s*\{/.test(body));
}

/** Of all that a client hands its protocol, these protocols ask for the endpoint alone. */
function toContext(url: URL): Parameters<AwsJsonRpcProtocol['serializeRequest']>[2] {
  return { endpoint: async () => ({ url }) } as unknown as ReturnType<typeof toContext>;
}

async function sign(
  { readEnvironment, signingClock, userAgent }: Aws,
  service: string,
  { host }: URL,
  request: HttpRequest,
): Promise<HttpRequest> {
  const { region, accessKeyId, secretAccessKey, sessionToken, traceId } = readEnvironment();
  if (!region || !accessKeyId || !secretAccessKey) throw new NoCredentials();
  const { body } = request;
  request.headers['host'] = host;
  request.headers['content-length'] = String(Buffer.byteLength(body));
  request.headers['user-agent'] = userAgent;
  if (traceId) request.headers['x-amzn-trace-id'] = traceId;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  return signer.sign(request, { signingDate: new Date(signingClock.now()) });
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
