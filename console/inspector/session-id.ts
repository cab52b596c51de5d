/**
 * Reads a session id, in browsers. `lib/domain/session-id.ts` does the same for the
 * functions, and a test compares the two. Pure: no I/O.
 */
import { fromBase64Url } from '../../lib/domain/decode-token.ts';

export interface SessionIdParts {
  readonly projectId: string;
  /** An IPv4 address, or empty. */
  readonly location: string;
  /** Epoch milliseconds in ids made since 2015, text before. */
  readonly createdAt: string;
}

const MAX_LENGTH = 255;

/** @returns `undefined` for a text that is not a session id */
export function readSessionId(id: string): SessionIdParts | undefined {
  const [, encoded] = /^[12]_([\w-]*)$/.exec(id) ?? [];
  if (encoded === undefined || id.length > MAX_LENGTH) return undefined;
  let text: string;
  try {
    const bytes = fromBase64Url(encoded);
    text = String.fromCharCode(...bytes);
    // Only the one canonical spelling of an id is that id.
    const again = btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    if (again !== encoded) return undefined;
  } catch {
    return undefined;
  }
  const [version, projectId = '', location, createdAt, random] = text.split('~');
  const isComplete = version === '1' && projectId !== '' && random !== undefined;
  if (!isComplete || !/^[\x20-\x7e]+$/.test(text)) return undefined;
  return { projectId, location: location ?? '', createdAt: createdAt ?? '' };
}
