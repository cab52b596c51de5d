/**
 * Keeps what was made of a secret, so that a warm container seldom asks for it and an outage of
 * its store is not noticed. No I/O of its own: reading, parsing and the clock are arguments.
 *
 * A secret is read inside the invocation that needs it, never in the background: Lambda freezes a
 * container between invocations, and a read frozen half-way wakes up to a dead socket and an
 * expired signature.
 */
import { capTimeoutMs, type RemainingMs, TimeoutError, withTimeout } from '../domain/deadline.ts';
import { Fault } from '../domain/faults.ts';

export interface SecretCacheOptions<Value> {
  /** Reads the secret's text. An error or a timeout after `timeoutMs` counts as a failed read. */
  readonly read: (timeoutMs: number) => Promise<string>;
  /** Makes of the text what its users need, or throws; called once per changed text. */
  readonly parse: (text: string) => Promise<Value>;
  /** For how long a value serves unasked. */
  readonly ttlMs: number;
  /** For how much longer it serves while it cannot be read again. */
  readonly staleMs: number;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
  /** Told of each failed read that an old value stands in for. */
  readonly onStale: (error: unknown) => void;
}

export interface SecretCache<Value> {
  /**
   * The value, read when there is none or when it is past its time. One read at a time, however many
   * calls wait, and none waits longer than it may itself. Throws what the read threw, or Fault
   * `SecretUnavailableError` when there is no time for it, only when there is no old value to serve.
   */
  readonly get: (remainingMs: RemainingMs) => Promise<Value>;
  /** Reads anew because whoever checks the value refused it, at most once in 30 seconds. */
  readonly renew: (refused: Value, remainingMs: RemainingMs) => Promise<Renewal<Value>>;
  /**
   * Reads anew because something else speaks against the value, by a read that begins after the call:
   * one that is on its way may tell what was true before. Takes nothing from what `renew` may do.
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

/** What asking for a newer value has come to, and the value to go on with. */
export interface Renewal<Value> {
  /**
   * - `renewed`: there is another value.
   * - `unchanged`: a read said that the value still holds.
   * - `too-soon`: nothing was read, because of a read a moment ago.
   * - `unreachable`: the read failed, or there was no time for it; nobody knows.
   */
  readonly outcome: 'renewed' | 'unchanged' | 'too-soon' | 'unreachable';
  readonly value: Value;
}

/** With nothing to serve a caller waits a little longer than with an old value at hand. */
export const FIRST_READ_TIMEOUT_MS = 3_000;
export const REFRESH_TIMEOUT_MS = 1_000;
export const RENEW_PAUSE_MS = 30_000;
/** After failed reads the next try waits for this long, doubled each time, so an outage slows few calls. */
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
      // The read's own end, not its caller's: who gives up with it knows that it failed, and nobody
      // shares what a freeze of the container left half-way.
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
      // The read may be another call's, which has longer to wait than this one.
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

  const renew = async (refused: Value, remainingMs: RemainingMs): Promise<Renewal<Value>> => {
    if (kept && kept.value !== refused) return { outcome: 'renewed', value: kept.value };
    if (now() < nextRenewAtMs) {
      // Calls of one batch are refused together: the later ones wait for the first one's read.
      if (reading) return readAgain(refused, remainingMs);
      return { outcome: 'too-soon', value: refused };
    }
    nextRenewAtMs = now() + RENEW_PAUSE_MS;
    return confirm(refused, remainingMs);
  };

  return { get, renew, confirm };
}

function toUnavailable(cause: TimeoutError): Fault {
  return new Fault('SecretUnavailableError', 'The credentials are out of reach for the moment.', {
    reason: `Waiting for the secret failed: ${cause.message}`,
    cause,
    retryAfterSeconds: 1,
  });
}
