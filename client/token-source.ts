/**
 * Tokens for one room or session and one user: fetched once, kept while they are valid, renewed when they
 * are needed.
 *
 * When a token expires follows from the response's `expireTime` and the server's clock, never from the
 * token: T1 tokens are not JWTs, and the contents of a token are for the platform to read.
 */
import { share, sleep, throwIfAborted } from './abort.ts';
import type { GuestRequest, JoinedGuest, JoinRequest, Token, Waiting } from './api-types.ts';
import { newKnock, readInvite } from './guest-secret.ts';
import { toPath } from './path.ts';
import { type ApiResponse, type CallOptions, type Connection, send } from './send.ts';

/** Without `expireTime`, which would have passed when the source renews the token. */
type TokenWish = Pick<JoinRequest, 'role' | 'data' | 'initialLayoutClassList' | 'tokenType'>;

/** For a signed-in user who joins a room. */
interface RoomWish extends TokenWish, Pick<JoinRequest, 'session'> {
  readonly room: string;
  /** The last value that `onKnock` was called with, kept over a reload. */
  readonly knock?: string | undefined;
}

interface SessionWish extends TokenWish {
  readonly sessionId: string;
}

/**
 * For a guest who joins by an invite. `knock` is the last value that `onKnock` was called with, kept over a
 * reload; `guest`, of an earlier response, does the same and needs no `invite`.
 */
type GuestWish = OrUndefined<Omit<GuestRequest, 'invite' | 'guest'>> &
  (
    | {
        /** From the link, as `readInvite` returns it. What a mail program adds at its end is ignored. */
        readonly invite: string;
        readonly guest?: string | undefined;
      }
    | { readonly guest: string }
  );

/** For values that a page may or may not have kept. */
type OrUndefined<Options> = { readonly [Name in keyof Options]: Options[Name] | undefined };

/** One of several kinds of options, without the fields of the others. */
type OneOf<Kinds, Kind = Kinds> = Kind extends unknown
  ? Kind & { readonly [Name in Exclude<AnyKey<Kinds>, keyof Kind>]?: never }
  : never;
type AnyKey<Kinds> = Kinds extends unknown ? keyof Kinds : never;

/** Make one source for each user who signs in: it keeps the tokens of the user before. */
export type TokenSourceOptions = Connection &
  OneOf<RoomWish | SessionWish | GuestWish> & {
    /**
     * Called each time the response is to wait for a host. The source polls until there is a
     * token or a problem such as `AdmissionDeniedError`. The wait has no timeout; pass a `signal` to end it.
     */
    readonly onWaiting?: (response: Waiting) => void;
    /**
     * Called with the secret by which the server recognizes this guest or this waiting user, each time it
     * is new; for a guest, before the first request. Keep it over a reload and pass it as `knock`: the same
     * guest then takes no second place, also if the response to the first request was lost.
     */
    readonly onKnock?: (knock: string) => void;
  };

export interface FetchTokenOptions extends CallOptions, Pick<TokenWish, 'role' | 'data'> {
  /** Whether to fetch a new token although the one kept is valid. Default false. */
  readonly force?: boolean;
}

/** `room` for rooms and guests, `guest` for guests. */
export type FetchedToken = Token & Partial<Pick<JoinedGuest, 'room' | 'guest'>>;

export interface TokenSource {
  /**
   * Returns a token that is valid for at least another minute, unless the server issues shorter ones. Call
   * it each time a token is needed: one that was fetched ahead may have expired.
   *
   * `role` and `data` override those of the source. An aborted `signal` ends this wait only, not that of
   * other callers for the same token. Requests that fail for lack of network are retried like a 503.
   * @throws what every call throws, see `Client`
   */
  fetch(options?: FetchTokenOptions): Promise<FetchedToken>;
}

const MARGIN_MS = 60_000;
const DEFAULT_POLL_SECONDS = 3;
const MAX_POLL_SECONDS = 60;

/** By these the server recognizes a guest, or a user who waits. */
interface Secrets {
  guest?: string | undefined;
  knock?: string | undefined;
}

/** @throws TypeError without a room, a session id and an invite */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { room, sessionId } = options;
  const target = sessionId ? ['sessions', sessionId] : ['rooms', room];
  const path = toPath(...(options.invite || options.guest ? ['invites'] : target), 'tokens');
  const requests = new Map<string, ReturnType<typeof share<FetchedToken>>>();
  let kept: ({ readonly key: string } & ApiResponse<FetchedToken>) | undefined;
  /** By invite and guest: the secrets of one invite are never sent with another. */
  const people = new Map<string, Secrets>();

  const keepKnock = (secrets: Secrets, knock: string) => {
    if (secrets.knock === knock) return;
    secrets.knock = knock;
    options.onKnock?.(knock);
  };

  const getToken = async (
    key: string,
    secrets: Secrets,
    signal: AbortSignal,
  ): Promise<FetchedToken> => {
    for (;;) {
      const body = { ...JSON.parse(key), ...secrets };
      const response = await send<FetchedToken>(options, { method: 'POST', path, body, signal });
      if (response.status !== 202) {
        kept = { key, ...response };
        secrets.guest = response.body.guest;
        return response.body;
      }
      const waiting = response.body as unknown as Waiting;
      keepKnock(secrets, waiting.knock);
      options.onWaiting?.(waiting);
      const pollSeconds = Math.min(Math.max(waiting.pollAfterSeconds, 1), MAX_POLL_SECONDS);
      await sleep(pollSeconds || DEFAULT_POLL_SECONDS, signal);
    }
  };

  const request = (key: string, secrets: Secrets) => {
    const join = share<FetchedToken>(
      (signal) => getToken(key, secrets, signal),
      () => requests.get(key) === join && requests.delete(key),
    );
    requests.set(key, join);
    return join;
  };

  return {
    async fetch({ force, signal, role = options.role, data = options.data } = {}) {
      throwIfAborted(signal);
      const { initialLayoutClassList, tokenType, session, guest, knock, name } = options;
      const invite = options.invite && (readInvite(options.invite) ?? options.invite);
      // A token is valid for this body only.
      const key = JSON.stringify({
        ...{ role, data, initialLayoutClassList, tokenType, session },
        ...{ invite, guest, knock, name },
      });
      if (!force && kept?.key === key && isGood(kept)) return kept.body;
      const who = `${invite} ${guest}`;
      const secrets = people.get(who) ?? {};
      people.set(who, secrets);
      if (invite && !guest && !knock && !secrets.knock) keepKnock(secrets, newKnock(invite));
      return (requests.get(key) ?? request(key, secrets))(signal);
    },
  };
}

/** False also for a response without `expireTime`. */
function isGood({ body, serverNowMs }: ApiResponse<Token>): boolean {
  return serverNowMs() < body.expireTime * 1000 - MARGIN_MS;
}
