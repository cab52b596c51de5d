/** A server that a test holds in its hands: no network, its own clock, answers given one by one. */
import { type Mock, vi } from 'vitest';
import type { Fetch, FetchInit } from '../../client/index.ts';

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FakeServer {
  readonly fetch: Mock<Fetch>;
  /** The bodies that were sent, parsed. */
  bodies(): unknown[];
}

/** @param answer the answer to the nth request, from 0 */
export function fakeServer(
  answer: (index: number, init: FetchInit) => FakeAnswer | Promise<FakeAnswer>,
): FakeServer {
  let count = 0;
  const fetch = vi.fn<Fetch>(async (_url, init) => {
    const { status = 201, headers, body = {} } = await answer(count++, init);
    return new Response(JSON.stringify(body), { status, ...(headers && { headers }) });
  });
  return {
    fetch,
    bodies: () => fetch.mock.calls.map(([, { body }]) => body && JSON.parse(body)),
  };
}

/** A moment as the header `Date` tells it. */
export const httpDate = (ms: number): string => new Date(ms).toUTCString();
