/**
 * The JSON Schema of a request: what the Valibot schema that checks it accepts, no more and no less,
 * with the words that stand beside it.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { FieldWords, JsonSchema } from '../../lib/domain/field-words.docs.ts';
import { wellFormedText } from '../../lib/domain/request-fields.ts';
import { type PairRule, toConditions } from './conditions.ts';
import { toPortablePattern, toTextPattern } from './portable-pattern.ts';

type RequestSchema = v.GenericSchema & {
  readonly entries: v.ObjectEntries;
  readonly pipe?: readonly unknown[];
};

interface Action {
  readonly type: string;
  readonly requirement?: unknown;
}

/** Marks, until the words are joined in, what has to be well-formed Unicode. */
const WELL_FORMED = 'wellFormed';
const ONE_CHARACTER_REPEATED = /^\^(\\S|\[[^\]]+\])\+\$$/;

export function toRequestSchema(
  schema: RequestSchema,
  words: Readonly<Record<string, FieldWords>>,
): JsonSchema {
  const { $schema, required, ...json } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    overrideAction: ({ valibotAction, jsonSchema }) =>
      convertAction(valibotAction as unknown as Action, jsonSchema as JsonSchema) as never,
  });
  const properties = Object.entries(json.properties ?? {}).map(([name, property]) => {
    const { description, examples, schema: stated = {} } = words[name] ?? missing(name);
    const joined = merge(property as JsonSchema, { description, ...(examples && { examples }) });
    return [name, spellOutText(merge(joined, stated))];
  });
  const conditions = (schema.pipe ?? []).flatMap((action) =>
    (action as Action).type === 'partial_check'
      ? toConditions(action as PairRule, schema.entries)
      : [],
  );
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
    ...(required?.length ? { required } : {}),
    ...(conditions.length ? { allOf: conditions } : {}),
  };
}

/** @returns `undefined` for what the library converts rightly by itself */
function convertAction(action: Action, json: JsonSchema): JsonSchema | undefined {
  const { type, requirement } = action;
  if (type === 'partial_check') return json;
  if (type === 'check') {
    // Another one is code that no schema states: the field's words do.
    const isText = (wellFormedText.pipe as readonly unknown[]).includes(action);
    return isText ? { ...json, [WELL_FORMED]: true } : json;
  }
  if (type === 'ipv4' || type === 'regex') {
    const pattern = (requirement as RegExp).source;
    return { ...json, ...(type === 'ipv4' ? { format: 'ipv4' } : {}), pattern };
  }
  return undefined;
}

/** Gives every text in a schema its pattern. */
function spellOutText(schema: JsonSchema): JsonSchema {
  const { [WELL_FORMED]: isWellFormed, items, pattern, ...rest } = schema;
  const inner = items === undefined ? {} : { items: spellOutText(items as JsonSchema) };
  if (!isWellFormed) {
    return {
      ...rest,
      ...inner,
      ...(pattern === undefined ? {} : { pattern: toPortablePattern(String(pattern)) }),
    };
  }
  const { minLength, maxLength } = schema as { minLength?: number; maxLength?: number };
  const [, character] = ONE_CHARACTER_REPEATED.exec(String(pattern)) ?? [];
  if (pattern !== undefined && !character) throw new Error(`Cannot join ${pattern} to a length.`);
  const rule = {
    minLength: minLength ?? (character ? 1 : 0),
    ...(character && { allowed: new RegExp(character) }),
    ...(maxLength !== undefined && { maxLength }),
  };
  return { ...rest, pattern: toTextPattern(rule) };
}

function merge(schema: JsonSchema, more: JsonSchema): JsonSchema {
  const items = more['items'] && {
    items: { ...Object(schema['items']), ...Object(more['items']) },
  };
  return { ...schema, ...more, ...Object(items) };
}

function missing(name: string): never {
  throw new Error(`There are no words for the field ${name}.`);
}
