/**
 * What hosts do with the people in a room: list, remove and ban them. Knows no event and no environment.
 */
import type { Credentials } from '../../credentials/credentials.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Fault } from '../../domain/faults.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import type { ModerationApi } from '../../platform/moderation-api.ts';
import type { Invocation } from '../../use-cases/invocation.ts';
import { callWithRenewal } from '../../use-cases/renew-credentials.ts';
import { isKnockId } from '../domain/knock.ts';
import {
  type Ban,
  type BanView,
  type ParticipantDecision,
  type ParticipantView,
  type Person,
  type Persons,
  toBanViews,
  toParticipants,
} from '../domain/participant.ts';
import type { Room } from '../domain/room.ts';
import { assertBansHold, type Enforcement } from '../domain/room-rules.ts';
import { roomFault } from '../faults.ts';
import type { BanStore } from '../table/ban-store.ts';
import { type FindRoomDeps, findRoom } from './find-room.ts';

export type ParticipantAction =
  | { readonly action: 'listParticipants'; readonly room: string }
  | {
      readonly action: 'decideParticipant';
      readonly room: string;
      readonly participantId: string;
      readonly decision: ParticipantDecision;
    }
  | { readonly action: 'removeEveryone'; readonly room: string; readonly decision: 'remove' };

/** In the order in which they came, and in which they were banned. */
export type ParticipantOverview = {
  readonly participants: readonly ParticipantView[];
  readonly banned: readonly BanView[];
};
/** How many participants were removed, for the log. */
export type RemovedParticipants = { readonly removed?: number };

/**
 * Returns the persons behind the connections to a session that the platform has reported, by connection id. Empty where
 * the deployment receives no callbacks.
 */
export type FindPersons = (
  room: Pick<Room, 'name' | 'sessionId'>,
  remainingMs: RemainingMs,
) => Promise<Persons>;

/** Returns a person who has connected to the session, now or before; `undefined` if the deployment receives no callbacks. */
export type FindPerson = (
  of: { readonly room: Pick<Room, 'sessionId'>; readonly personId: string },
  remainingMs: RemainingMs,
) => Promise<Person | undefined>;

export interface ParticipantDeps extends FindRoomDeps {
  readonly moderation: ModerationApi;
  readonly findPersons: FindPersons;
  readonly findPerson: FindPerson;
  readonly bans: BanStore;
  /** What the deployment enforces of bans. */
  readonly enforcement: Pick<Enforcement, 'allowsTokensBySessionId'>;
}

/** The platform publishes no rate limit. A crowd is removed in seconds. */
const DISCONNECTS_AT_ONCE = 20;

/**
 * @throws Fault `RoomNotFoundError`, `ParticipantNotFoundError`, `ParticipantUnidentifiedError`, and
 *   `Platform…Error` if a client could not be disconnected; all others are disconnected nevertheless
 */
export async function manageParticipants(
  deps: ParticipantDeps,
  request: ParticipantAction,
  invocation: Invocation,
): Promise<ParticipantOverview | RemovedParticipants> {
  const { remainingMs } = invocation;
  if (request.action === 'decideParticipant' && request.decision === 'ban') {
    assertBansHold(deps.enforcement);
  }
  const { room, credentials } = await findRoom(deps, request.room, invocation);
  if (!room) throw roomFault('RoomNotFoundError', 'There is no room of that name.');
  const present = createPresence(deps, { room, credentials }, invocation);
  switch (request.action) {
    case 'listParticipants': {
      const [participants, bans] = await Promise.all([
        deps.findPersons(room, remainingMs).then(present.list),
        room.hasBans ? deps.bans.list(room, remainingMs) : [],
      ]);
      return { participants, banned: toBanViews(bans) };
    }
    case 'decideParticipant':
      return decide(deps, { ...request, room, present }, invocation);
    case 'removeEveryone': {
      const participants = await present.list(new Map());
      return present.remove(participants);
    }
  }
}

interface Decided {
  readonly room: Room;
  readonly participantId: string;
  readonly decision: ParticipantDecision;
  readonly present: Presence;
}

async function decide(
  deps: ParticipantDeps,
  { room, participantId: personId, decision, present }: Decided,
  invocation: Invocation,
): Promise<RemovedParticipants> {
  const { nowSeconds, remainingMs } = invocation;
  if (!isKnockId(personId)) throw noSuchParticipant();
  const of = { room, personId };
  if (decision === 'remove') {
    const persons = await deps.findPersons(room, remainingMs);
    return present.remove([await present.find(persons, personId)]);
  }
  const ban = await deps.bans.find(of, remainingMs);
  const known = ban ?? (await findKnown(deps, { ...of, present }, remainingMs));
  if (!known) {
    if (decision === 'allow') return {};
    throw roomFault(
      'ParticipantUnidentifiedError',
      'The person of this connection is not known, so it can be removed but not banned.',
    );
  }
  if (decision === 'allow') {
    await deps.bans.lift(of, remainingMs);
    return {};
  }
  // First the ban: a client that is disconnected may ask for another token at once.
  if (
    !(await deps.bans.ban(room, { bannedAtSeconds: nowSeconds, ...known, personId }, remainingMs))
  ) {
    throw roomFault('RoomNotFoundError', 'There is no room of that name.');
  }
  const participants = await present.list(await deps.findPersons(room, remainingMs));
  return present.remove(participants.filter(({ participantId }) => participantId === personId));
}

type Known = Pick<Ban, 'sub' | 'name' | 'inviteId'>;

/**
 * Returns what is known of a person who has knocked, has a place of an invite, or has connected; `undefined` for the
 * connection of an unknown person.
 *
 * @throws Fault `ParticipantNotFoundError`
 */
async function findKnown(
  { bans, findPerson, findPersons }: ParticipantDeps,
  of: { readonly room: Room; readonly personId: string; readonly present: Presence },
  remainingMs: RemainingMs,
): Promise<Known | undefined> {
  const [knocker, person] = await Promise.all([
    bans.findKnocker(of, remainingMs),
    findPerson(of, remainingMs),
  ]);
  if (!knocker && !person) {
    const persons = await findPersons(of.room, remainingMs);
    const { sub, name } = await of.present.find(persons, of.personId);
    return sub === null ? undefined : { sub, name: name ?? undefined, inviteId: undefined };
  }
  return {
    sub: person?.sub ?? knocker?.sub,
    name: person?.name ?? knocker?.name,
    inviteId: knocker?.inviteId,
  };
}

interface Presence {
  readonly list: (persons: Persons) => Promise<readonly ParticipantView[]>;
  /** @throws Fault `ParticipantNotFoundError` */
  readonly find: (persons: Persons, participantId: string) => Promise<ParticipantView>;
  readonly remove: (participants: readonly ParticipantView[]) => Promise<RemovedParticipants>;
}

/** The clients of a room's session on the platform. */
export function createPresence(
  { projectSecret, moderation }: Pick<ParticipantDeps, 'projectSecret' | 'moderation'>,
  { room, credentials }: { readonly room: Room; readonly credentials: Credentials },
  { nowSeconds, remainingMs }: Invocation,
): Presence {
  const { sessionId } = room;
  const call = <Result>(run: (of: Parameters<ModerationApi['listConnections']>[0]) => Result) =>
    callWithRenewal(projectSecret, credentials, remainingMs, async (current) => {
      if (current.project.id !== room.projectId) throw hasMoved(room);
      return run({ credentials: current, sessionId, nowSeconds, remainingMs });
    });
  const list: Presence['list'] = async (persons) =>
    toParticipants(await call(moderation.listConnections), persons);
  return {
    list,
    find: async (persons, id) => {
      const participants = await list(persons);
      const found = participants.find(({ participantId }) => participantId === id);
      if (!found) throw noSuchParticipant();
      return found;
    },
    remove: async (participants) => {
      const connectionIds = participants.flatMap(({ connections }) => connections);
      await call(async (of) => {
        const failures: unknown[] = [];
        // One client that cannot be disconnected does not keep the others in.
        const disconnect = (connectionId: string) =>
          moderation
            .disconnect({ ...of, connectionId })
            .catch((error: unknown) => failures.push(error));
        await mapConcurrently(connectionIds, disconnect, { limit: DISCONNECTS_AT_ONCE });
        if (failures.length > 0) throw failures[0];
      });
      return { removed: participants.length };
    },
  };
}

/** The project has changed since the room was found. */
function hasMoved({ name, projectId }: Room): Fault {
  return roomFault(
    'CredentialsChangingError',
    "The project's credentials are changing. Retry in a second.",
    {
      reason: `The room ${name} is of project ${projectId}; the secret has become another project's since.`,
      retryAfterSeconds: 1,
    },
  );
}

function noSuchParticipant(): Fault {
  return roomFault('ParticipantNotFoundError', 'The room has no participant with that id.');
}
