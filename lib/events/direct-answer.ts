/**
 * What a direct caller gets for a fault: a thrown error whose `name` it can catch (Step Functions'
 * `ErrorEquals`, `errorType` in Lambda's answer). Pure: no I/O.
 */
import type { Fault } from '../domain/faults.ts';

/**
 * Lambda sends name, message and stack of a thrown error to the caller and writes the error with
 * all it holds to the log, so this one holds no cause and a stack of one line.
 */
export function toThrownError(fault: Fault): Error {
  const fields = fault.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`) ?? [];
  const error = new Error([fault.message, ...fields].join('\n'));
  error.name = fault.name;
  error.stack = `${fault.name}: ${fault.message}`;
  return error;
}
