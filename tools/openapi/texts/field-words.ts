/**
 * The shape of the texts that describe fields in the API's document. The files in this folder hold those
 * texts; `npm run openapi` combines them with the schemas of the code. Nothing here ships.
 */

/** A JSON Schema (2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface FieldWords {
  /** Sentences for callers: meaning, units, limits, default. */
  readonly description: string;
  readonly examples?: readonly unknown[];
  /** JSON Schema keywords for rules that are code and not in Valibot's schema. */
  readonly schema?: JsonSchema;
}

/** Texts for exactly the fields of a request. */
export type WordsOf<Fields> = { readonly [Name in keyof Fields]-?: FieldWords };

/** The schema of each field of a response, in all its variants. */
export type SchemasOf<Response> = {
  readonly [Name in Response extends unknown ? keyof Response : never]: JsonSchema;
};
