/**
 * Paths of the API, of names and ids that may be anything.
 */

/**
 * @throws TypeError for a segment that is missing, and for `.` and `..`, which `fetch` takes out of paths:
 *   either would name something that nobody meant
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
