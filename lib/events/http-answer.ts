/**
 * Answers in the form that API Gateway (both payload versions) and function URLs expect.
 * Errors are problem documents (RFC 9457). Pure: no I/O.
 */
import type { Fault, FieldError } from '../domain/faults.ts';

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

/** Tokens must not lie in any cache; nor is anything else here worth one. */
const COMMON_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function toCreatedAnswer(body: object): HttpAnswer {
  return {
    statusCode: 201,
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
  if (fault.name === 'MethodNotAllowedError') headers['allow'] = 'POST';
  if (fault.name === 'UnauthenticatedError') headers['www-authenticate'] = 'Bearer';
  return {
    statusCode: fault.status,
    headers,
    body: JSON.stringify(toProblem(fault, requestId)),
  };
}

/** @returns the fault as its callers may see it: without `reason`, cause and stack */
export function toProblem(fault: Fault, requestId: string): Problem {
  return {
    type: `urn:opentok-sessions:${toKebabCase(fault.name)}`,
    title: fault.title,
    status: fault.status,
    detail: fault.message,
    requestId,
    ...(fault.errors ? { errors: fault.errors } : {}),
  };
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
