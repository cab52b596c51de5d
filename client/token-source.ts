/**
 * Tokens for one room or session and one user: asked for once, kept while they are good, renewed when
 * they are needed.
 *
 * When a token ends is told by the answer's `expireTime` and the server's clock, never by the token: T1
 * tokens are no JWTs, and what a token says of itself is the platform's to read.
 */
import { share } from './abort.ts';
import type { JoinedRoom, JoinRequest, Token } from './api-types.ts';
import { tokensPath } from './client.ts';
import { type Answer, type CallOptions, type Connection, send } from './send.ts';

/** Without `expireTime`, which a source that lives longer would ask for in vain. */
type TokenWish = Omit<JoinRequest, 'expireTime' | 'session'>;

/** Make one source for each user who signs in: it keeps what it was given for the one before. */
export type TokenSourceOptions = Connection &
  TokenWish &
  (
    | {
        readonly room: string;
        readonly session?: JoinRequest['session'];
        readonly sessionId?: never;
      }
    | { readonly sessionId: string; readonly room?: never; readonly session?: never }
  );

export interface FetchTokenOptions extends CallOptions, Pick<TokenWish, 'role' | 'data'> {
  /** Asks for a new token even if the one kept is good. Default false. */
  readonly force?: boolean;
}

export interface TokenSource {
  /**
   * A token that is good for at least a minute more, unless the server gives shorter ones. Call it
   * each time one is needed, not once: what was fetched ahead may be stale by then.
   *
   * `role` and `data` stand in for those of the source. An aborted `signal` ends this wait and not
   * that of others for the same token. Throws what every call does, see `Connection`.
   */
  fetch(options?: FetchTokenOptions): Promise<Token & Partial<Pick<JoinedRoom, 'room'>>>;
}

const MARGIN_MS = 60_000;

/** @throws TypeError without a room or a session id */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  type Token = Awaited<ReturnType<TokenSource['fetch']>>;
  const path = tokensPath(options);
  const requests = new Map<string, ReturnType<typeof share<Token>>>();
  let kept: { readonly key: string; readonly answer: Answer<Token> } | undefined;

  const request = (key: string) => {
    const join = share<Token>(
      async (signal) => {
        const body = JSON.parse(key);
        const answer = await send<Token>(options, { method: 'POST', path, body, signal });
        kept = { key, answer };
        return answer.body;
      },
      () => requests.get(key) === join && requests.delete(key),
    );
    requests.set(key, join);
    return join;
  };

  return {
    async fetch({ force = false, signal, role = options.role, data = options.data } = {}) {
      signal?.throwIfAborted();
      const { initialLayoutClassList, tokenType, session } = options;
      // A token is good for this body and no other.
      const key = JSON.stringify({ role, data, initialLayoutClassList, tokenType, session });
      if (!force && kept?.key === key && isGood(kept.answer)) return kept.answer.body;
      return (requests.get(key) ?? request(key))(signal);
    },
  };
}

/** False as well for an answer that does not tell when its token ends. */
function isGood({ body, serverNowMs }: Answer<Token>): boolean {
  return serverNowMs() < body.expireTime * 1000 - MARGIN_MS;
}
