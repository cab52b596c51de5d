/** Fields of something unknown, for reading events with distrust. */
export type Fields = Readonly<Record<string, unknown>>;

/** @returns the value itself when it is an object or array, else an object without fields */
export function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
