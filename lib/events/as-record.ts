/** Something unknown as a record of fields, for reading events with distrust. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** @returns the value itself when it is an object or array, else an object without fields */
export function asRecord(value: unknown): UnknownRecord {
  return typeof value === 'object' && value !== null ? (value as UnknownRecord) : {};
}
