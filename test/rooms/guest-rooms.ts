/** A room with invites and a waiting room in this process, with its own table over real sockets. */
import type { Caller } from '../../lib/domain/access.ts';
import { TRUSTED } from '../../lib/domain/access.ts';
import { parseGuestRequest } from '../../lib/rooms/domain/guest-request.ts';
import { parseInviteRequest } from '../../lib/rooms/domain/invite.ts';
import type { Room } from '../../lib/rooms/domain/room.ts';
import { createIsBanned } from '../../lib/rooms/table/ban-store.ts';
import { createGuestRateLimit } from '../../lib/rooms/table/guest-rate-limit.ts';
import { createInvitePlaces, createInviteStore } from '../../lib/rooms/table/invite-store.ts';
import {
  createGuestKnocks,
  createKnockDecisions,
  createKnockStore,
} from '../../lib/rooms/table/knock-store.ts';
import { createRoomStore } from '../../lib/rooms/table/room-store.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import type { CreatedInvite } from '../../lib/rooms/use-cases/create-invite.ts';
import { createJoinAsGuest } from '../../lib/rooms/use-cases/join-as-guest.ts';
import { type InviteAction, manageInvites } from '../../lib/rooms/use-cases/manage-invites.ts';
import {
  type KnockAction,
  type KnockOverview,
  manageKnocks,
} from '../../lib/rooms/use-cases/manage-knocks.ts';
import { createRequestAdmission } from '../../lib/rooms/use-cases/request-admission.ts';
import type { Invocation } from '../../lib/use-cases/invocation.ts';
import { createTokenSigner } from '../../lib/use-cases/issue-token.ts';
import { newRandomText } from '../../lib/wiring/random.ts';
import { startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { meterCapacity } from '../support/capacity.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../support/fixtures.ts';
import { createLocalAws, createPatientAws } from '../support/local-aws.ts';
import { decodeJwt } from '../support/verify-token.ts';
import { roomOf } from './room-of.ts';
import { createSecret } from './shelf.ts';
import { createSeatsOf } from './start-seats.ts';

export type GuestRooms = Awaited<ReturnType<typeof startGuestRooms>>;

/** How a guest request ended. */
export interface GuestOutcome {
  readonly end: string;
  readonly knock?: string | undefined;
  readonly guest?: string | undefined;
  readonly identity?: { readonly sub: string; readonly name?: string };
  readonly role?: unknown;
  readonly exp?: unknown;
  readonly error?: { readonly retryAfterSeconds?: number; readonly members?: object };
}

export async function startGuestRooms({
  perMinute = 1_000_000,
  isPatient = true,
}: {
  perMinute?: number;
  /** Whether calls have no timeout, for tests of what the table decides. Default true. */
  isPatient?: boolean;
} = {}) {
  const aws = isPatient ? createPatientAws() : createLocalAws();
  const dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const capacity = meterCapacity(aws, dynamoDb);
  const table = createRoomsTable(capacity.aws, { table: 'Rooms', endpoint: dynamoDb.url });
  const { projectSecret } = await createSecret();
  const clock = { seconds: NOW_SECONDS };
  const now = () => clock.seconds * 1000;
  const store = createRoomStore(table);
  const guests = createGuestKnocks(table);
  const knocks = createKnockStore(table);
  const places = createInvitePlaces(table, guests);
  const invites = createInviteStore(table);
  const decisions = createKnockDecisions(table);
  const newTokenIds = () => ({ nonce: 1, jti: 'x' });
  const deps = {
    ...{ projectSecret, store, places, knocks, guests, newRandomText, now },
    isBanned: createIsBanned(table),
    seatCaller: createSeatsOf(table, { now }).seatCaller,
    rateLimit: createGuestRateLimit(table, perMinute),
    signToken: createTokenSigner({ now, newTokenIds }),
  };
  const joinAsGuest = createJoinAsGuest(deps);
  const requestAdmission = createRequestAdmission({ knocks, now });
  let requests = 0;
  const invocation = (caller: Caller = TRUSTED): Invocation => {
    requests += 1;
    const endMs = performance.now() + (isPatient ? 600_000 : 10_000);
    return {
      ...{ requestId: `request-${requests}`, nowSeconds: clock.seconds, caller },
      ...{ remainingMs: () => endMs - performance.now(), maxTokenSeconds: DAY_SECONDS },
    };
  };
  const host = {
    invites: (action: InviteAction) =>
      manageInvites({ projectSecret, store, invites, newRandomText, now }, action, invocation()),
    knocks: (action: KnockAction) =>
      manageKnocks({ projectSecret, store, knocks: decisions }, action, invocation()),
  };
  return {
    ...{ dynamoDb, capacity, table, clock, deps, store, guests, knocks, places, decisions, host },
    invocation,
    room: async (name: string, rules: object = {}, changed: Partial<Room> = {}) => {
      const admission = { admission: 'open', ...rules } as const;
      const room = roomOf(name, { rules: admission, revision: JSON.stringify(rules), ...changed });
      const { name: _ } = room;
      await dynamoDb.ask('DeleteItem', {
        TableName: 'Rooms',
        Key: { room: { S: name }, item: { S: 'room' } },
      });
      await store.put(room, undefined, () => 10_000);
      return room;
    },
    invite: async (room: string, request: object = {}) => {
      const invite = parseInviteRequest(request, clock.seconds);
      const made = await host.invites({ action: 'createInvite', room, invite });
      return made as CreatedInvite;
    },
    listed: async (room: string) => {
      const { knocks } = (await host.knocks({ action: 'listKnocks', room })) as KnockOverview;
      return knocks;
    },
    countGuests: async (room: string) => {
      const listed = await host.invites({ action: 'listInvites', room });
      const { invites } = listed as { invites: readonly { readonly guests: number }[] };
      return invites.map(({ guests }) => guests);
    },
    /** Polls as a user with an account. */
    user: (room: Room, subject: string) =>
      requestAdmission({ room, subject, name: undefined }, invocation()),
    guest: async (body: object, clientKey?: string): Promise<GuestOutcome> => {
      const call = invocation({ kind: 'anonymous' });
      try {
        const request = { ...parseGuestRequest(body, call), clientKey };
        const answer = await joinAsGuest(request, call);
        if ('status' in answer) return { end: 'waiting', knock: answer.knock };
        const { claims } = decodeJwt(answer.token);
        const identity = JSON.parse(String(claims['connection_data']));
        const { role, exp } = claims;
        return { end: 'in', guest: answer.guest, identity, role, exp };
      } catch (error) {
        const { name, members } = error as { name: string; members?: { knock?: string } };
        return { end: name, knock: members?.knock, error: error as object };
      }
    },
    /** Puts items into the table, past everything that is measured. */
    putItems: async (items: readonly object[]) => {
      for (let start = 0; start < items.length; start += 25) {
        const batch = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
        await dynamoDb.ask('BatchWriteItem', { RequestItems: { Rooms: batch } });
      }
    },
    close: () => dynamoDb.close(),
  };
}

/** A secret as the client makes it before its first request. */
export function newKnock(invite: string): string {
  return `${invite.slice(0, invite.lastIndexOf('.'))}.${newRandomText(32)}`;
}
