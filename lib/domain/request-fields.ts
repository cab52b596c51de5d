/**
 * Parses a request body into typed fields, or reports every invalid field. Pure: no I/O.
 *
 * Rejects two things that Valibot accepts or reports incompletely: an array in place of an object, and every
 * unknown field by name (`strictObject` stops at the first).
 */
import * as v from 'valibot';
import { Fault, type FieldError, validationError } from './faults.ts';

/** Bounds the response to a body full of unknown fields. */
const MAX_FIELD_ERRORS = 50;
const MAX_FIELD_NAME_LENGTH = 64;

type FieldsSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/** A rule that needs more than the request, such as the clock. Reads the unparsed request. */
export type FieldsRule = (fields: Readonly<Record<string, unknown>>) => readonly FieldError[];

/**
 * Parses a request body by a schema.
 *
 * @param schema an object schema; rules across fields use `partialCheck`, so each applies as soon as the
 *   fields it reads are valid
 * @param input the body; `undefined` (no body) equals `{}`
 * @throws Fault `ValidationError` that lists every invalid field, up to 50
 */
export function parseFields<Schema extends FieldsSchema>(
  schema: Schema,
  input: unknown = {},
  rule?: FieldsRule,
): v.InferOutput<Schema> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw validationError([{ pointer: '#', detail: 'must be a JSON object' }]);
  }
  const errors: FieldError[] = [];
  for (const name of Object.keys(input)) {
    if (!Object.hasOwn(schema.entries, name)) {
      errors.push({ pointer: toPointer([name]), detail: `is not one of ${listFields(schema)}` });
    }
  }
  const result = v.safeParse(schema, input);
  for (const { path, message } of result.issues ?? []) {
    errors.push({ pointer: toPointer(path?.map(({ key }) => key) ?? []), detail: message });
  }
  if (rule) errors.push(...rule(input as Record<string, unknown>));
  if (errors.length > 0) throw validationError(errors.slice(0, MAX_FIELD_ERRORS));
  return result.output;
}

/**
 * Parses two parts of one request and reports the invalid fields of both.
 *
 * @throws Fault `ValidationError`
 */
export function parseBoth<First, Second>(
  first: () => First,
  second: () => Second,
): readonly [First, Second] {
  return parseEach<First | Second>([first, second]) as unknown as readonly [First, Second];
}

/**
 * Parses any number of parts of one request and reports the invalid fields of all.
 *
 * @throws Fault `ValidationError`
 */
export function parseEach<Parsed>(parts: readonly (() => Parsed)[]): readonly Parsed[] {
  const errors: FieldError[] = [];
  const parsed = parts.flatMap((parse) => {
    try {
      return [parse()];
    } catch (error) {
      errors.push(...readErrors(error));
      return [];
    }
  });
  if (errors.length > 0) throw validationError(errors.slice(0, MAX_FIELD_ERRORS));
  return parsed;
}

/**
 * Parses an object that is a field of another object.
 *
 * @throws Fault `ValidationError` with pointers relative to the outer object
 */
export function parseWithin<Parsed>(name: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    const errors = readErrors(error);
    throw validationError(
      errors.map(({ pointer, detail }) => ({ pointer: `#/${name}${pointer.slice(1)}`, detail })),
    );
  }
}

/** Rethrows anything but a validation error. */
function readErrors(error: unknown): readonly FieldError[] {
  if (error instanceof Fault && error.errors) return error.errors;
  throw error;
}

function listFields({ entries }: FieldsSchema): string {
  return Object.keys(entries).join(', ');
}

/** Returns a JSON Pointer as a URI fragment (RFC 6901 sections 3 and 6). */
function toPointer(path: readonly unknown[]): string {
  const tokens = path.map((key) => {
    const name = String(key).slice(0, MAX_FIELD_NAME_LENGTH).toWellFormed();
    return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
  });
  return ['#', ...tokens].join('/');
}

/** A string that every encoding on its way (UTF-8, percent-encoding) can carry unchanged. */
export const wellFormedText = v.pipe(
  v.string('must be a string'),
  v.check(
    (value) => value.isWellFormed(),
    'must be well-formed Unicode; it contains half a surrogate pair',
  ),
);

/**
 * Limits characters as people and JSON Schema count them (code points), for our own limits. The platform's
 * limits are in UTF-16 code units.
 */
export function maxCharacters(limit: number, message: string): v.CheckAction<string, string> {
  return v.check((text) => text.length <= 2 * limit && [...text].length <= limit, message);
}

/** Accepts one of a closed list of words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
): v.PicklistSchema<Words, string> {
  return v.picklist(words, `must be one of ${words.join(', ')}`);
}
