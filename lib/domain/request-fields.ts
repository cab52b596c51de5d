/**
 * Request body (`unknown`) to typed fields, or every faulty field at once. Pure: no I/O.
 *
 * On top of the schema it refuses what the schema library lets pass: arrays in place of an object,
 * and every unknown field by its name (Valibot's `strictObject` stops at the first).
 */
import * as v from 'valibot';
import { Fault, type FieldError, validationError } from './faults.ts';

/** More faults than any honest request has; keeps a body full of unknown fields from a huge answer. */
const MAX_FIELD_ERRORS = 50;
const MAX_FIELD_NAME_LENGTH = 64;

type FieldsSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

/** A rule that needs more than the request to judge, such as the clock. Reads the request unparsed. */
export type FieldsRule = (fields: Readonly<Record<string, unknown>>) => readonly FieldError[];

/**
 * @param schema an object schema; rules across fields are piped onto it with `partialCheck`, so that
 *   each is judged as soon as the fields it reads are valid, whatever is wrong elsewhere
 * @param input what the caller sent; `undefined` stands for no body and equals `{}`
 * @throws Fault `ValidationError` that lists every faulty field, up to 50
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
 * Parses two parts of one request, so that the faults of both are told at once.
 * @throws Fault `ValidationError`
 */
export function parseBoth<First, Second>(
  first: () => First,
  second: () => Second,
): readonly [First, Second] {
  return parseEach<First | Second>([first, second]) as unknown as readonly [First, Second];
}

/**
 * The same for any number of parts.
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
 * Parses an object that is a field of another.
 * @throws Fault `ValidationError` whose pointers start at the other
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

/** @throws what is no refusal of fields */
function readErrors(error: unknown): readonly FieldError[] {
  if (error instanceof Fault && error.errors) return error.errors;
  throw error;
}

function listFields({ entries }: FieldsSchema): string {
  return Object.keys(entries).join(', ');
}

/** A JSON Pointer as a URI fragment (RFC 6901 sections 3 and 6). */
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
    'must be well-formed Unicode: it has half a surrogate pair',
  ),
);

/**
 * Characters as people and JSON Schema count them, not the code units of UTF-16: for limits that are
 * ours. The platform's are in code units.
 */
export function maxCharacters(limit: number, message: string): v.CheckAction<string, string> {
  return v.check((text) => text.length <= 2 * limit && [...text].length <= limit, message);
}

/** One of a closed list of words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
): v.PicklistSchema<Words, string> {
  return v.picklist(words, `must be one of ${words.join(', ')}`);
}
