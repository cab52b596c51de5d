/**
 * Tokens for one room or session and one user: asked for once, kept while they are good, renewed when
 * they are needed.
 *
 * When a token ends is told by the answer's `expireTime` and the server's clock, never by the token: T1
 * tokens are no JWTs, and what a token says of itself is the platform's to read.
 */
import { share, sleep } from './abort.ts';
import type { GuestRequest, JoinedGuest, JoinRequest, Token, Waiting } from './api-types.ts';
import { toPath } from './path.ts';
import { type Answer, type CallOptions, type Connection, send } from './send.ts';

/** Without `expireTime`, which a source that lives longer would ask for in vain. */
type TokenWish = Pick<JoinRequest, 'role' | 'data' | 'initialLayoutClassList' | 'tokenType'>;

/** For who joins a room as the user who is signed in. */
interface RoomWish extends TokenWish, Pick<JoinRequest, 'session'> {
  readonly room: string;
  /** What an answer to who waits had under this name, kept over a reload. */
  readonly knock?: string | undefined;
}

interface SessionWish extends TokenWish {
  readonly sessionId: string;
}

/**
 * For who joins by an invite. `guest` is what an answer had under this name, kept over a reload: it
 * needs no `invite` and is sent along with every request from the first answer on.
 */
type GuestWish = OrUndefined<Omit<GuestRequest, 'invite' | 'guest'>> &
  ({ readonly invite: string; readonly guest?: string | undefined } | { readonly guest: string });

/** For what a page may have kept or not. */
type OrUndefined<Options> = { readonly [Name in keyof Options]: Options[Name] | undefined };

/** Of many kinds of options one, and nothing of the others. */
type OneOf<Kinds, Kind = Kinds> = Kind extends unknown
  ? Kind & { readonly [Name in Exclude<AnyKey<Kinds>, keyof Kind>]?: never }
  : never;
type AnyKey<Kinds> = Kinds extends unknown ? keyof Kinds : never;

/** Make one source for each user who signs in: it keeps what it was given for the one before. */
export type TokenSourceOptions = Connection &
  OneOf<RoomWish | SessionWish | GuestWish> & {
    /**
     * Told each time that the answer is to wait for a host. The source then asks again by itself, until
     * there is a token or a problem (`AdmissionDeniedError`), or until `signal` ends the wait: nothing
     * else does, however long the host takes.
     */
    readonly onWaiting?: (answer: Waiting) => void;
  };

export interface FetchTokenOptions extends CallOptions, Pick<TokenWish, 'role' | 'data'> {
  /** Asks for a new token even if the one kept is good. Default false. */
  readonly force?: boolean;
}

/** `room` for rooms and guests, `guest` for guests. */
export type FetchedToken = Token & Partial<Pick<JoinedGuest, 'room' | 'guest'>>;

export interface TokenSource {
  /**
   * A token that is good for at least a minute more, unless the server gives shorter ones. Call it
   * each time one is needed, not once: what was fetched ahead may be stale by then.
   *
   * `role` and `data` stand in for those of the source. An aborted `signal` ends this wait and not
   * that of others for the same token. Throws what every call does, see `Connection`.
   */
  fetch(options?: FetchTokenOptions): Promise<FetchedToken>;
}

const MARGIN_MS = 60_000;

/** Somebody who asks for tokens, as the answers so far know them. */
interface Person {
  readonly secrets: { guest?: string | undefined; knock?: string };
  /** Settles with their last request. */
  turn?: Promise<unknown>;
}

/** @throws TypeError without a room, a session id and an invite */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const isGuest = options.invite || options.guest;
  const { room, sessionId } = options;
  const target = sessionId ? ['sessions', sessionId] : ['rooms', room];
  const path = toPath(...(isGuest ? ['invites'] : target), 'tokens');
  const requests = new Map<string, ReturnType<typeof share<FetchedToken>>>();
  let kept: { readonly key: string; readonly answer: Answer<FetchedToken> } | undefined;
  /** By what a guest came with: what was told of one invite is nothing to another. */
  const people = new Map<string, Person>();

  const ask = async (
    key: string,
    { secrets, turn }: Person,
    signal: AbortSignal,
  ): Promise<FetchedToken> => {
    // A guest who is not known yet takes a place with each request.
    if (isGuest) await turn;
    for (;;) {
      const body = { ...JSON.parse(key), ...secrets };
      const answer = await send<FetchedToken>(options, { method: 'POST', path, body, signal });
      if (answer.status !== 202) {
        kept = { key, answer };
        secrets.guest = answer.body.guest;
        return answer.body;
      }
      const waiting = answer.body as unknown as Waiting;
      secrets.knock = waiting.knock;
      options.onWaiting?.(waiting);
      await sleep(Math.max(waiting.pollAfterSeconds, 1) || 3, signal);
    }
  };

  const request = (key: string, who: string) => {
    const person = people.get(who) ?? { secrets: {} };
    people.set(who, person);
    const join = share<FetchedToken>(
      (signal) => {
        const task = ask(key, person, signal);
        person.turn = task.catch(() => {});
        return task;
      },
      () => requests.get(key) === join && requests.delete(key),
    );
    requests.set(key, join);
    return join;
  };

  return {
    async fetch({ force, signal, role = options.role, data = options.data } = {}) {
      signal?.throwIfAborted();
      const { initialLayoutClassList, tokenType, session, invite, guest, knock, name } = options;
      // A token is good for this body and no other.
      const key = JSON.stringify({
        ...{ role, data, initialLayoutClassList, tokenType, session },
        ...{ invite, guest, knock, name },
      });
      if (!force && kept?.key === key && isGood(kept.answer)) return kept.answer.body;
      return (requests.get(key) ?? request(key, `${invite} ${guest}`))(signal);
    },
  };
}

/** False as well for an answer that does not tell when its token ends. */
function isGood({ body, serverNowMs }: Answer<Token>): boolean {
  return serverNowMs() < body.expireTime * 1000 - MARGIN_MS;
}
