/**
 * The client in runtimes that lack parts of the platform: React Native has `abort-controller` 3, without
 * `reason`, `timeout`, `any` and `throwIfAborted`, and no `DOMException`; Safari 16 lacks `any`.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, createTokenSource, type Fetch } from '../../client/index.ts';
import { fakeServer } from './fake-server.ts';

/** As `abort-controller` 3 has it. */
class OldSignal extends EventTarget {
  aborted = false;
}
class OldController {
  readonly signal = new OldSignal();
  abort(): void {
    if (this.signal.aborted) return;
    this.signal.aborted = true;
    this.signal.dispatchEvent(new Event('abort'));
  }
}

const url = 'https://video.example.com';
const never = () => new Promise<Response>(() => {});

beforeEach(() => {
  vi.stubGlobal('AbortController', OldController);
  vi.stubGlobal('AbortSignal', OldSignal);
  vi.stubGlobal('DOMException', undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('without the newer parts of AbortSignal, and without DOMException', () => {
  it('calls and token sources work', async () => {
    const { fetch } = fakeServer(() => ({ body: { token: 'x', expireTime: 1 } }));
    const { signal } = new AbortController();
    await createClient({ url, fetch }).createSession({}, { signal });
    expect(await createTokenSource({ url, fetch, room: 'r' }).fetch({ signal })).toMatchObject({
      token: 'x',
    });
  });

  it('a call ends after its timeout, and aborts its request', async () => {
    const fetch = vi.fn<Fetch>(never);
    const call = createClient({ url, fetch, timeoutMs: 20 }).createSession();
    const error = await call.catch((cause) => cause);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'TimeoutError', message: 'No response in 20 ms.' });
    expect(fetch.mock.calls[0]?.[1].signal.aborted).toBe(true);
  });

  it.each<[string, boolean]>([
    ['before the call', true],
    ['during the call', false],
  ])('an aborted signal is an AbortError: %s', async (_, isBefore) => {
    const controller = new AbortController();
    const { signal } = controller;
    if (isBefore) controller.abort();
    const fetch = vi.fn(never);
    const calls = [
      createClient({ url, fetch }).createSession({}, { signal }),
      createTokenSource({ url, fetch, room: 'r' }).fetch({ signal }),
    ];
    const outcomes = Promise.allSettled(calls);
    controller.abort();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
    expect(fetch).toHaveBeenCalledTimes(isBefore ? 0 : 2);
  });

  it('the wait for a host ends with its signal, and leaves no timer', async () => {
    vi.useFakeTimers();
    const waiting = { status: 'waiting', knock: 'k', pollAfterSeconds: 3 };
    const { fetch } = fakeServer(() => ({ status: 202, body: waiting }));
    const controller = new AbortController();
    const call = createTokenSource({ url, fetch, room: 'r' }).fetch(controller);
    const outcome = expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await vi.advanceTimersByTimeAsync(4_000);
    controller.abort();
    await outcome;
    expect([fetch.mock.calls.length, vi.getTimerCount()]).toEqual([2, 0]);
  });
});
