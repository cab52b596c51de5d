/**
 * The shape of the texts that describe fields in the API's document. The files in this folder hold those
 * texts; `npm run openapi` combines them with the schemas of the code. Nothing here ships.
 */

/** A JSON Schema (2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface FieldWords {
  /** Sentences for who calls the API: meaning, units, limits, default. */
  readonly description: string;
  readonly examples?: readonly unknown[];
  /** Keywords for rules that are code, where Valibot's schema cannot state them. */
  readonly schema?: JsonSchema;
}

/** Words for each field of a request: none without, none too many. */
export type WordsOf<Fields> = { readonly [Name in keyof Fields]-?: FieldWords };

/** The schema of each field of an answer, in all its shapes. */
export type SchemasOf<Answer> = {
  readonly [Name in Answer extends unknown ? keyof Answer : never]: JsonSchema;
};
