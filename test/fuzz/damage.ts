/** Events with one damaged value. */
import type { HttpEvent } from '../support/http-events.ts';

/** `JSON.parse` makes it an own property. */
const withProto = JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":1},"then":1}');
/** Unexpected values for a field of an event. */
export const JUNK: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1, 1e308, '', ' ', 'x', '\0', '\ud800', '\ufeff', '%'],
  ...['%ff', '../..', '__proto__', 'constructor', 'POST', 'application/json', 'x'.repeat(100_000)],
  ...[[], [null], [[[]]], {}, withProto, { length: 1 }, { toString: 1 }, { 0: 'x' }],
];

/** Returns the path of every value in an event. */
export function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => {
    const here = [...path, key];
    return [here, ...placesOf(held, here)];
  });
}

/** Returns a copy of the event with one value replaced; `undefined` removes it. */
export function put(event: HttpEvent, path: readonly string[], value: unknown): HttpEvent {
  const [changed, holder] = copy(event, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return changed;
}

/** Returns a copy of the event with a field added to one of its objects, for any name. */
export function add(
  event: HttpEvent,
  path: readonly string[],
  name: string,
  value: unknown,
): HttpEvent {
  const [changed, holder] = copy(event, path);
  const attributes = { enumerable: true, configurable: true, writable: true };
  Object.defineProperty(holder, name, { value, ...attributes });
  return changed;
}

function copy(event: HttpEvent, path: readonly string[]): [HttpEvent, Record<string, unknown>] {
  const changed = structuredClone(event);
  let holder: Record<string, unknown> = changed;
  for (const key of path) holder = holder[key] as Record<string, unknown>;
  return [changed, holder];
}
