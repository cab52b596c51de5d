/**
 * The JSON Schema of a request: what the Valibot schema that checks it accepts, with the
 * words that stand beside it. It accepts all that the code accepts, and nothing more except
 * where no schema can say what the code says (test/openapi/agreement.long.test.ts names the places).
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { type PairRule, toConditions } from './conditions.ts';
import { toPortablePattern } from './portable-pattern.ts';
import type { FieldWords, JsonSchema } from './texts/field-words.ts';

type RequestSchema = v.GenericSchema & {
  readonly entries: v.ObjectEntries;
  readonly pipe?: readonly unknown[];
};

interface Action {
  readonly type: string;
  readonly requirement?: unknown;
}

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
    return [name, merge(joined, stated)];
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

/** @returns `undefined` for what the library converts correctly */
function convertAction({ type, requirement }: Action, json: JsonSchema): JsonSchema | undefined {
  switch (type) {
    case 'partial_check':
    // Code that no schema states: the words of its field do.
    case 'check':
      return json;
    case 'regex':
      return { ...json, pattern: toPortablePattern((requirement as RegExp).source) };
    case 'ipv4':
      return {
        ...json,
        format: 'ipv4',
        // A format is a hint to some tools.
        pattern: toPortablePattern((requirement as RegExp).source),
      };
    default:
      return undefined;
  }
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
