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

/** A sender that goes through the steps, each taking `attemptMs`, on a clock that only it and pauses move. */
function openSender(steps: readonly Step[], { random = 0, attemptMs = 0 } = {}) {
  let nowMs = 1_000;
  const timeoutsMs: number[] = [];
  const pausesMs: number[] = [];
  const send: SendRequest = async ({ timeoutMs }) => {
    timeoutsMs.push(timeoutMs);
    nowMs += attemptMs;
    const step = steps[timeoutsMs.length - 1];
    if (step === undefined) throw new Error('one attempt too many');
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

describe('retries', () => {
  it('do not happen when the first attempt is well', async () => {
    const { send, timeoutsMs, pausesMs } = openSender([OK]);
    expect((await send()).status).toBe(200);
    expect(timeoutsMs).toHaveLength(1);
    expect(pausesMs).toEqual([]);
  });

  it.each([200, 201, 204, 302, 400, 401, 403, 404, 408, 428, 430, 499, 501, 505])(
    'do not happen for status %i',
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
    ['an answer that is malformed', 'malformed'],
  ])('heal up to two failures with %s', async (_scenario, step) => {
    const { send, timeoutsMs } = openSender([step, step, OK]);
    expect((await send()).status).toBe(200);
    expect(timeoutsMs).toHaveLength(3);
  });

  it('give the last answer after the third attempt', async () => {
    const { send, timeoutsMs } = openSender([{ status: 500 }, { status: 503 }, { status: 502 }]);
    expect((await send()).status).toBe(502);
    expect(timeoutsMs).toHaveLength(3);
  });

  it('give the last failure after the third attempt', async () => {
    const { send } = openSender(['connection', 'timeout', 'connection']);
    await expect(send()).rejects.toMatchObject({ failure: 'connection', message: 'attempt 3' });
  });

  it('do not happen for an answer that is too large', async () => {
    const { send, timeoutsMs } = openSender(['oversized']);
    await expect(send()).rejects.toMatchObject({ failure: 'oversized' });
    expect(timeoutsMs).toHaveLength(1);
  });

  it('pass on what is no failure of transport', async () => {
    const { send, timeoutsMs } = openSender([]);
    await expect(send()).rejects.toThrow('one attempt too many');
    expect(timeoutsMs).toHaveLength(1);
  });

  it.each([
    ['half', 0, [50, 100]],
    ['three quarters', 0.5, [75, 150]],
    ['almost all', 1, [100, 200]],
  ])('pause for %s of 100 ms, then of 200', async (_scenario, random, expected) => {
    const { send, pausesMs } = openSender(['connection', { status: 500 }, OK], { random });
    await send();
    expect(pausesMs).toEqual(expected);
  });

  it('happen at once, and are not counted, for connections that went stale', async () => {
    const stale = Array.from({ length: 3 }, (): Step => 'stale connection');
    const { send, timeoutsMs, pausesMs } = openSender([...stale, 'connection', 'connection', OK]);
    expect((await send()).status).toBe(200);
    expect(timeoutsMs).toHaveLength(6);
    expect(pausesMs).toEqual([50, 100]);
  });

  it('end also where every connection is stale', async () => {
    const stale = Array.from({ length: 6 }, (): Step => 'stale connection');
    const { send, timeoutsMs, pausesMs } = openSender(stale);
    await expect(send()).rejects.toMatchObject({ failure: 'stale connection' });
    expect(timeoutsMs).toHaveLength(6);
    expect(pausesMs).toHaveLength(2);
  });

  it.each([
    ['2 seconds, as asked for', '2', [2_000, 100]],
    ['our own time, longer than asked for', '0', [50, 100]],
    ['our own time where a date is named', 'Fri, 31 Dec 2027 23:59:59 GMT', [50, 100]],
  ])('wait for %s', async (_scenario, retryAfter, expected) => {
    const { send, pausesMs } = openSender([{ status: 429, retryAfter }, { status: 500 }, OK]);
    await send();
    expect(pausesMs).toEqual(expected);
  });

  it('wait until the date that is asked for, by the clock of whoever asks', async () => {
    const date = 'Thu, 31 Dec 2026 23:59:58 GMT';
    const retryAfter = 'Fri, 01 Jan 2027 00:00:00 GMT';
    const { send, pausesMs } = openSender([{ status: 503, retryAfter, date }, OK]);
    await send();
    expect(pausesMs).toEqual([2_000]);
  });

  it.each([
    ['a millisecond less than what is left', 2_001, 2],
    ['all that is left', 2_000, 1],
    ['more than what is left', 1_999, 1],
  ])('happen only if the pause leaves time: it is %s', async (_scenario, timeoutMs, attempts) => {
    const { send, timeoutsMs } = openSender([{ status: 429, retryAfter: '2' }, OK]);
    expect((await send(timeoutMs)).status).toBe(attempts === 1 ? 429 : 200);
    expect(timeoutsMs).toHaveLength(attempts);
  });

  it('give each attempt 4 seconds, and less when less is left', async () => {
    const { send, timeoutsMs } = openSender(['timeout', 'timeout', OK], { attemptMs: 3_000 });
    await send(8_000);
    expect(timeoutsMs).toEqual([4_000, 4_000, 1_850]);
  });

  it.each([0, -1])('do not even try with %i ms left', async (timeoutMs) => {
    const { send, timeoutsMs } = openSender([OK]);
    await expect(send(timeoutMs)).rejects.toMatchObject({
      failure: 'timeout',
      message: 'no time was left to try',
    });
    expect(timeoutsMs).toEqual([]);
  });
});
