/**
 * Random histories of a room, its hosts, users and guests, against a real table: whatever happened
 * before, each request ends as a model of a few lines says.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, TRUSTED } from '../../lib/domain/access.ts';
import { parseGuestRequest } from '../../lib/rooms/domain/guest-request.ts';
import { parseIfMatch } from '../../lib/rooms/domain/if-match.ts';
import { parseInviteRequest } from '../../lib/rooms/domain/invite.ts';
import { readGuestSecret, toGuestSubject } from '../../lib/rooms/domain/invite-secret.ts';
import { parseJoinRequest, parseOpenRequest } from '../../lib/rooms/domain/room-request.ts';
import { createServeHost, type HostRequest } from '../../lib/rooms/routes/host-actions.ts';
import { createBanStore, createIsBanned } from '../../lib/rooms/table/ban-store.ts';
import { createGuestRateLimit } from '../../lib/rooms/table/guest-rate-limit.ts';
import { createInvitePlaces, createInviteStore } from '../../lib/rooms/table/invite-store.ts';
import {
  createGuestKnocks,
  createKnockDecisions,
  createKnockStore,
  createLeaveWaitingRoom,
} from '../../lib/rooms/table/knock-store.ts';
import { createRoomCache } from '../../lib/rooms/table/room-cache.ts';
import { createReadAllRooms } from '../../lib/rooms/table/room-list.ts';
import { createRoomRemoval, createRoomStore } from '../../lib/rooms/table/room-store.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { createEnsureRoom } from '../../lib/rooms/use-cases/ensure-room.ts';
import { createJoinAsGuest } from '../../lib/rooms/use-cases/join-as-guest.ts';
import { createServeRoom } from '../../lib/rooms/use-cases/join-room.ts';
import { createMakeRoom } from '../../lib/rooms/use-cases/make-room.ts';
import { createRequestAdmission } from '../../lib/rooms/use-cases/request-admission.ts';
import type { Invocation } from '../../lib/use-cases/invocation.ts';
import { createTokenSigner } from '../../lib/use-cases/issue-token.ts';
import { newRandomText } from '../../lib/wiring/random.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../support/fixtures.ts';
import { createLocalAws } from '../support/local-aws.ts';
import { decodeJwt } from '../support/verify-token.ts';
import { createSecret, createSessions, noLimit } from './shelf.ts';

let dynamoDb: DynamoDb;
let histories = 0;
beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
});
afterAll(() => dynamoDb.close());

const one = fc.nat({ max: 2 });
const action = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    admission: fc.constantFrom('open', 'knock', 'knock', 'closed'),
    opensIn: fc.option(fc.constantFrom(-10, 20), { freq: 5, nil: undefined }),
    closesIn: fc.option(fc.constantFrom(40, 400), { freq: 5, nil: undefined }),
  }),
  fc.record({ do: fc.constant('invite' as const), maxGuests: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ do: fc.constant('revoke' as const), invite: one }),
  fc.record({ do: fc.constant('remove' as const) }),
  fc.record({ do: fc.constant('pass' as const), seconds: fc.constantFrom(1, 9, 31, 299, 301) }),
  ...[1, 2, 3].map(() => fc.record({ do: fc.constant('user' as const), who: one })),
  ...[1, 2, 3].map(() =>
    fc.record({ do: fc.constant('guest' as const), invite: one, who: one, isNew: fc.boolean() }),
  ),
  ...[1, 2].map(() =>
    fc.record({
      do: fc.constant('decide' as const),
      who: fc.nat({ max: 5 }),
      decision: fc.constantFrom('admit' as const, 'deny' as const),
    }),
  ),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

const put = (rules: Partial<Extract<Action, { do: 'put' }>>): Action => ({
  ...{ do: 'put', admission: 'knock', opensIn: undefined, closesIn: undefined },
  ...rules,
});

/** Rare by chance alone: a user knocks, a host decides, and time passes until the next poll. */
const visit = fc
  .record({
    who: one,
    mayKnock: fc.boolean(),
    decision: fc.constantFrom('admit', 'admit', 'deny'),
    seconds: fc.constantFrom(1, 299, 300, 301),
  })
  .map(
    ({ who, mayKnock, decision, seconds }) =>
      [
        ...(mayKnock ? [put({})] : []),
        { do: 'user', who },
        { do: 'decide', who: 0, decision },
        { do: 'pass', seconds },
        { do: 'user', who },
        { do: 'user', who },
      ] as Action[],
  );
/** A user joins a closed room, too early, and too late. */
const refusal = fc
  .record({
    who: one,
    before: fc.constantFrom<Action[]>(
      [put({ admission: 'closed' })],
      [put({ opensIn: 20 })],
      [put({ closesIn: 40 }), { do: 'pass', seconds: 299 }],
    ),
  })
  .map(({ who, before }): Action[] => [...before, { do: 'user', who }]);
const history = fc
  .array(
    fc.oneof(
      { weight: 18, arbitrary: action.map((single) => [single]) },
      { weight: 3, arbitrary: visit },
      { weight: 2, arbitrary: refusal },
    ),
    {
      minLength: 12,
      maxLength: 40,
    },
  )
  .map((parts) => parts.flat());

const guest = (who?: number): Action => ({
  ...{ do: 'guest', invite: 0, who: who ?? 0 },
  isNew: who === undefined,
});
const user = (who: number): Action => ({ do: 'user', who });

/** A history in which each outcome occurs. */
const everyOutcome: Action[] = [
  ...[guest(), guest(), { do: 'decide', who: 0, decision: 'admit' } as const, guest(0), guest()],
  ...[user(0), { do: 'decide', who: 0, decision: 'deny' } as const, user(0)],
  ...[put({ admission: 'closed' }), user(1), put({ opensIn: 20 }), user(1)],
  ...[put({ closesIn: 40 }), { do: 'pass', seconds: 299 } as const, user(1)],
  ...[{ do: 'remove' } as const, user(1)],
];

/** What a person of the model has: their knock at the room of that generation. */
interface Knocker {
  invite: Model['invites'][number] | undefined;
  /** When a guest took or kept a slot in the line of the invite; 0 without one. */
  slotAt: number;
  generation: number;
  state: 'waiting' | 'admitted' | 'denied' | 'used';
  seenAt: number;
  decidedAt: number;
}

/** The model: who is let in, in as few lines as can be. */
class Model {
  now = NOW_SECONDS;
  generation = 0;
  room: { admission: string; opensAt?: number; closesAt?: number } | undefined;
  invites: { generation: number; max: number; end: number; guests: Set<string> }[] = [];
  knocks = new Map<string, Knocker>();

  enter(person: string, invite?: Model['invites'][number]): string {
    const { room, now } = this;
    if (invite && (invite.generation !== this.generation || invite.end <= now || !room))
      return 'InviteNotFoundError';
    if (!room) return 'RoomNotFoundError';
    if (invite && !invite.guests.has(person) && invite.guests.size >= invite.max)
      return 'InviteNotFoundError';
    if (room.closesAt !== undefined && now >= room.closesAt) return 'RoomClosedError';
    if (room.opensAt !== undefined && now < room.opensAt) return 'RoomNotOpenError';
    if (room.admission === 'closed') return 'RoomLockedError';
    if (room.admission === 'knock') {
      const end = this.knock(person, invite);
      if (end === 'in') invite?.guests.add(person);
      return end;
    }
    // A guest who joins an open room leaves the waiting list; a user does, who sends the knock along.
    const knock = this.knocks.get(person);
    if (invite && knock?.generation === this.generation && knock.state === 'waiting') {
      knock.state = 'used';
    }
    invite?.guests.add(person);
    return 'in';
  }

  knock(person: string, invite?: Model['invites'][number]): string {
    const knock = this.knocks.get(person);
    if (knock?.generation === this.generation) {
      if (knock.state === 'denied') return 'AdmissionDeniedError';
      if (knock.state === 'admitted' && this.now - knock.decidedAt < 300) {
        knock.state = 'used';
        return 'in';
      }
      if (knock.state === 'waiting' && this.now - knock.seenAt <= 30) {
        if (this.now - knock.seenAt >= 10) knock.seenAt = knock.slotAt = this.now;
        return 'waiting';
      }
    }
    const { generation, now: seenAt } = this;
    if (invite && this.lineOf(invite, person) >= invite.max) return 'TooManyRequestsError';
    const slotAt = seenAt;
    this.knocks.set(person, { generation, invite, slotAt, state: 'waiting', seenAt, decidedAt: 0 });
    return 'waiting';
  }

  /** How many other guests of the invite have a slot in its line. */
  lineOf(invite: Model['invites'][number], person: string): number {
    const hasSlot = ([other, knock]: [string, Knocker]) =>
      other !== person && knock.invite === invite && this.now - knock.slotAt <= 30;
    return [...this.knocks].filter(hasSlot).length;
  }

  waiting(): string[] {
    return [...this.knocks].flatMap(([person, { generation, state, seenAt }]) =>
      generation === this.generation && state === 'waiting' && this.now - seenAt <= 30
        ? [person]
        : [],
    );
  }
}

/** The use cases, with a separate room and clock. */
async function open(model: Model) {
  histories += 1;
  const name = `history-${histories}`;
  const table = createRoomsTable(createLocalAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  const { projectSecret } = await createSecret();
  const { makeSession } = createSessions();
  const now = () => model.now * 1_000;
  const store = createRoomStore(table);
  const makeRoom = createMakeRoom({ makeSession, roomTtlSeconds: undefined });
  const cache = createRoomCache(0, now);
  const signToken = createTokenSigner({
    now,
    newTokenIds: () => ({ nonce: 1, jti: 'x' }),
  });
  const knocks = createKnockStore(table);
  const guests = createGuestKnocks(table);
  const ensureRoom = createEnsureRoom({ projectSecret, makeRoom, store, cache, now });
  const join = createServeRoom({
    ...{ projectSecret, ensureRoom, signToken, openRooms: false, now },
    requestAdmission: createRequestAdmission({ knocks, now }),
    leaveWaitingRoom: createLeaveWaitingRoom(table),
    isBanned: createIsBanned(table),
    seatCaller: noLimit,
  });
  const host = createServeHost({
    ...{ projectSecret, store, makeRoom, newRandomText, now, roomTtlSeconds: undefined },
    ...{
      removal: createRoomRemoval(table),
      enforcement: { allowsTokensBySessionId: false, liveRooms: true },
      prepareSeats: async () => undefined,
    },
    ...{ invites: createInviteStore(table), knocks: createKnockDecisions(table) },
    ...{
      bans: createBanStore(table),
      findPersons: async () => new Map(),
      findPerson: async () => undefined,
    },
    ...{ readAllRooms: createReadAllRooms(table), onMalformed: () => {} },
    moderation: { listConnections: async () => [], disconnect: async () => {} },
  });
  const guest = createJoinAsGuest({
    ...{ projectSecret, store, knocks, guests, signToken, newRandomText, now },
    places: createInvitePlaces(table, guests),
    isBanned: createIsBanned(table),
    seatCaller: noLimit,
    rateLimit: createGuestRateLimit(table, 1),
  });
  let requests = 0;
  const by = (caller: Caller): Invocation => {
    requests += 1;
    return {
      ...{ requestId: `request-${requests}`, nowSeconds: model.now, caller },
      ...{ remainingMs: () => 10_000, maxTokenSeconds: DAY_SECONDS },
    };
  };
  const limits = () => by(TRUSTED);
  return {
    name,
    host: (request: HostRequest) => host(request, by(TRUSTED)),
    put: (body: object) =>
      host(
        {
          ...{ action: 'putRoom', ifMatch: parseIfMatch(undefined) },
          ...parseOpenRequest(name, body, limits()),
        },
        by(TRUSTED),
      ),
    user: (subject: string) => {
      const caller = { kind: 'user', subject, maxRole: 'publisher', roomsOnly: true } as const;
      return join({ action: 'join', ...parseJoinRequest(name, {}, limits()) }, by(caller));
    },
    guest: (body: object) =>
      guest(
        { ...parseGuestRequest(body, limits()), clientKey: undefined },
        by({ kind: 'anonymous' }),
      ),
  };
}

/** How a request ended, with what it was answered. */
async function endOf(
  running: Promise<object>,
): Promise<[end: string, answer: Record<string, string>]> {
  try {
    const answer = (await running) as Record<string, string>;
    return ['status' in answer ? 'waiting' : 'in', answer];
  } catch (error) {
    return [(error as Error).name, {}];
  }
}

it('of rooms, hosts, users and guests end as the model says, each step of them', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(history, async (actions) => {
      await play([put({}), { do: 'invite', maxGuests: 1 }, ...actions], seen);
    }),
    // Several thousand requests to the table: on a busy machine fewer histories are played.
    { numRuns: 16, examples: [[everyOutcome]], interruptAfterTimeLimit: 60_000 },
  );
  expect([...seen].sort()).toEqual([
    ...['AdmissionDeniedError', 'InviteNotFoundError', 'RoomClosedError', 'RoomLockedError'],
    ...['RoomNotFoundError', 'RoomNotOpenError', 'TooManyRequestsError', 'in', 'waiting'],
  ]);
}, 120_000);

/** Guests are known by their secrets in the model, and by what follows from these in lists. */
function toSubject(person: string): string {
  const guest = readGuestSecret(person);
  return guest ? toGuestSubject(guest) : person;
}

async function play(actions: readonly Action[], seen: Set<string>): Promise<void> {
  const model = new Model();
  const real = await open(model);
  const invites: { text: string; id: string }[] = [];
  /** Guests who have joined or wait: their secret and their invite. */
  const secrets: { invite: number; secret: string; isIn: boolean }[] = [];
  for (const step of actions) {
    switch (step.do) {
      case 'pass':
        model.now += step.seconds;
        break;
      case 'put': {
        const { admission, opensIn, closesIn } = step;
        const rules = {
          admission,
          ...(opensIn !== undefined && { opensAt: model.now + opensIn }),
          ...(closesIn !== undefined && { closesAt: model.now + closesIn }),
        };
        await real.put(rules);
        if (!model.room) model.generation += 1;
        model.room = rules;
        break;
      }
      case 'remove':
        await real.host({
          action: 'deleteRoom',
          room: real.name,
          ifMatch: parseIfMatch(undefined),
        });
        model.room = undefined;
        break;
      case 'invite': {
        const request = { maxGuests: step.maxGuests, expireTime: model.now + 600 };
        const invite = parseInviteRequest(request, model.now);
        const [end, answer] = await endOf(
          real.host({ action: 'createInvite', room: real.name, invite }),
        );
        expect(end).toBe(model.room ? 'in' : 'RoomNotFoundError');
        if (end !== 'in') break;
        const { invite: text = '', inviteId: id = '' } = answer;
        invites.push({ text, id });
        const { generation } = model;
        model.invites.push({
          generation,
          max: step.maxGuests,
          end: model.now + 600,
          guests: new Set(),
        });
        break;
      }
      case 'revoke': {
        const index = step.invite % Math.max(invites.length, 1);
        const [invite, known] = [invites[index], model.invites[index]];
        if (!invite || !known) break;
        await endOf(real.host({ action: 'deleteInvite', room: real.name, inviteId: invite.id }));
        if (known.generation === model.generation && model.room) known.generation = -1;
        break;
      }
      case 'user': {
        const [end] = await endOf(real.user(`user-${step.who}`));
        expect([step, end]).toEqual([step, model.enter(`user-${step.who}`)]);
        seen.add(end);
        break;
      }
      case 'guest': {
        const old = step.isNew ? undefined : secrets[step.who];
        const index = old?.invite ?? step.invite % Math.max(invites.length, 1);
        const [invite, known] = [invites[index], model.invites[index]];
        if (!invite || !known) break;
        const key = old?.isIn ? 'guest' : 'knock';
        const body = { invite: invite.text, ...(old && { [key]: old.secret }) };
        const [end, answer] = await endOf(real.guest(body));
        const secret = answer['guest'] ?? answer['knock'] ?? old?.secret ?? 'rejected';
        expect([step, end]).toEqual([step, model.enter(secret, known)]);
        seen.add(end);
        if (end === 'in') {
          expect(Number(decodeJwt(String(answer['token'])).claims['exp'])).toBeLessThanOrEqual(
            known.end,
          );
          expect(known.guests.size).toBeLessThanOrEqual(known.max);
        }
        if (old) old.isIn ||= end === 'in';
        else if (end === 'in' || end === 'waiting') {
          secrets.push({ invite: index, secret, isIn: end === 'in' });
        }
        break;
      }
      case 'decide': {
        if (!model.room) break;
        const listed: unknown = await real.host({ action: 'listKnocks', room: real.name });
        const { knocks } = listed as { knocks: { knockId: string; sub: string }[] };
        const waiting = model.waiting();
        expect(knocks.map(({ sub }) => sub).sort()).toEqual(waiting.map(toSubject).sort());
        const person = waiting[step.who % Math.max(waiting.length, 1)];
        if (person === undefined) break;
        const knockId = knocks.find(({ sub }) => sub === toSubject(person))?.knockId ?? '';
        const { decision } = step;
        await real.host({ action: 'decideKnock', room: real.name, knockId, decision });
        Object.assign(model.knocks.get(person) ?? {}, {
          ...{
            state: decision === 'admit' ? 'admitted' : 'denied',
            decidedAt: model.now,
            slotAt: 0,
          },
        });
        break;
      }
    }
  }
}
