export declare function readParameters(
  given: Readonly<Record<string, unknown>>,
  region?: string,
): {
  readonly values: Readonly<Record<string, unknown>>;
  readonly recorded: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
};
