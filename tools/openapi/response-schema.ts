/** Schemas of responses. */
import type { JsonSchema } from './texts/field-words.ts';

/** A response has one of them. */
export const PROJECT_NAMES = ['apiKey', 'applicationId'];

export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** @param parts.optional fields that not every response has */
export function toResponseSchema(parts: {
  readonly description: string;
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly optional?: readonly string[];
  readonly rules?: readonly JsonSchema[];
  readonly example: object;
}): JsonSchema {
  const { description, properties, optional = [], rules, example } = parts;
  return {
    type: 'object',
    description,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
    properties,
    ...(rules && { allOf: rules }),
    examples: [example],
  };
}
