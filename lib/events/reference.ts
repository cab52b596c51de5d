/**
 * A message's `reference`: what its sender puts in to match the result, which travels unchanged.
 * Pure: no I/O.
 */
import { validationError } from '../domain/faults.ts';
import { parseBoth } from '../domain/request-fields.ts';
import { asRecord } from './as-record.ts';

export const REFERENCE_MAX_LENGTH = 256;

/** The valid reference of a message, if it has one; also told of messages that are refused. */
export function readReference(body: unknown): { readonly reference?: string } {
  const { reference } = asRecord(body);
  return isReference(reference) ? { reference } : {};
}

/**
 * Takes the reference off a message before it is parsed as a request.
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

/** What is not well-formed cannot travel unchanged: EventBridge carries UTF-8. */
function isReference(value: unknown): value is string {
  return typeof value === 'string' && value.length <= REFERENCE_MAX_LENGTH && value.isWellFormed();
}
