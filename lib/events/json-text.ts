/**
 * Parses JSON text from outside within a size limit. Pure: no I/O.
 */
import { Fault } from '../domain/faults.ts';

export const MAX_BODY_BYTES = 32 * 1024;

/** @throws Fault `PayloadTooLargeError` */
export function assertBodySize(byteLength: number): void {
  if (byteLength <= MAX_BODY_BYTES) return;
  throw new Fault(
    'PayloadTooLargeError',
    `The body has ${byteLength} bytes; at most ${MAX_BODY_BYTES} are allowed.`,
  );
}

/** @throws Fault `ValidationError`, which does not quote the text, unlike the parser's own message */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson();
  }
}

/** @throws Fault `PayloadTooLargeError` or `ValidationError` */
export function parseJsonText(text: string): unknown {
  assertBodySize(Buffer.byteLength(text));
  return parseJson(text);
}

export function notJson(): Fault {
  return new Fault('ValidationError', 'The body is not valid JSON in UTF-8.');
}
