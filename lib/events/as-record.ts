/** Something unknown as a record of fields, for reading events with distrust. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** What may stand in the fields of a published type of event, before anything of it is believed. */
export type FieldsOf<Type> = Readonly<Partial<Record<keyof Type, unknown>>>;

/** The same for one type of event, so that what is read of it is called as AWS calls it. */
export function asFieldsOf<Type>(value: unknown): FieldsOf<Type> {
  return asRecord(value) as FieldsOf<Type>;
}

/** @returns the value itself when it is an object or array, else an object without fields */
export function asRecord(value: unknown): UnknownRecord {
  return typeof value === 'object' && value !== null ? (value as UnknownRecord) : {};
}
