/** What a token source does at a door that a host opens; no network, clocks that are set by hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenSource, type TokenSourceOptions, type Waiting } from '../../client/index.ts';
import { type FakeAnswer, fakeServer, httpDate } from './fake-server.ts';

const NOW = Date.UTC(2026, 10, 25);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const waiting = (changed: object = {}): FakeAnswer => ({
  status: 202,
  body: { status: 'waiting', knock: 'knock 1', pollAfterSeconds: 3, ...changed },
});
const token = (name = 'token'): FakeAnswer => ({
  headers: { date: httpDate(NOW) },
  body: { token: name, expireTime: NOW / 1000 + 3600 },
});
const denied: FakeAnswer = {
  status: 403,
  body: { type: 'urn:opentok-sessions:admission-denied-error', detail: 'A host said no.' },
};

/** @param answers one after the other, the last one forever */
function start(answers: readonly FakeAnswer[], options: Partial<TokenSourceOptions> = {}) {
  const server = fakeServer((index) => answers[Math.min(index, answers.length - 1)] ?? {});
  const told: Waiting[] = [];
  const source = createTokenSource({
    url: 'https://video.example.com',
    room: 'standup',
    role: 'publisher',
    fetch: server.fetch,
    onWaiting: (answer: Waiting) => void told.push(answer),
    ...options,
  } as TokenSourceOptions);
  return { ...server, source, told };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a caller in the waiting room', () => {
  it('polls with the same request and its knock, at the interval of the response, until there is a token', async () => {
    const { source, fetch, bodies, told } = start([waiting(), waiting(), token()]);
    const asked = source.fetch();
    await pass(2_999);
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(fetch).toHaveBeenCalledTimes(2);
    await pass(3_000);
    expect(await asked).toHaveProperty('token', 'token');
    expect(bodies()).toEqual([
      { role: 'publisher' },
      { role: 'publisher', knock: 'knock 1' },
      { role: 'publisher', knock: 'knock 1' },
    ]);
    expect(told).toEqual([waiting().body, waiting().body]);
    await pass(60_000);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('waits for as long as the host takes', async () => {
    const { source, fetch } = start([...Array(1_200).fill(waiting()), token()]);
    const asked = source.fetch();
    await pass(3_600_000);
    expect(await asked).toHaveProperty('token', 'token');
    expect(fetch).toHaveBeenCalledTimes(1_201);
  });

  it.each([
    [7, 7_000],
    [1, 1_000],
    [0, 1_000],
    [-1, 1_000],
    [0.1, 1_000],
    [60, 60_000],
    [61, 60_000],
    [1e12, 60_000],
    ['5', 5_000],
    ['soon', 3_000],
    [undefined, 3_000],
  ])('asks again after pollAfterSeconds (%s), and never at once', async (pollAfterSeconds, ms) => {
    const { source, fetch } = start([waiting({ pollAfterSeconds }), token()]);
    const asked = source.fetch();
    await pass(ms - 1);
    expect(fetch).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(await asked).toHaveProperty('token', 'token');
  });

  it('is in one line with all who ask for the same', async () => {
    const { source, fetch } = start([waiting(), token()]);
    const asked = [source.fetch(), source.fetch({ force: true })];
    await pass(1_000);
    asked.push(source.fetch());
    await pass(2_000);
    expect(await Promise.all(asked)).toEqual(Array(3).fill(token().body));
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('has no token, whatever else the answer has', async () => {
    const lookalike = waiting({ token: 'not yet', expireTime: NOW / 1000 + 3600 });
    const { source, fetch } = start([lookalike, token()]);
    const asked = source.fetch();
    await pass(3_000);
    expect(await asked).toHaveProperty('token', 'token');
    expect(await source.fetch()).toHaveProperty('token', 'token');
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('asks no more once a host has said no, until told to', async () => {
    const { source, fetch, told } = start([waiting(), denied]);
    const asked = source.fetch();
    const outcome = expect(asked).rejects.toMatchObject({ name: 'AdmissionDeniedError' });
    await pass(3_000);
    await outcome;
    await pass(600_000);
    expect([fetch.mock.calls.length, told.length]).toEqual([2, 1]);
    await expect(source.fetch()).rejects.toMatchObject({ name: 'AdmissionDeniedError' });
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it.each([
    [503, 'room-store-unavailable-error'],
    [429, 'too-many-requests-error'],
  ])('goes on after a %i, when the answer asks for it', async (status, kind) => {
    const type = `urn:opentok-sessions:${kind}`;
    const busy = { status, headers: { 'retry-after': '5' }, body: { type } };
    const { source, fetch, bodies } = start([waiting(), busy, waiting(), token()]);
    const asked = source.fetch();
    await pass(3_000 + 4_999);
    expect(fetch).toHaveBeenCalledTimes(2);
    await pass(1 + 3_000);
    expect(await asked).toHaveProperty('token', 'token');
    expect(bodies()[3]).toEqual({ role: 'publisher', knock: 'knock 1' });
  });

  it('survives a network that fails twice, with the same knock', async () => {
    const { source, fetch, bodies } = start([waiting(), token()]);
    const asked = source.fetch();
    await pass(0);
    for (const _ of [1, 2]) fetch.mockRejectedValueOnce(new TypeError('fetch failed'));
    await pass(3_000 + 6_000);
    expect(await asked).toHaveProperty('token', 'token');
    expect(bodies().slice(1)).toEqual(Array(3).fill({ role: 'publisher', knock: 'knock 1' }));
  });

  it('ends with the error of a request, and keeps the place for the next call', async () => {
    const broken = { status: 500, body: {} };
    const { source, bodies } = start([waiting(), broken, waiting(), token()]);
    const asked = source.fetch();
    const outcome = expect(asked).rejects.toMatchObject({ status: 500 });
    await pass(3_000);
    await outcome;
    const again = source.fetch();
    await pass(3_000);
    expect(await again).toHaveProperty('token', 'token');
    expect(bodies()[2]).toEqual({ role: 'publisher', knock: 'knock 1' });
  });

  it('calls onKnock with each new knock, and only then', async () => {
    const onKnock = vi.fn();
    const answers = [waiting(), waiting(), waiting({ knock: 'knock 2' }), token()];
    const { source } = start(answers, { onKnock });
    const asked = source.fetch();
    await pass(9_000);
    await asked;
    expect(onKnock.mock.calls).toEqual([['knock 1'], ['knock 2']]);
  });

  it('knocks again for the next token: an admission is for one token', async () => {
    const { source, told } = start([waiting(), token('one'), waiting(), token('two')]);
    const first = source.fetch();
    await pass(3_000);
    expect(await first).toHaveProperty('token', 'one');
    const second = source.fetch({ force: true });
    await pass(3_000);
    expect(await second).toHaveProperty('token', 'two');
    expect(told).toHaveLength(2);
  });

  it('continues after a reload with the knock of before', async () => {
    const { source, bodies } = start([token()], { knock: 'knock 0' });
    await source.fetch();
    expect(bodies()).toEqual([{ role: 'publisher', knock: 'knock 0' }]);
  });

  it('tells their knock to no other room', async () => {
    const [one, other] = [start([waiting()]), start([token()], { room: 'other' })];
    const controller = new AbortController();
    const waits = expect(one.source.fetch({ signal: controller.signal })).rejects.toThrow();
    await pass(3_000);
    await other.source.fetch();
    expect(other.bodies()).toEqual([{ role: 'publisher' }]);
    controller.abort();
    await waits;
  });
});

describe('an aborted signal', () => {
  it('ends the wait and the polls', async () => {
    const { source, fetch, told } = start([waiting()]);
    const controller = new AbortController();
    const asked = source.fetch({ signal: controller.signal });
    const outcome = expect(asked).rejects.toThrow('closed the page');
    await pass(4_000);
    controller.abort(new Error('closed the page'));
    await outcome;
    await pass(600_000);
    expect([fetch.mock.calls.length, told.length]).toEqual([2, 2]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves those alone who wait for the same', async () => {
    const { source, fetch } = start([waiting(), waiting(), token()]);
    const controller = new AbortController();
    const gone = source.fetch({ signal: controller.signal });
    const outcome = expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    const patient = source.fetch();
    await pass(1_000);
    controller.abort();
    await outcome;
    await pass(5_000);
    expect(await patient).toHaveProperty('token', 'token');
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('keeps the place in the queue: a second fetch continues with the same knock', async () => {
    const { source, bodies } = start([waiting(), token()]);
    const controller = new AbortController();
    const asked = source.fetch({ signal: controller.signal });
    const outcome = expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await pass(1_000);
    controller.abort();
    await outcome;
    await source.fetch();
    expect(bodies()).toEqual([{ role: 'publisher' }, { role: 'publisher', knock: 'knock 1' }]);
  });
});
