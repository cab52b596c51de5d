/**
 * As whom somebody joins: the API on this machine trusts every back end, takes whoever is played for an
 * end user, and a guest by the invite that they come with.
 */
import {
  createTokenSource,
  type FetchedToken,
  type Role,
  type TokenSource,
  type Waiting,
} from '../../client/index.ts';
import { playUser } from '../try/play-user.ts';

export const ENTRANCES = ['a back end', 'a user', 'a guest'] as const;
export type Entrance = (typeof ENTRANCES)[number];

export interface Newcomer {
  readonly entrance: Entrance;
  readonly name: string;
  /** Of an end user the highest that they may have; a guest has the invite's. */
  readonly role: Role;
  readonly room: string;
  /** The secret of an invite, for a guest. */
  readonly invite: string;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Told each time that a host has yet to decide. */
  readonly onWaiting: (answer: Waiting) => void;
}

/** Asks for tokens for one person, who stays the same guest for as long as the page is open. */
export function createEntrance(): (
  newcomer: Newcomer,
  options: AskOptions,
) => Promise<FetchedToken> {
  const guests = new Map<string, { guest?: string; knock?: string }>();
  return async ({ entrance, name, role, room, invite }, { signal, onWaiting }) => {
    const url = '';
    if (entrance !== 'a guest') {
      const headers = { authorization: `Bearer ${playUser(name, role)}` };
      const source = createTokenSource({
        ...{ url, room, role, data: `name=${name}`, onWaiting },
        ...(entrance === 'a user' && { headers }),
      });
      return source.fetch({ signal });
    }
    const kept = guests.get(invite) ?? {};
    guests.set(invite, kept);
    const source: TokenSource = createTokenSource({
      ...{ url, invite, ...kept },
      name: name || undefined,
      onWaiting,
      onKnock: (knock) => {
        kept.knock = knock;
      },
    });
    const token = await source.fetch({ signal });
    if (token.guest) kept.guest = token.guest;
    return token;
  };
}
