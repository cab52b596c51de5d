/**
 * Gets the token of one person: of a user who is signed in, or of a guest with an invite. The API on this
 * machine accepts unsigned sign-in tokens, so that anyone can be played.
 */
import {
  createTokenSource,
  type Fetch,
  type FetchedToken,
  type Role,
  type TokenSource,
  type Waiting,
} from '../../client/index.ts';
import { playUser } from '../explorer/play-user.ts';

export interface Newcomer {
  readonly kind: 'user' | 'guest';
  readonly name: string;
  /** The highest role of a user. A guest has the invite's. */
  readonly role: Role;
  readonly room: string;
  /** The secret of the invite of a guest. */
  readonly invite: string;
}

export interface GetTokenOptions {
  readonly signal: AbortSignal;
  readonly fetch: Fetch;
  /** Called each time the response is to wait for a host. */
  readonly onWaiting: (response: Waiting) => void;
}

export type GetToken = (newcomer: Newcomer, options: GetTokenOptions) => Promise<FetchedToken>;

export const signInAs = (name: string, role: string) => ({
  authorization: `Bearer ${playUser(name, role)}`,
});

/** For one person, who stays the same guest of an invite while the page is open. */
export function createGetToken(): GetToken {
  const guests = new Map<string, { guest?: string; knock?: string }>();
  return async ({ kind, name, role, room, invite }, { signal, fetch, onWaiting }) => {
    const common = { url: '', fetch, onWaiting };
    if (kind === 'user') {
      const headers = signInAs(name, role);
      const data = `name=${name}`;
      return createTokenSource({ ...common, headers, room, role, data }).fetch({ signal });
    }
    const kept = guests.get(invite) ?? {};
    guests.set(invite, kept);
    const source: TokenSource = createTokenSource({
      ...{ ...common, invite, ...kept },
      name: name || undefined,
      onKnock: (knock) => {
        kept.knock = knock;
      },
    });
    const token = await source.fetch({ signal });
    if (token.guest) kept.guest = token.guest;
    return token;
  };
}
