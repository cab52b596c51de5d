/** HTTP requests of checks, with a bound on the response. */
import { CheckFailure, UnreachableError } from './check.ts';

/** Documents, sets of keys and responses of the API have a few KB. */
const MAX_BYTES = 256 * 1024;

/** @throws UnreachableError if there is no response */
export async function request(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { redirect: 'manual', ...init });
  } catch (cause) {
    const { code, message } =
      cause instanceof Error && cause.cause instanceof Error
        ? (cause.cause as NodeJS.ErrnoException)
        : { code: undefined, message: String(cause) };
    throw new UnreachableError(`${address} cannot be reached: ${code ?? message}`);
  }
}

/**
 * Reads the JSON object in a response; `undefined` if it is something else.
 *
 * @throws CheckFailure if it is too large
 */
export async function readJson({
  body,
  url,
}: Response): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new CheckFailure(`${url} returned more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    const value = JSON.parse(new TextDecoder().decode(Buffer.concat(chunks)));
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
