export declare const rules: Readonly<Record<string, { readonly allowed: string }>>;
export declare function readParameters(given: Readonly<Record<string, unknown>>): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly faults: readonly string[];
};
