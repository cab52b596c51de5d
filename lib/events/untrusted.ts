/** An unknown value as a record of fields, for reading events of which any field may be wrong. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** The fields of a published type of event, with any value. */
export type FieldsOf<Type> = Readonly<Partial<Record<keyof Type, unknown>>>;

/** The same for one type of event, so that its fields have the names that AWS gives them. */
export function asFieldsOf<Type>(value: unknown): FieldsOf<Type> {
  return asRecord(value) as FieldsOf<Type>;
}

/** Returns the value itself if it is an object or array, else an object without fields. */
export function asRecord(value: unknown): UnknownRecord {
  return typeof value === 'object' && value !== null ? (value as UnknownRecord) : {};
}
