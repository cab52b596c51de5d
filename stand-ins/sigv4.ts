/**
 * Checks AWS Signature Version 4 the way AWS does, with `node:crypto` alone, so that a request that
 * passes here was really signed with the right key, for the right service and region.
 *
 * Source: AWS IAM User Guide, "Create a signed AWS API request".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RecordedRequest } from './stand-in.ts';

/** The access key and the service that requests are accepted for. */
export interface SigningScope {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** The signing name, such as `secretsmanager` or `events`. */
  readonly service: string;
}

/** Why a request is refused, in AWS's words. */
export interface SignatureFault {
  readonly type: string;
  readonly message: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
/** The last of services of the AWS JSON protocol; an API behind API Gateway has none. */
const signedWherePresent = ['host', 'x-amz-date', 'x-amz-target'];
const clockSkewMs = 5 * 60 * 1000;

/** Returns what is wrong with the signature, or undefined when it is right. */
export function findSignatureFault(
  request: RecordedRequest,
  { scope, nowMs }: { scope: SigningScope; nowMs: number },
): SignatureFault | undefined {
  const header = request.headers.authorization;
  if (!header) {
    return { type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
  }
  const authorization = parseAuthorization(header);
  const signedAt = String(request.headers['x-amz-date'] ?? '');
  if (!authorization || !/^\d{8}T\d{6}Z$/.test(signedAt)) {
    return {
      type: 'IncompleteSignatureException',
      message: 'Authorization header or X-Amz-Date is incomplete.',
    };
  }
  const { accessKeyId, credentialScope, signedHeaders, signature } = authorization;
  if (accessKeyId !== scope.accessKeyId) {
    return {
      type: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    };
  }
  const invalid = (message: string) => ({ type: 'InvalidSignatureException', message });
  const wantedScope = `${signedAt.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
  if (credentialScope !== wantedScope) {
    return invalid(`Credential should be scoped to ${wantedScope}, not ${credentialScope}.`);
  }
  const unsigned = signedWherePresent.filter(
    (name) => name in request.headers && !signedHeaders.includes(name),
  );
  if (unsigned.length > 0) return invalid(`Not signed: ${unsigned.join(', ')}.`);
  if (Math.abs(parseBasicTime(signedAt) - nowMs) > clockSkewMs) {
    return invalid(`Signature expired or from the future: ${signedAt}.`);
  }
  const right = signRequest(request, { scope, credentialScope, signedHeaders, signedAt });
  if (!sameText(signature, right)) {
    return invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
  return undefined;
}

function parseAuthorization(header: string) {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/([^,\s]+), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (!parts) return undefined;
  const [, accessKeyId = '', credentialScope = '', names = '', signature = ''] = parts;
  return { accessKeyId, credentialScope, signedHeaders: names.split(';'), signature };
}

interface SigningInput {
  readonly scope: SigningScope;
  readonly credentialScope: string;
  readonly signedHeaders: readonly string[];
  readonly signedAt: string;
}

function signRequest(request: RecordedRequest, input: SigningInput): string {
  const { scope, credentialScope, signedHeaders, signedAt } = input;
  const [path, query = ''] = request.path.split('?');
  const canonicalRequest = [
    request.method,
    path,
    query.split('&').sort().join('&'),
    ...signedHeaders.map((name) => `${name}:${collapse(String(request.headers[name] ?? ''))}`),
    '',
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const toSign = [algorithm, signedAt, credentialScope, sha256(canonicalRequest)].join('\n');
  const key = credentialScope
    .split('/')
    .reduce<string | Buffer>(
      (previous, part) => hmac(previous, part),
      `AWS4${scope.secretAccessKey}`,
    );
  return hmac(key, toSign).toString('hex');
}

const collapse = (value: string) => value.trim().replace(/ +/g, ' ');
const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
const hmac = (key: string | Buffer, value: string) =>
  createHmac('sha256', key).update(value).digest();

function sameText(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}

/** `20260102T030405Z` to epoch milliseconds. */
function parseBasicTime(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'));
}
