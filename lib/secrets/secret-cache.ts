/**
 * Keeps what was made of a secret for a while, so that a warm container seldom asks for it.
 * No I/O of its own: the reading and the clock are arguments.
 */
export interface SecretCacheOptions<Value> {
  /** Reads the secret and makes of it what its users need. */
  readonly load: () => Promise<Value>;
  /** For how long a value serves. */
  readonly ttlMs: number;
  /** Milliseconds since any fixed moment. */
  readonly now: () => number;
}

/**
 * One read at a time however many calls wait for it. A failed read fails the calls that waited for
 * it, and is not kept: the next call reads anew.
 */
export function createSecretCache<Value>({
  load,
  ttlMs,
  now,
}: SecretCacheOptions<Value>): () => Promise<Value> {
  let kept: { readonly value: Value; readonly untilMs: number } | undefined;
  let reading: Promise<Value> | undefined;

  const read = async (): Promise<Value> => {
    try {
      const value = await load();
      kept = { value, untilMs: now() + ttlMs };
      return value;
    } finally {
      reading = undefined;
    }
  };

  return async () => {
    if (kept && now() < kept.untilMs) return kept.value;
    reading ??= read();
    return reading;
  };
}
