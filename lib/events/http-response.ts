/**
 * Builds responses for API Gateway (both payload versions) and function URLs. Errors are problem documents
 * (RFC 9457). Pure: no I/O.
 */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Fault } from '../domain/faults.ts';
import type { CallerSettings } from './caller.ts';
import { toProblem } from './problem.ts';

/** A response that both payload versions accept. */
export type HttpResponse = {
  readonly [Name in 'statusCode' | 'body']: NonNullable<APIGatewayProxyStructuredResultV2[Name]>;
} & { readonly headers: Readonly<Record<string, string>> };

/** Tokens must not be cached, and nothing else here is worth caching. */
const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** @param status of a success; with 204 the body is omitted */
export function toHttpResponse(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  if (status === 204) return { statusCode: status, headers: COMMON_HEADERS, body: '' };
  return {
    statusCode: status,
    headers: { ...COMMON_HEADERS, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** The authentication scheme that the deployment's authorizer accepts (Signature Version 4; RFC 6750). */
const CHALLENGES = {
  iam: 'AWS4-HMAC-SHA256',
  jwt: 'Bearer',
  none: 'Bearer',
} as const satisfies Record<CallerSettings['auth'], string>;

export function toProblemResponse(
  fault: Fault,
  requestId: string,
  { auth }: Pick<CallerSettings, 'auth'>,
): HttpResponse {
  const headers: Record<string, string> = {
    ...COMMON_HEADERS,
    'content-type': 'application/problem+json',
  };
  if (fault.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(fault.retryAfterSeconds);
  }
  // RFC 9110 requires both (sections 15.5.6 and 15.5.2).
  if (fault.allow !== undefined) headers['allow'] = fault.allow;
  if (fault.name === 'UnauthenticatedError') headers['www-authenticate'] = CHALLENGES[auth];
  return {
    statusCode: fault.status,
    headers,
    body: JSON.stringify(toProblem(fault, requestId)),
  };
}
