/**
 * The project's secret during a run: what it is, and with which ones a token may be signed at a
 * given moment.
 */
import { randomBytes } from 'node:crypto';
import type { Platform } from '../../stand-ins/platform.ts';
import type { SecretsManager } from '../../stand-ins/secrets-manager.ts';
import { verifyHs256 } from '../../test/support/verify-token.ts';

export const SECRET_ID = 'opentok-sessions/soak';
export const API_KEY = '123456';
/** Short, so that a run has many reads. */
export const SECRET_TTL_SECONDS = 2;
/** For a call that had its secret just before its time was over, and was answered slowly. */
const SLACK_MS = 2_000;

export interface Secrets {
  readonly project: () => { readonly apiKey: string; readonly apiSecret: string };
  readonly rotate: (platform: Platform, secretsManager: SecretsManager) => void;
  /** Throws when a token that arrived just now is signed with none of the secrets it may be. */
  readonly verify: (token: string) => Record<string, unknown>;
}

export function createSecrets(): Secrets {
  const create = () => ({ apiKey: API_KEY, apiSecret: randomBytes(20).toString('hex') });
  let current = create();
  let old = current;
  let oldUntilMs = 0;
  return {
    project: () => current,
    rotate: (platform, secretsManager) => {
      old = current;
      oldUntilMs = performance.now() + SECRET_TTL_SECONDS * 1000 + SLACK_MS;
      current = create();
      secretsManager.setSecret(SECRET_ID, JSON.stringify(current));
      platform.setProject(current);
    },
    verify: (token) => {
      try {
        return verifyHs256(token, current.apiSecret);
      } catch (cause) {
        if (performance.now() >= oldUntilMs) throw cause;
        return verifyHs256(token, old.apiSecret);
      }
    },
  };
}
