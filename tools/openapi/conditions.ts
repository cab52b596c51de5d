/**
 * Rules across two fields, of Valibot's `partialCheck`, as `if`/`then` of JSON Schema.
 *
 * A rule is a function, so it is called for every pair of values that the two fields can have,
 * whether it lets the pair through. The field that the rule names last is the one that is rejected.
 */
import type * as v from 'valibot';
import type { JsonSchema } from './texts/field-words.ts';

export interface PairRule {
  readonly paths: readonly (readonly [string])[];
  readonly requirement: (fields: Readonly<Record<string, unknown>>) => boolean;
  readonly message: string;
}

/** Any text is enough for a rule about the presence of a field. */
const SOME_TEXT = 'some text';

interface FieldValue {
  readonly value: unknown;
  /** Whether a request that leaves the field out has this value. */
  readonly isDefault: boolean;
}

/** @throws Error for a rule that is not about two fields, or that forbids a default */
export function toConditions(
  { paths, requirement, message }: PairRule,
  entries: v.ObjectEntries,
): readonly JsonSchema[] {
  const [[needed = ''] = [], [judged = ''] = [], ...more] = paths;
  if (needed === '' || judged === '' || more.length > 0) {
    throw new Error(`Only rules about two fields can be written down: ${message}`);
  }
  const neededValues = readValues(entries[needed]);
  const judgedValues = readValues(entries[judged]);
  const refusing = judgedValues
    .map(({ value, isDefault }) => {
      const allowed = neededValues.filter((one) =>
        requirement({ [judged]: value, [needed]: one.value }),
      );
      return { value, isDefault, allowed, names: allowed.map((one) => String(one.value)).join() };
    })
    .filter(({ allowed }) => allowed.length < neededValues.length);
  if (refusing.some(({ isDefault }) => isDefault)) {
    throw new Error(`The default of ${judged} is rejected by a rule: ${message}`);
  }
  const groups = Map.groupBy(refusing, ({ names }) => names);
  return [...groups.values()].map((group) => {
    const values = group.map(({ value }) => value);
    const isAnyPresent =
      values.length === judgedValues.filter(({ value }) => value !== undefined).length;
    const allowed = group[0]?.allowed ?? [];
    return {
      description: `\`${judged}\`: ${message}.`,
      if: {
        properties: { [judged]: isAnyPresent ? {} : oneOf(values) },
        required: [judged],
      },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        properties: { [needed]: oneOf(allowed.map(({ value }) => value)) },
        ...(allowed.some((one) => one.isDefault) ? {} : { required: [needed] }),
        // As it is anyway; some tools take a list of properties for a complete one.
        additionalProperties: true,
      },
    };
  });
}

function oneOf(values: readonly unknown[]): JsonSchema {
  return values.length === 1 ? { const: values[0] } : { enum: values };
}

function readValues(entry: unknown): readonly FieldValue[] {
  const { wrapped, default: ifAbsent } = entry as {
    readonly wrapped: { readonly type: string; readonly options?: readonly unknown[] };
    readonly default?: unknown;
  };
  const values = {
    picklist: wrapped.options,
    boolean: [false, true],
    string: [SOME_TEXT],
  }[wrapped.type];
  if (!values) throw new Error(`No values are known of a field of type ${wrapped.type}.`);
  const absent = ifAbsent === undefined ? [{ value: undefined, isDefault: true }] : [];
  return [...absent, ...values.map((value) => ({ value, isDefault: value === ifAbsent }))];
}
