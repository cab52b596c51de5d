/**
 * Caches the parsed secret, so a warm container seldom reads it and survives an outage of Secrets Manager.
 * Reading, parsing and the clock are arguments.
 *
 * The secret is read inside the invocation that needs it, never in the background: Lambda freezes a container
 * between invocations, and a frozen read resumes with a dead socket and an expired signature.
 */
import { capTimeoutMs, type RemainingMs, TimeoutError, withTimeout } from '../domain/deadline.ts';
import { Fault } from '../domain/faults.ts';

export interface SecretCacheOptions<Value> {
  /** Reads the secret's text. An error or a timeout after `timeoutMs` counts as a failed read. */
  readonly read: (timeoutMs: number) => Promise<string>;
  /** Parses the text, or throws. Called once per changed text. */
  readonly parse: (text: string) => Promise<Value>;
  /** How long a value is used without reading the secret again. */
  readonly ttlMs: number;
  /** How much longer a value may be used when reading the secret fails. */
  readonly staleMs: number;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
  /** Called for each failed read that a stale value replaces. */
  readonly onStale: (error: unknown) => void;
}

export interface SecretCache<Value> {
  /**
   * Returns the value and reads it if it is missing or expired. Concurrent calls share one read, each with its
   * own deadline. If there is no stale value, throws the read's error, or Fault `SecretUnavailableError` if
   * there was no time to read.
   */
  readonly get: (remainingMs: RemainingMs) => Promise<Value>;
  /** Reads again because the platform rejected the value, at most once in 30 seconds. */
  readonly renew: (rejected: Value, remainingMs: RemainingMs) => Promise<Renewal<Value>>;
  /**
   * Reads again because other evidence contradicts the value. The read starts after the call, because one that
   * is in progress may return the earlier state. Does not count towards the limit of `renew`.
   *
   * @param sinceMs a read that ended at this moment or later is sufficient; with it, a failed read is
   *   not repeated before its pause is over, so callers who can repeat the doubt cannot force reads
   */
  readonly confirm: (
    doubted: Value,
    remainingMs: RemainingMs,
    sinceMs?: number,
  ) => Promise<Renewal<Value>>;
}

/** The outcome of a renewal, and the value to use from now on. */
export interface Renewal<Value> {
  /**
   * - `renewed`: there is a new value.
   * - `unchanged`: a read returned the same value.
   * - `too-soon`: nothing was read, because the last read was a moment ago.
   * - `unreachable`: the read failed, or there was no time for it.
   */
  readonly outcome: 'renewed' | 'unchanged' | 'too-soon' | 'unreachable';
  readonly value: Value;
}

/** Longer than for a refresh, because there is no stale value to use. */
export const FIRST_READ_TIMEOUT_MS = 3_000;
export const REFRESH_TIMEOUT_MS = 1_000;
export const RENEW_PAUSE_MS = 30_000;
/** Back-off after failed reads, doubled each time, so an outage slows few calls. */
export const FIRST_PAUSE_MS = 1_000;
export const LONGEST_PAUSE_MS = 60_000;

interface Kept<Value> {
  readonly text: string;
  readonly value: Value;
  readonly readAtMs: number;
}

export function createSecretCache<Value>(options: SecretCacheOptions<Value>): SecretCache<Value> {
  const { read, parse, ttlMs, staleMs, now, onStale } = options;
  let kept: Kept<Value> | undefined;
  let reading: Promise<Value> | undefined;
  let failures = 0;
  let nextTryAtMs = Number.NEGATIVE_INFINITY;
  let nextRenewAtMs = Number.NEGATIVE_INFINITY;

  const readOnce = async (timeoutMs: number): Promise<Value> => {
    try {
      // The deadline belongs to the read, not to its caller: the read is over when the caller gives up, and no
      // later call shares a read that a frozen container left half done.
      const text = await withTimeout(timeoutMs, () => read(timeoutMs));
      const value = kept?.text === text ? kept.value : await parse(text);
      kept = { text, value, readAtMs: now() };
      failures = 0;
      nextTryAtMs = Number.NEGATIVE_INFINITY;
      return value;
    } catch (error) {
      nextTryAtMs = now() + Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      failures += 1;
      throw error;
    }
  };

  const readShared = async (patienceMs: number, remainingMs: RemainingMs): Promise<Value> => {
    const timeoutMs = capTimeoutMs(remainingMs, patienceMs);
    try {
      // The read may belong to another call with a later deadline.
      return await withTimeout(timeoutMs, () => {
        reading ??= readOnce(timeoutMs).finally(() => {
          reading = undefined;
        });
        return reading;
      });
    } catch (error) {
      throw error instanceof TimeoutError ? toUnavailable(error) : error;
    }
  };

  const readAgain = async (old: Value, remainingMs: RemainingMs): Promise<Renewal<Value>> => {
    try {
      const value = await readShared(REFRESH_TIMEOUT_MS, remainingMs);
      return { outcome: value === old ? 'unchanged' : 'renewed', value };
    } catch (error) {
      onStale(error);
      return { outcome: 'unreachable', value: old };
    }
  };

  const get = async (remainingMs: RemainingMs): Promise<Value> => {
    if (!kept) return readShared(FIRST_READ_TIMEOUT_MS, remainingMs);
    const ageMs = now() - kept.readAtMs;
    if (ageMs < ttlMs) return kept.value;
    if (ageMs >= ttlMs + staleMs) return readShared(FIRST_READ_TIMEOUT_MS, remainingMs);
    return now() < nextTryAtMs ? kept.value : (await readAgain(kept.value, remainingMs)).value;
  };

  const confirm = async (
    doubted: Value,
    remainingMs: RemainingMs,
    sinceMs = Number.POSITIVE_INFINITY,
  ): Promise<Renewal<Value>> => {
    if (reading) await readShared(REFRESH_TIMEOUT_MS, remainingMs).catch(() => undefined);
    if (kept && kept.readAtMs >= sinceMs) {
      return { outcome: kept.value === doubted ? 'unchanged' : 'renewed', value: kept.value };
    }
    if (sinceMs < Number.POSITIVE_INFINITY && now() < nextTryAtMs) {
      return { outcome: 'unreachable', value: doubted };
    }
    return readAgain(doubted, remainingMs);
  };

  const renew = async (rejected: Value, remainingMs: RemainingMs): Promise<Renewal<Value>> => {
    if (kept && kept.value !== rejected) return { outcome: 'renewed', value: kept.value };
    if (now() < nextRenewAtMs) {
      // Calls of one batch are rejected together: the later ones wait for the first one's read.
      if (reading) return readAgain(rejected, remainingMs);
      return { outcome: 'too-soon', value: rejected };
    }
    nextRenewAtMs = now() + RENEW_PAUSE_MS;
    return confirm(rejected, remainingMs);
  };

  return { get, renew, confirm };
}

function toUnavailable(cause: TimeoutError): Fault {
  return new Fault(
    'SecretUnavailableError',
    'The credentials are temporarily unavailable. Retry in a second.',
    {
      reason: `Waiting for the secret failed: ${cause.message}`,
      cause,
      retryAfterSeconds: 1,
    },
  );
}
