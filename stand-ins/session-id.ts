/**
 * Makes session ids as the platform does, apart from the code that reads them.
 *
 * Format: `1_` and, in base64url, `1~project~location~epoch ms~24 base64 characters~P or empty~~`.
 */
import { randomBytes } from 'node:crypto';

/** What a session id says about its session. */
export interface SessionIdFields {
  /** API key or application id. */
  readonly projectId: string;
  /** IPv4 address. Default none. */
  readonly location?: string | undefined;
  /** Default false. */
  readonly relayed?: boolean;
  /** Epoch milliseconds. Default now. */
  readonly createdAtMs?: number;
}

/** Returns a new session id. */
export function mintSessionId(fields: SessionIdFields): string {
  const { projectId, location = '', relayed = false, createdAtMs = Date.now() } = fields;
  const random = randomBytes(18).toString('base64');
  const text = ['1', projectId, location, createdAtMs, random, relayed ? 'P' : '', '', ''].join(
    '~',
  );
  return `1_${Buffer.from(text, 'ascii').toString('base64url')}`;
}
