/**
 * Builds paths and queries of the API from names and ids of any content.
 */

/**
 * @throws TypeError for a missing segment, and for `.` and `..`, which `fetch` removes from paths: the
 *   request would address something else
 */
export function toPath(...segments: readonly (string | undefined)[]): string {
  return segments
    .map((segment) => {
      if (/^\.{0,2}$/.test(segment ?? '')) {
        throw new TypeError('A room, session or invite is missing.');
      }
      return `/${encodeURIComponent(segment as string)}`;
    })
    .join('');
}

/** Omits `undefined` and `null`. Not `URLSearchParams`, which in React Native does not escape. */
export function toQuery(
  fields: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    value == null ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}
