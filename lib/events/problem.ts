/**
 * Builds the problem document (RFC 9457) that callers get for a fault. Pure: no I/O.
 */
import type { Fault, FieldError, ProblemMembers } from '../domain/faults.ts';

export interface Problem extends ProblemMembers {
  /** `urn:opentok-sessions:` and the fault's name, such as `validation-error`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

/** Omits `reason`, cause and stack, which are for the operator. */
export function toProblem(fault: Fault, requestId: string): Problem {
  return {
    type: `urn:opentok-sessions:${toKebabCase(fault.name)}`,
    title: fault.title,
    status: fault.status,
    detail: fault.message,
    requestId,
    ...fault.members,
    ...(fault.errors ? { errors: fault.errors } : {}),
  };
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
