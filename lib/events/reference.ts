/**
 * A message's `reference`: what its sender puts in to match the result, which travels unchanged.
 * Pure: no I/O.
 */
import { Fault, type FieldError, validationError } from '../domain/faults.ts';
import { toFields } from './fields.ts';

export const REFERENCE_MAX_LENGTH = 256;

/** The valid reference of a message, if it has one; also told of messages that are refused. */
export function readReference(body: unknown): { readonly reference?: string } {
  const { reference } = toFields(body);
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
  if (!Object.hasOwn(toFields(body), 'reference')) return parse(body);
  const { reference, ...request } = toFields(body);
  const errors: FieldError[] = [];
  if (!isReference(reference)) {
    const detail = `must be a string of at most ${REFERENCE_MAX_LENGTH} characters`;
    errors.push({ pointer: '#/reference', detail });
  }
  let parsed: Request | undefined;
  try {
    parsed = parse(request);
  } catch (error) {
    if (!(error instanceof Fault && error.errors)) throw error;
    errors.push(...error.errors);
  }
  if (errors.length > 0) throw validationError(errors);
  return parsed as Request;
}

function isReference(value: unknown): value is string {
  return typeof value === 'string' && value.length <= REFERENCE_MAX_LENGTH;
}
