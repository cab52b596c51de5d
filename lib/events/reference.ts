/**
 * Reads the `reference` of a message, by which its sender recognizes the result. It is copied unchanged.
 * Pure: no I/O.
 */
import { validationError } from '../domain/faults.ts';
import { parseBoth } from '../domain/request-fields.ts';
import { asRecord } from './untrusted.ts';

export const REFERENCE_MAX_LENGTH = 256;

/** Returns the reference of a message if it has a valid one; used for rejected messages too. */
export function readReference(body: unknown): { readonly reference?: string } {
  const { reference } = asRecord(body);
  return isReference(reference) ? { reference } : {};
}

/**
 * Removes the reference from a message and parses the rest as a request.
 * @throws Fault `ValidationError` that lists the faults of both
 */
export function parseWithReference<Request>(
  body: unknown,
  parse: (request: unknown) => Request,
): Request {
  if (!Object.hasOwn(asRecord(body), 'reference')) return parse(body);
  const { reference, ...request } = asRecord(body);
  const [, parsed] = parseBoth(
    () => assertReference(reference),
    () => parse(request),
  );
  return parsed;
}

function assertReference(reference: unknown): void {
  if (isReference(reference)) return;
  const detail = `must be a string of at most ${REFERENCE_MAX_LENGTH} characters, in well-formed Unicode`;
  throw validationError([{ pointer: '#/reference', detail }]);
}

/** Text that is not well-formed cannot be copied unchanged: EventBridge accepts UTF-8. */
function isReference(value: unknown): value is string {
  return typeof value === 'string' && value.length <= REFERENCE_MAX_LENGTH && value.isWellFormed();
}
