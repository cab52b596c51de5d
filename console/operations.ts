/**
 * Reads the operations from the API's document (OpenAPI 3.1). Supports the parts of JSON Schema that the
 * document uses for requests: objects of choices, flags, numbers, times, texts, lists and objects.
 */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
}

interface Parameter {
  readonly name: string;
  readonly in: Place;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema?: Schema;
}

interface DocumentOperation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema } | undefined>>;
  };
}

export interface ApiDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface Field {
  readonly name: string;
  /** As problems name it: a JSON Pointer as a URI fragment. Problems have none for parameters. */
  readonly pointer: string;
  /** `time`: whole seconds since the UNIX epoch. */
  readonly kind: 'choice' | 'flag' | 'number' | 'time' | 'text' | 'list' | 'group';
  readonly description: string;
  /** Whether a request without it is rejected. */
  readonly isRequired: boolean;
  readonly choices: readonly string[];
  readonly default: unknown;
  readonly example: unknown;
  readonly maxLength: number | undefined;
  /** A regular expression for texts. */
  readonly pattern: string | undefined;
  /** The fields of a group. */
  readonly fields: readonly Field[];
}

/** The part of a request that has the parameter. */
export type Place = 'path' | 'query' | 'header';

export interface ParameterField extends Field {
  readonly place: Place;
}

export interface Operation {
  readonly id: string;
  /** The title of its group. */
  readonly topic: string;
  readonly method: string;
  /** With parameters in braces, such as `/rooms/{name}`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly ParameterField[];
  /** `undefined` for an operation without a body. */
  readonly body: readonly Field[] | undefined;
}

export function readOperations(document: ApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const schema = operation.requestBody?.content['application/json']?.schema;
      return {
        id: operation.operationId,
        topic: operation.tags?.[0] ?? '',
        method: method.toUpperCase(),
        path,
        summary: operation.summary,
        description: operation.description ?? '',
        parameters: (operation.parameters ?? []).map((parameter) => ({
          ...toField(document, parameter.name, `${parameter.in}:${parameter.name}`, {
            ...parameter.schema,
            ...(parameter.description && { description: parameter.description }),
          }),
          isRequired: parameter.required ?? false,
          example: parameter.example,
          place: parameter.in,
        })),
        body: schema && toFields(document, '#', schema),
      };
    }),
  );
}

function toFields(document: ApiDocument, pointer: string, schema: Schema): readonly Field[] {
  const { properties = {}, required = [] } = resolve(document, schema);
  return Object.entries(properties).map(([name, property]) => ({
    ...toField(document, name, `${pointer}/${name}`, property),
    isRequired: required.includes(name),
  }));
}

function toField(document: ApiDocument, name: string, pointer: string, raw: Schema): Field {
  const schema = resolve(document, raw);
  const kind = toKind(schema);
  return {
    name,
    pointer,
    kind,
    description: schema.description ?? '',
    isRequired: false,
    choices: (schema.enum ?? []).map(String),
    default: schema.default,
    example: schema.examples?.[0],
    maxLength: schema.maxLength,
    pattern: schema.pattern,
    fields: kind === 'group' ? toFields(document, pointer, schema) : [],
  };
}

function toKind({ type, enum: choices, description = '' }: Schema): Field['kind'] {
  if (choices) return 'choice';
  switch (type) {
    case 'boolean':
      return 'flag';
    case 'integer':
    case 'number':
      return /UNIX epoch/.test(description) ? 'time' : 'number';
    case 'array':
      return 'list';
    case 'object':
      return 'group';
    default:
      return 'text';
  }
}

/** Keywords beside a reference override those of its target. */
function resolve({ components }: ApiDocument, schema: Schema): Schema {
  const { $ref, ...beside } = schema;
  const name = $ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : { ...components?.schemas?.[name], ...beside };
}
