/**
 * The people in a room: the platform's connections, grouped by the person they belong to. Pure: no I/O.
 */
import { toPersonId, toUnknownPersonId } from '../../domain/identity.ts';

/** What a host can decide about a participant. */
export const PARTICIPANT_DECISIONS = ['remove', 'ban', 'allow'] as const;
export type ParticipantDecision = (typeof PARTICIPANT_DECISIONS)[number];

/** A connection as the platform lists it. */
export interface Connection {
  readonly id: string;
  /** Milliseconds since the UNIX epoch. */
  readonly createdAtMs: number;
}

/** Who a connection belongs to. */
export interface Person {
  readonly sub: string;
  readonly name?: string | undefined;
}

/** Persons by connection id. Connections that are not in it are of unknown persons. */
export type Persons = ReadonlyMap<string, Person>;

/** A participant as hosts see them. */
export type ParticipantView = Readonly<{
  /** The same as the person's `knockId`. */
  participantId: string;
  sub: string | null;
  name: string | null;
  /** When their first connection began. Whole seconds since the UNIX epoch. */
  since: number;
  connections: readonly string[];
}>;

/** Returns one participant per person, and one per connection of an unknown person; the first to come first. */
export function toParticipants(
  connections: readonly Connection[],
  persons: Persons,
): readonly ParticipantView[] {
  const sorted = connections.toSorted(
    (one, other) => one.createdAtMs - other.createdAtMs || (one.id < other.id ? -1 : 1),
  );
  const participants = new Map<string, ParticipantView>();
  for (const { id, createdAtMs } of sorted) {
    const person = persons.get(id);
    const participantId = person ? toPersonId(person.sub) : toUnknownPersonId(id);
    const known = participants.get(participantId);
    participants.set(participantId, {
      participantId,
      sub: person?.sub ?? null,
      name: known?.name ?? person?.name ?? null,
      since: known?.since ?? Math.floor(createdAtMs / 1000),
      connections: [...(known?.connections ?? []), id],
    });
  }
  return [...participants.values()];
}

/** A person who is banned from a room, and the ban. */
export interface Ban {
  /** The person's `participantId` and `knockId`. */
  readonly personId: string;
  /** `undefined` if it was not known when the person was banned. */
  readonly sub: string | undefined;
  readonly name: string | undefined;
  /** The invite with which a guest came. */
  readonly inviteId: string | undefined;
  /** Whole seconds since the UNIX epoch. */
  readonly bannedAtSeconds: number;
}

/** How many bans a list contains at most, so that its cost is bounded. */
export const MAX_LISTED_BANS = 1_000;

/** A banned person as hosts see them. */
export type BanView = Readonly<{
  participantId: string;
  sub: string | null;
  name: string | null;
  /** The invite with which a guest came; null for a user. */
  inviteId: string | null;
  /** When the person was banned. Whole seconds since the UNIX epoch. */
  since: number;
}>;

/** Returns the bans in the order in which they were made. */
export function toBanViews(bans: readonly Ban[]): readonly BanView[] {
  const views = bans.map(({ personId, sub, name, inviteId, bannedAtSeconds }) => ({
    ...{ participantId: personId, sub: sub ?? null, name: name ?? null },
    ...{ inviteId: inviteId ?? null, since: bannedAtSeconds },
  }));
  return views.toSorted(
    (one, other) => one.since - other.since || (one.participantId < other.participantId ? -1 : 1),
  );
}
