/** Reads once, for all checks that need the result. */
export function once<Args extends readonly unknown[], Result>(
  read: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  let reading: Promise<Result> | undefined;
  return (...args) => (reading ??= read(...args));
}
