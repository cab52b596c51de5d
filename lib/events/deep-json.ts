/**
 * Writes JSON of values that `JSON.stringify` cannot write, or not as they came: nested deeper than the
 * stack, or with numbers that JavaScript cannot hold. Pure: no I/O, no recursion.
 */

interface Opened {
  readonly entries: Iterator<[name: string, value: unknown]>;
  readonly isArray: boolean;
  separator: '' | ',';
}

/** Yields the JSON of a parsed value in pieces, so that a caller who needs the beginning can stop. */
export function* writeJson(root: unknown): Generator<string> {
  const opened: Opened[] = [];
  const begin = (value: unknown): string => {
    if (typeof value === 'number' && !Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
    const isArray = Array.isArray(value);
    opened.push({ entries: Object.entries(value).values(), isArray, separator: '' });
    return isArray ? '[' : '{';
  };
  yield begin(root);
  for (let inner = opened.at(-1); inner; inner = opened.at(-1)) {
    const next = inner.entries.next();
    if (next.done) {
      opened.pop();
      yield inner.isArray ? ']' : '}';
      continue;
    }
    const [name, value] = next.value;
    yield inner.separator + (inner.isArray ? '' : `${JSON.stringify(name)}:`);
    inner.separator = ',';
    yield begin(value);
  }
}

/** @returns at most the given number of characters, and whether that is all of them */
export function writeJsonStart(
  value: unknown,
  maxLength: number,
): { readonly text: string; readonly isWhole: boolean } {
  let text = '';
  for (const piece of writeJson(value)) {
    text += piece;
    if (text.length > maxLength) return { text: text.slice(0, maxLength), isWhole: false };
  }
  return { text, isWhole: true };
}

/** Whether a parsed value has no more levels than given, and no number that has lost digits. */
export function isWritable(root: unknown, maxDepth: number): boolean {
  const met: [value: unknown, depth: number][] = [[root, 1]];
  // The array grows during the loop.
  for (const [value, depth] of met) {
    if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return false;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) return false;
    for (const inner of Object.values(value)) met.push([inner, depth + 1]);
  }
  return true;
}
