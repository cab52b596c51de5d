/**
 * Answers in the form that API Gateway (both payload versions) and function URLs expect.
 * Errors are problem documents (RFC 9457). Pure: no I/O.
 */
import type { Fault } from '../domain/faults.ts';
import { toProblem } from './problem.ts';

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Tokens must not lie in any cache; nor is anything else here worth one. */
const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** @param status of a success; 204 has no body */
export function toHttpAnswer(status: number, body: object): HttpAnswer {
  if (status === 204) return { statusCode: status, headers: COMMON_HEADERS, body: '' };
  return {
    statusCode: status,
    headers: { ...COMMON_HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

export function toProblemAnswer(fault: Fault, requestId: string): HttpAnswer {
  const headers: Record<string, string> = {
    ...COMMON_HEADERS,
    'content-type': 'application/problem+json',
  };
  if (fault.retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(fault.retryAfterSeconds);
  }
  // RFC 9110 section 15.5.6 asks for it.
  if (fault.allow !== undefined) headers['allow'] = fault.allow;
  if (fault.name === 'UnauthenticatedError') headers['www-authenticate'] = 'Bearer';
  return {
    statusCode: fault.status,
    headers,
    body: JSON.stringify(toProblem(fault, requestId)),
  };
}
