/**
 * Paths of the API, of names and ids that may be anything.
 */

/** @throws TypeError for a segment that is missing: `undefined` would name something that nobody meant */
export function toPath(...segments: readonly (string | undefined)[]): string {
  return segments
    .map((segment) => {
      if (segment) return `/${encodeURIComponent(segment)}`;
      throw new TypeError('A room, session or invite is missing.');
    })
    .join('');
}
