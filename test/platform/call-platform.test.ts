import { describe, expect, it } from 'vitest';
import {
  type SendRequest,
  TransportError,
  type TransportFailure,
  type WireResponse,
} from '../../lib/network/send.ts';
import { createPlatformCall, type PlatformRequest } from '../../lib/platform/call-platform.ts';

type Step = { status: number; retryAfter?: string; date?: string } | TransportFailure;
const OK: Step = { status: 200 };

/** A sender that takes one step per attempt. Only attempts (`attemptMs`) and pauses move its clock. */
function openSender(steps: readonly Step[], { random = 0, attemptMs = 0 } = {}) {
  let nowMs = 1_000;
  const timeoutsMs: number[] = [];
  const pausesMs: number[] = [];
  const send: SendRequest = async ({ timeoutMs }) => {
    timeoutsMs.push(timeoutMs);
    nowMs += attemptMs;
    const step = steps[timeoutsMs.length - 1];
    if (step === undefined) throw new Error('unexpected attempt');
    if (typeof step === 'string') throw new TransportError(step, `attempt ${timeoutsMs.length}`);
    return toResponse(step);
  };
  const call = createPlatformCall(send, {
    pause: async (ms) => {
      pausesMs.push(ms);
      nowMs += ms;
    },
    random: () => random,
    now: () => nowMs,
  });
  return { send: (timeoutMs = 8_000) => call(toRequest(timeoutMs)), timeoutsMs, pausesMs };
}

const toResponse = ({ status, retryAfter, date }: Exclude<Step, string>): WireResponse => ({
  status,
  headers: { 'retry-after': retryAfter, date },
  body: '',
});
const toRequest = (timeoutMs: number): PlatformRequest => ({
  url: new URL('http://127.0.0.1/'),
  headers: {},
  body: '',
  timeoutMs,
});

describe('createPlatformCall', () => {
  it('does not retry a successful attempt', async () => {
    const { send, timeoutsMs, pausesMs } = openSender([OK]);
    expect((await send()).status).toBe(200);
    expect(timeoutsMs).toHaveLength(1);
    expect(pausesMs).toEqual([]);
  });

  it.each([200, 201, 204, 302, 400, 401, 403, 404, 408, 428, 430, 499, 501, 505])(
    'does not retry status %i',
    async (status) => {
      const { send, timeoutsMs } = openSender([{ status }]);
      expect((await send()).status).toBe(status);
      expect(timeoutsMs).toHaveLength(1);
    },
  );

  it.each<[scenario: string, step: Step]>([
    ['status 429', { status: 429 }],
    ['status 500', { status: 500 }],
    ['status 502', { status: 502 }],
    ['status 503', { status: 503 }],
    ['status 504', { status: 504 }],
    ['a connection error', 'connection'],
    ['a timeout', 'timeout'],
    ['a malformed response', 'malformed'],
  ])('succeeds after two failures with %s', async (_scenario, step) => {
    const { send, timeoutsMs } = openSender([step, step, OK]);
    expect((await send()).status).toBe(200);
    expect(timeoutsMs).toHaveLength(3);
  });

  it('returns the last response after three attempts', async () => {
    const { send, timeoutsMs } = openSender([{ status: 500 }, { status: 503 }, { status: 502 }]);
    expect((await send()).status).toBe(502);
    expect(timeoutsMs).toHaveLength(3);
  });

  it('throws the last error after three attempts', async () => {
    const { send } = openSender(['connection', 'timeout', 'connection']);
    await expect(send()).rejects.toMatchObject({ failure: 'connection', message: 'attempt 3' });
  });

  it('does not retry a response that is too large', async () => {
    const { send, timeoutsMs } = openSender(['oversized']);
    await expect(send()).rejects.toMatchObject({ failure: 'oversized' });
    expect(timeoutsMs).toHaveLength(1);
  });

  it('throws other errors without a retry', async () => {
    const { send, timeoutsMs } = openSender([]);
    await expect(send()).rejects.toThrow('unexpected attempt');
    expect(timeoutsMs).toHaveLength(1);
  });

  it.each([
    ['half', 0, [50, 100]],
    ['three quarters', 0.5, [75, 150]],
    ['almost all', 1, [100, 200]],
  ])('pauses for %s of 100 ms, then of 200 ms', async (_scenario, random, expected) => {
    const { send, pausesMs } = openSender(['connection', { status: 500 }, OK], { random });
    await send();
    expect(pausesMs).toEqual(expected);
  });

  it('retries stale connections at once, without counting the retry', async () => {
    const stale = Array.from({ length: 3 }, (): Step => 'stale connection');
    const { send, timeoutsMs, pausesMs } = openSender([...stale, 'connection', 'connection', OK]);
    expect((await send()).status).toBe(200);
    expect(timeoutsMs).toHaveLength(6);
    expect(pausesMs).toEqual([50, 100]);
  });

  it('stops retrying if every connection is stale', async () => {
    const stale = Array.from({ length: 6 }, (): Step => 'stale connection');
    const { send, timeoutsMs, pausesMs } = openSender(stale);
    await expect(send()).rejects.toMatchObject({ failure: 'stale connection' });
    expect(timeoutsMs).toHaveLength(6);
    expect(pausesMs).toHaveLength(2);
  });

  it.each([
    ['2 seconds of Retry-After', '2', [2_000, 100]],
    ['the default if Retry-After is shorter', '0', [50, 100]],
    ['the default if the response has no date', 'Fri, 31 Dec 2027 23:59:59 GMT', [50, 100]],
  ])('pauses for %s', async (_scenario, retryAfter, expected) => {
    const { send, pausesMs } = openSender([{ status: 429, retryAfter }, { status: 500 }, OK]);
    await send();
    expect(pausesMs).toEqual(expected);
  });

  it('pauses until the date of Retry-After, by the clock of the platform', async () => {
    const date = 'Thu, 31 Dec 2026 23:59:58 GMT';
    const retryAfter = 'Fri, 01 Jan 2027 00:00:00 GMT';
    const { send, pausesMs } = openSender([{ status: 503, retryAfter, date }, OK]);
    await send();
    expect(pausesMs).toEqual([2_000]);
  });

  it.each([
    ['shorter than the time left', 2_001, 2],
    ['as long as the time left', 2_000, 1],
    ['longer than the time left', 1_999, 1],
  ])(
    'retries only if time is left after the pause: the pause is %s',
    async (_scenario, timeoutMs, attempts) => {
      const { send, timeoutsMs } = openSender([{ status: 429, retryAfter: '2' }, OK]);
      expect((await send(timeoutMs)).status).toBe(attempts === 1 ? 429 : 200);
      expect(timeoutsMs).toHaveLength(attempts);
    },
  );

  it('gives each attempt 4 seconds, or the time left if it is less', async () => {
    const { send, timeoutsMs } = openSender(['timeout', 'timeout', OK], { attemptMs: 3_000 });
    await send(8_000);
    expect(timeoutsMs).toEqual([4_000, 4_000, 1_850]);
  });

  it.each([0, -1])('makes no attempt with %i ms left', async (timeoutMs) => {
    const { send, timeoutsMs } = openSender([OK]);
    await expect(send(timeoutMs)).rejects.toMatchObject({
      failure: 'timeout',
      message: 'no time left to start',
    });
    expect(timeoutsMs).toEqual([]);
  });
});
