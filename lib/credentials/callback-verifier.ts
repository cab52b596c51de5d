/**
 * Turns the text of the secret into a function that verifies the signatures of the platform's callbacks, and
 * the credentials for calls to the platform.
 * Computes, but does no I/O. Keys stay inside closures, as in credentials.ts.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { FAULTS, Fault } from '../domain/faults.ts';
import { type Credentials, parseCredentials } from './credentials.ts';

/** Claims of the JWT that signs a callback, as sent. */
export type CallbackClaims = Readonly<Record<string, unknown>>;

export interface CallbackVerifier extends Credentials {
  /**
   * Returns the claims of a JWT that one of the project's callback secrets has signed with HS256;
   * `undefined` for any other text.
   */
  readonly readClaims: (jwt: string) => CallbackClaims | undefined;
}

/** How many secrets can be valid at once: the one in use, and the next one. */
const MAX_SECRETS = 2;
/** The platform's limit for a signature secret. */
const SECRET_MAX_LENGTH = 50;
const RULE = `must be an array of one or two strings of 1 to ${SECRET_MAX_LENGTH} characters`;

/**
 * @param secretText the project's secret with the additional field `callbackSecrets`
 * @throws what `parseCredentials` throws, and Fault `ConfigurationError`, with status 503, for missing or
 *   malformed callback secrets: the platform sends the callback again
 */
export async function parseCallbackVerifier(secretText: string): Promise<CallbackVerifier> {
  const credentials = await parseCredentials(secretText);
  const keys = readSecrets(JSON.parse(secretText)).map((text) => createSecretKey(text, 'utf8'));

  return {
    ...credentials,
    readClaims: (jwt) => {
      const [header = '', payload = '', signature = '', ...more] = jwt.split('.');
      if (more.length > 0 || decode(header)?.['alg'] !== 'HS256') return undefined;
      const given = Buffer.from(signature, 'base64url');
      const signedText = `${header}.${payload}`;
      // Every key is tried, so the time does not show which one has signed.
      const matches = keys.filter((key) => {
        const expected = createHmac('sha256', key).update(signedText).digest();
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
      return matches.length > 0 ? decode(payload) : undefined;
    },
  };
}

/**
 * Returns the callback secrets of a parsed secret.
 *
 * @throws Fault `ConfigurationError` with a reason that never quotes a secret
 */
export function readSecrets({ callbackSecrets }: { readonly callbackSecrets?: unknown }): string[] {
  if (callbackSecrets === undefined) throw malformed(`callbackSecrets is missing; it ${RULE}`);
  const isList =
    Array.isArray(callbackSecrets) &&
    callbackSecrets.length >= 1 &&
    callbackSecrets.length <= MAX_SECRETS &&
    callbackSecrets.every(isSecret);
  if (!isList) throw malformed(`callbackSecrets ${RULE}`);
  if (callbackSecrets.some((text) => text !== text.trim())) {
    throw malformed('callbackSecrets has white space around a secret; remove it');
  }
  return callbackSecrets;
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= SECRET_MAX_LENGTH;
}

function malformed(what: string): Fault {
  const reason = `The secret is malformed: ${what}.`;
  const kind = { ...FAULTS.ConfigurationError, status: 503 };
  const options = { reason, retryAfterSeconds: 60 };
  return new Fault('ConfigurationError', 'The service is misconfigured.', options, kind);
}

/** Returns the JSON object in a part of a JWT. */
function decode(part: string): CallbackClaims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as CallbackClaims) : undefined;
  } catch {
    return undefined;
  }
}
