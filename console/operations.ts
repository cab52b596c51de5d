/**
 * What can be called, read from the API's document (OpenAPI 3.1). Of JSON Schema it understands what
 * the document uses for requests: objects of choices, flags, numbers, texts, lists and one more object.
 */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly maxLength?: number;
  readonly maxItems?: number;
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
  /** Where problems point to: a JSON Pointer as a URI fragment; parameters have none. */
  readonly pointer: string;
  readonly kind: 'choice' | 'flag' | 'number' | 'text' | 'list' | 'group';
  readonly description: string;
  /** Whether a request without it is refused. */
  readonly isRequired: boolean;
  readonly choices: readonly string[];
  readonly default: unknown;
  readonly example: unknown;
  readonly maxLength: number | undefined;
  /** Of a group. */
  readonly fields: readonly Field[];
}

/** Where in a request a parameter stands. */
export type Place = 'path' | 'query' | 'header';

export interface ParameterField extends Field {
  readonly place: Place;
}

export interface Operation {
  readonly id: string;
  /** What it is about. */
  readonly topic: string;
  readonly method: string;
  /** With its parameters in braces. */
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
          ...toField(document, parameter.name, '', {
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
    fields: kind === 'group' ? toFields(document, pointer, schema) : [],
  };
}

function toKind({ type, enum: choices }: Schema): Field['kind'] {
  if (choices) return 'choice';
  switch (type) {
    case 'boolean':
      return 'flag';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return 'list';
    case 'object':
      return 'group';
    default:
      return 'text';
  }
}

/** What stands beside a reference wins over what it refers to. */
function resolve({ components }: ApiDocument, schema: Schema): Schema {
  const { $ref, ...beside } = schema;
  const name = $ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : { ...components?.schemas?.[name], ...beside };
}
