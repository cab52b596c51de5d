/**
 * The error that a direct invocation throws. Callers catch it by `name` (Step Functions' `ErrorEquals`,
 * `errorType` in Lambda's response). Pure: no I/O.
 */
import type { Fault } from '../domain/faults.ts';

/**
 * Lambda sends name, message and stack of a thrown error to the caller and logs the whole error, so this
 * error has no cause and a stack of one line.
 */
export function toThrownError(fault: Fault): Error {
  const fields = fault.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`) ?? [];
  const error = new Error([fault.message, ...fields].join('\n'));
  error.name = fault.name;
  error.stack = `${fault.name}: ${fault.message}`;
  return error;
}
