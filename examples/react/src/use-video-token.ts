/** The video token of a component: fetched when it mounts, renewed while it is mounted. */
import {
  createTokenSource,
  type FetchedToken,
  type HeadersSource,
  type Role,
} from 'opentok-sessions-client';
import { useEffect, useRef, useState } from 'react';

/** Give either `room`, for a user, or `invite`, for a guest. A change fetches another token. */
export interface VideoTokenOptions {
  readonly url: string;
  readonly room?: string;
  readonly invite?: string;
  /** Name of a guest. */
  readonly name?: string;
  readonly role?: Role;
  /** Called before each request, so that the sign-in token is fresh. */
  readonly getHeaders?: () => Promise<HeadersSource>;
}

export type VideoToken =
  | { readonly status: 'loading' | 'waiting' }
  /** `token` changes when it is renewed. Its `sessionId` stays the same. */
  | { readonly status: 'ready'; readonly token: FetchedToken }
  | { readonly status: 'failed'; readonly error: unknown };

const LOADING: VideoToken = { status: 'loading' };
/** `fetch` sends a request only if the token expires within the next minute, by the server's clock. */
const CHECK_MS = 30_000;

/** @returns the state of the token, and a function that tries again after a failure */
export function useVideoToken(options: VideoTokenOptions): readonly [VideoToken, () => void] {
  const { url, room = '', invite, name, role, getHeaders } = options;
  const [state, setState] = useState(LOADING);
  const [attempt, setAttempt] = useState(0);
  // In a reference, because a component may pass another function each time it renders.
  const latest = useRef(getHeaders);
  useEffect(() => {
    latest.current = getHeaders;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: A new attempt fetches again.
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    let current: FetchedToken | undefined;
    const tokens = createTokenSource({
      ...{ url, role, headers: async () => (await latest.current?.()) ?? {} },
      ...(invite ? guest(invite, name) : { room }),
      onWaiting: () => current || setState({ status: 'waiting' }),
    });
    const check = async () => {
      try {
        const token = await tokens.fetch({ signal });
        if (token !== current) setState({ status: 'ready', token });
        current = token;
      } catch (error) {
        // A renewal that fails is tried again while the token is valid.
        if (signal.aborted || (current && Date.now() < current.expireTime * 1000)) return;
        clearInterval(timer);
        setState({ status: 'failed', error });
      }
    };
    const timer = setInterval(check, CHECK_MS);
    setState(LOADING);
    // StrictMode unmounts at once. A microtask later, `fetch` of an aborted signal sends no request.
    queueMicrotask(check);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [url, room, invite, name, role, attempt]);

  return [state, () => setAttempt(attempt + 1)];
}

/** The same guest after a reload, and when React mounts the component twice: one guest takes one place. */
function guest(invite: string, name: string | undefined) {
  const knock = sessionStorage.getItem(invite) ?? undefined;
  return { invite, name, knock, onKnock: (knock: string) => sessionStorage.setItem(invite, knock) };
}
