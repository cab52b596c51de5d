/**
 * People at a room in the table, in the partition of the room: one item per person (`knock#<id>`) holds
 * what the person is called, whether they wait, what a host decided and, of a guest, their place.
 *
 * Two kinds of items go with it. `waiting#<time>#<id>` is an index of recent polls, ten
 * seconds per entry, so that listing does not read past visitors. `line#<inviteId>#<slot>` is a slot
 * of the waiting line of an invite, so that no invite has more than `maxGuests` people waiting.
 */
import { hash } from 'node:crypto';
import {
  GetItem$,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { Fault } from '../../domain/faults.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import { ROLES } from '../../domain/token-request.ts';
import type { Invite } from '../domain/invite.ts';
import {
  type Decision,
  GONE_AFTER_SECONDS,
  isWaiting,
  type Knock,
  SEEN_EVERY_SECONDS,
  toKnockId,
} from '../domain/knock.ts';
import type { Room } from '../domain/room.ts';
import { toMinute } from './guest-rate-limit.ts';
import type { PlaceItems } from './invite-store.ts';
import {
  createItemReader,
  createQueryItems,
  createReadItem,
  type Item,
  type RoomsTable,
  wasApplied,
} from './rooms-table.ts';

const KNOCK_PREFIX = 'knock#';
const WAITING_PREFIX = 'waiting#';
const STATES = ['waiting', 'admitted', 'joining', 'joined', 'denied'] as const;
/** Items other than places and denials are kept this long, well beyond any use of them. */
const KEPT_SECONDS = 60 * 60;

type KnockKey = Pick<Knock, 'room' | 'knockId'>;
type Update = Omit<UpdateItemCommandInput, 'TableName'>;

const toNumber = (value: number) => ({ N: String(value) });

export function toKnockKey({ room, knockId }: KnockKey): Item {
  return { room: { S: room }, item: { S: KNOCK_PREFIX + knockId } };
}

/** Denials have no expiry: they last as long as the room, which can be extended. */
function toExpiry({ state, seenAtSeconds, guest }: Knock) {
  if (state === 'denied') return undefined;
  return toNumber(Math.max(seenAtSeconds + KEPT_SECONDS, guest?.placeUntilSeconds ?? 0));
}

/** Without the key, and without the counter of requests. `undefined` removes an attribute. */
function toAttributes(knock: Knock): Record<string, Item[string] | undefined> {
  const { name, guest } = knock;
  const { placeUntilSeconds, slot } = guest ?? {};
  return {
    sessionId: { S: knock.sessionId },
    sub: { S: knock.subject },
    name: name === undefined ? undefined : { S: name },
    sinceMs: toNumber(knock.sinceMs),
    seenAt: toNumber(knock.seenAtSeconds),
    state: { S: knock.state },
    decidedAt: toNumber(knock.decidedAtSeconds),
    expiresAt: toExpiry(knock),
    ...(guest && { inviteId: { S: guest.inviteId }, role: { S: guest.role } }),
    placeUntil: placeUntilSeconds === undefined ? undefined : toNumber(placeUntilSeconds),
    slot: slot === undefined ? undefined : toNumber(slot),
  };
}

/** @throws Fault `InvalidRoomItemError`; its reason names the attribute */
function fromKnockItem(item: Item): Knock {
  const read = createItemReader(item);
  const [state, role] = [read.text('state'), item['role']?.S];
  const optionalCount = (attribute: string) =>
    item[attribute] === undefined ? undefined : read.count(attribute);
  return {
    room: read.room(),
    knockId: read.idAfter(KNOCK_PREFIX),
    sessionId: read.text('sessionId'),
    subject: read.text('sub'),
    name: item['name'] === undefined ? undefined : read.text('name'),
    sinceMs: read.count('sinceMs'),
    seenAtSeconds: read.count('seenAt'),
    state: STATES.find((known) => known === state) ?? read.malformed('state'),
    decidedAtSeconds: read.count('decidedAt'),
    guest:
      item['inviteId'] === undefined
        ? undefined
        : {
            inviteId: read.text('inviteId'),
            role: ROLES.find((known) => known === role) ?? read.malformed('role'),
            placeUntilSeconds: optionalCount('placeUntil'),
            slot: optionalCount('slot'),
          },
  };
}

/** Sets all attributes of a knock, and keeps the counter of requests. */
function toWrite(
  knock: Knock,
): Required<
  Pick<
    Update,
    'Key' | 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  >
> {
  const attributes = Object.entries(toAttributes(knock));
  const present = attributes.filter(([, value]) => value !== undefined);
  const absent = attributes.filter(([, value]) => value === undefined);
  const list = (clauses: readonly string[]) => clauses.join(', ');
  return {
    Key: toKnockKey(knock),
    UpdateExpression: [
      `SET ${list(present.map(([name]) => `#${name} = :${name}`))}`,
      ...(absent.length === 0 ? [] : [`REMOVE ${list(absent.map(([name]) => `#${name}`))}`]),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      present.map(([name, value]) => [`:${name}`, value]),
    ) as Item,
  };
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface KnockStore {
  /** Reads the knock as it is now. Throws Fault `InvalidRoomItemError` as well. */
  readonly get: (of: KnockKey, remainingMs: RemainingMs) => Promise<Knock | undefined>;
  /**
   * Puts a waiting person into the list, or keeps them there.
   * @param replaced the knock as it was read; `undefined` if there was none
   * @returns false if the knock has changed since, be it by an earlier attempt of this call
   */
  readonly wait: (
    knock: Knock,
    replaced: Knock | undefined,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /**
   * Uses up an admission, for one invocation, in two writes: the first claims it, the second ends it. If
   * responses are lost before the second, the admission stays usable, so that a retry of the caller gets
   * in. If only the response of the second is lost, it counts as used.
   * @param placeUntilSeconds gives a guest their place in the same write
   * @returns false if the host has revoked it, or another invocation has used it
   */
  readonly consume: (
    knock: Knock,
    by: {
      readonly requestId: string;
      readonly nowSeconds: number;
      readonly placeUntilSeconds?: number | undefined;
    },
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
}

/** Conditions that the knock is still as it was read, by all attributes that change. */
const IS_UNCHANGED =
  '#sessionId = :wasSession AND #seenAt = :wasSeen AND #state = :wasState AND #decidedAt = :wasDecided';

export function createKnockStore(table: RoomsTable): KnockStore {
  const { createCall } = table;
  const readItem = createReadItem(table);
  const putItem = createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const updateItem = createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    get: async (of, remainingMs) => {
      const item = await readItem(toKnockKey(of), remainingMs);
      return item && fromKnockItem(item);
    },
    wait: async (knock, replaced, remainingMs) => {
      // The index first: an entry without a waiting knock is ignored, a knock without one is not listed.
      await putItem({ Item: toWaitingItem(knock) }, remainingMs);
      const write = toWrite(knock);
      const condition: Pick<Update, 'ConditionExpression' | 'ExpressionAttributeValues'> = replaced
        ? {
            ConditionExpression: IS_UNCHANGED,
            ExpressionAttributeValues: {
              ':wasSession': { S: replaced.sessionId },
              ':wasSeen': toNumber(replaced.seenAtSeconds),
              ':wasState': { S: replaced.state },
              ':wasDecided': toNumber(replaced.decidedAtSeconds),
            },
          }
        : { ConditionExpression: 'attribute_not_exists(#sessionId)' };
      return wasApplied(
        updateItem(
          {
            ...write,
            ConditionExpression: condition.ConditionExpression,
            ExpressionAttributeValues: {
              ...write.ExpressionAttributeValues,
              ...condition.ExpressionAttributeValues,
            },
          },
          remainingMs,
        ),
      );
    },
    consume: async (knock, { requestId, nowSeconds, placeUntilSeconds }, remainingMs) => {
      const Key = toKnockKey(knock);
      const ExpressionAttributeNames = { '#state': 'state' };
      const names = {
        ':sessionId': { S: knock.sessionId },
        ':decidedAt': toNumber(knock.decidedAtSeconds),
        ':usedBy': { S: requestId },
        ':joining': { S: 'joining' },
      };
      const isBegun = await wasApplied(
        updateItem(
          {
            ...{ Key, ExpressionAttributeNames },
            UpdateExpression: 'SET #state = :joining, usedBy = :usedBy',
            ConditionExpression:
              'sessionId = :sessionId AND decidedAt = :decidedAt AND #state IN (:admitted, :joining)',
            ExpressionAttributeValues: { ...names, ':admitted': { S: 'admitted' } },
          },
          remainingMs,
        ),
      );
      if (!isBegun) return false;
      const isPlace = placeUntilSeconds !== undefined;
      const { ':decidedAt': _, ...values } = names;
      const finish = updateItem(
        {
          ...{ Key, ExpressionAttributeNames },
          UpdateExpression: isPlace
            ? 'SET #state = :joined, placeUntil = :expiresAt, expiresAt = :expiresAt'
            : 'SET #state = :joined, expiresAt = if_not_exists(placeUntil, :expiresAt)',
          ConditionExpression:
            'sessionId = :sessionId AND usedBy = :usedBy AND #state IN (:joining, :joined)',
          ExpressionAttributeValues: {
            ...values,
            ':joined': { S: 'joined' },
            ':expiresAt': toNumber(placeUntilSeconds ?? nowSeconds + KEPT_SECONDS),
          },
        },
        remainingMs,
      );
      try {
        return await wasApplied(finish);
      } catch (error) {
        // It may have been applied, so the person could not use the admission again.
        if (error instanceof Fault && error.name === 'RoomStoreUnavailableError') return true;
        throw error;
      }
    },
  };
}

/**
 * Takes a user off the waiting list who joined without an admission. A decision of a host stays.
 * @throws Fault `RoomStoreUnavailableError` or `ConfigurationError`
 */
export type LeaveWaitingRoom = (
  of: Pick<Knock, 'room' | 'sessionId' | 'knockId'>,
  remainingMs: RemainingMs,
) => Promise<void>;

export function createLeaveWaitingRoom({ createCall }: RoomsTable): LeaveWaitingRoom {
  const updateItem = createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return async (of, remainingMs) => {
    await wasApplied(
      updateItem(
        {
          Key: toKnockKey(of),
          UpdateExpression: 'SET #state = :joined',
          ConditionExpression: 'sessionId = :sessionId AND #state = :waiting',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ...{ ':joined': { S: 'joined' }, ':waiting': { S: 'waiting' } },
            ':sessionId': { S: of.sessionId },
          },
        },
        remainingMs,
      ),
    );
  };
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface GuestKnocks extends PlaceItems {
  /**
   * Counts a request of a known guest, and returns their knock in the same write.
   * @returns `undefined` if there is none, or if the limit was reached before
   */
  readonly countRequest: (
    of: KnockKey,
    limit: { readonly perMinute: number; readonly nowSeconds: number },
    remainingMs: RemainingMs,
  ) => Promise<Knock | undefined>;
  /**
   * Gives a guest a place who joins without an admission, and takes them off the waiting list. A denial
   * stays, for when the room has a waiting room again.
   */
  readonly join: (knock: Knock, remainingMs: RemainingMs) => Promise<void>;
  /**
   * Takes a slot in the line of an invite, or keeps the one that the guest has.
   * @returns `undefined` if `maxGuests` people are waiting
   */
  readonly takeSlot: (
    invite: Invite,
    of: {
      readonly knockId: string;
      /** The slot that the guest had before, if any. */
      readonly slot: number | undefined;
      readonly nowSeconds: number;
    },
    remainingMs: RemainingMs,
  ) => Promise<number | undefined>;
}

/** How often a counter is tried while other requests of the same guest change it. */
const MAX_COUNTING_RACES = 5;
/** How many slots are tried before the line is read as a whole. */
const PROBED_SLOTS = 3;

export function createGuestKnocks(table: RoomsTable): GuestKnocks {
  const { createCall } = table;
  const getItem = createCall<GetItemCommandInput, GetItemCommandOutput>(GetItem$);
  const updateItem = createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const queryRange = createRangeQuery(table);
  /** @returns the item after the update; `undefined` if its condition did not hold */
  const updateIf = async (input: Update, remainingMs: RemainingMs) => {
    let item: Item | undefined;
    const run = async () => {
      item = (await updateItem({ ...input, ReturnValues: 'ALL_NEW' }, remainingMs)).Attributes;
    };
    return (await wasApplied(run())) ? item : undefined;
  };

  const join: GuestKnocks['join'] = async (knock, remainingMs) => {
    const write = toWrite({ ...knock, state: 'joined' });
    const joined = await updateIf(
      {
        ...write,
        ConditionExpression: 'attribute_not_exists(#state) OR #state <> :denied',
        ExpressionAttributeValues: {
          ...write.ExpressionAttributeValues,
          ':denied': { S: 'denied' },
        },
      },
      remainingMs,
    );
    if (joined) return;
    await updateItem(
      {
        Key: toKnockKey(knock),
        UpdateExpression: 'SET placeUntil = :until',
        ExpressionAttributeValues: { ':until': toNumber(knock.guest?.placeUntilSeconds ?? 0) },
      },
      remainingMs,
    );
  };
  const hasPlace = async (
    { room }: Invite,
    subject: string,
    ConsistentRead: boolean,
    remainingMs: RemainingMs,
  ) => {
    const Key = toKnockKey({ room, knockId: toKnockId(subject) });
    const { Item } = await getItem({ Key, ConsistentRead }, remainingMs);
    return Item?.['placeUntil'] !== undefined;
  };

  return {
    countRequest: async (of, { perMinute, nowSeconds }, remainingMs) => {
      const minute = toNumber(toMinute(nowSeconds));
      const Key = toKnockKey(of);
      const ExpressionAttributeNames = { '#room': 'room', '#minute': 'minute' };
      const isNew = 'attribute_not_exists(#minute) OR #minute < :minute';
      for (let race = 0; race < MAX_COUNTING_RACES; race += 1) {
        const counted = await updateIf(
          {
            ...{ Key, ExpressionAttributeNames },
            UpdateExpression: 'ADD requests :one',
            ConditionExpression: `attribute_exists(#room) AND (${isNew} OR requests < :limit)`,
            ExpressionAttributeValues: {
              ...{ ':one': toNumber(1), ':limit': toNumber(perMinute), ':minute': minute },
            },
          },
          remainingMs,
        );
        if (!counted) return undefined;
        if (Number(counted['minute']?.N ?? 0) >= toMinute(nowSeconds))
          return fromKnockItem(counted);
        // The first request of a minute starts the counter again; of several, one does.
        const restarted = await updateIf(
          {
            ...{ Key, ExpressionAttributeNames },
            UpdateExpression: 'SET #minute = :minute, requests = :one',
            ConditionExpression: `attribute_exists(#room) AND (${isNew})`,
            ExpressionAttributeValues: { ':one': toNumber(1), ':minute': minute },
          },
          remainingMs,
        );
        if (restarted) return fromKnockItem(restarted);
      }
      return undefined;
    },
    join,
    has: (invite, subject, remainingMs) => hasPlace(invite, subject, true, remainingMs),
    complete: async (invite, subject, remainingMs) => {
      // A place never goes away, so an eventually consistent read that finds it is right, at half the units.
      if (await hasPlace(invite, subject, false, remainingMs)) return;
      const { room, inviteId, sessionId, role, expireTime } = invite;
      await updateItem(
        {
          Key: toKnockKey({ room, knockId: toKnockId(subject) }),
          UpdateExpression: [
            'SET placeUntil = :until, expiresAt = :until, sessionId = :sessionId, #sub = :sub',
            'inviteId = :inviteId, #role = if_not_exists(#role, :role)',
            '#state = if_not_exists(#state, :joined), sinceMs = if_not_exists(sinceMs, :zero)',
            'seenAt = if_not_exists(seenAt, :zero), decidedAt = if_not_exists(decidedAt, :zero)',
          ].join(', '),
          ExpressionAttributeNames: { '#role': 'role', '#state': 'state', '#sub': 'sub' },
          ExpressionAttributeValues: {
            ...{ ':until': toNumber(expireTime), ':sessionId': { S: sessionId } },
            ...{ ':sub': { S: subject }, ':inviteId': { S: inviteId }, ':role': { S: role } },
            ...{ ':joined': { S: 'joined' }, ':zero': toNumber(0) },
          },
        },
        remainingMs,
      );
    },
    takeSlot: async (invite, { knockId, slot: known, nowSeconds }, remainingMs) => {
      const goneBefore = toNumber(nowSeconds - GONE_AFTER_SECONDS);
      const take = (slot: number) =>
        wasApplied(
          updateItem(
            {
              Key: { room: { S: invite.room }, item: { S: toSlotKey(invite.inviteId, slot) } },
              UpdateExpression:
                'SET knockId = :me, seenAt = :now, sessionId = :sessionId, expiresAt = :expiresAt',
              ConditionExpression:
                'attribute_not_exists(seenAt) OR seenAt < :goneBefore OR knockId = :me',
              ExpressionAttributeValues: {
                ...{ ':me': { S: knockId }, ':now': toNumber(nowSeconds) },
                ...{ ':sessionId': { S: invite.sessionId }, ':goneBefore': goneBefore },
                ':expiresAt': toNumber(nowSeconds + KEPT_SECONDS),
              },
            },
            remainingMs,
          ),
        );
      // The known one first, so that no guest has two.
      const probed = toProbedSlots(knockId, invite.maxGuests);
      for (const slot of known === undefined ? probed : [known, ...probed]) {
        if (await take(slot)) return slot;
      }
      for (;;) {
        const { room, inviteId, maxGuests } = invite;
        const range = [toSlotKey(inviteId, 0), toSlotKey(inviteId, maxGuests)] as const;
        const items = await queryRange(room, range, remainingMs);
        const slot = findSlot(items, { knockId, maxGuests, nowSeconds });
        if (slot === undefined) return undefined;
        if (await take(slot)) return slot;
      }
    },
  };
}

function toSlotKey(inviteId: string, slot: number): string {
  return `line#${inviteId}#${String(slot).padStart(5, '0')}`;
}

/** The same slots for the same guest, so that a retry finds the one that it has taken. */
function toProbedSlots(knockId: string, maxGuests: number): readonly number[] {
  if (maxGuests <= PROBED_SLOTS) return Array.from({ length: maxGuests }, (_, slot) => slot);
  const bytes = Buffer.from(hash('sha256', `slot:${knockId}`, 'buffer'));
  return Array.from(
    { length: PROBED_SLOTS },
    (_, index) => bytes.readUInt32LE(index * 4) % maxGuests,
  );
}

/** The guest's own slot, else one that was never used, else that of the guest who is gone longest. */
function findSlot(
  items: readonly Item[],
  of: { readonly knockId: string; readonly maxGuests: number; readonly nowSeconds: number },
): number | undefined {
  const slots = items.map((item) => ({
    slot: Number(item['item']?.S?.split('#').at(-1)),
    knockId: item['knockId']?.S,
    seenAtSeconds: Number(item['seenAt']?.N),
  }));
  const own = slots.find(({ knockId }) => knockId === of.knockId);
  if (own) return own.slot;
  const used = new Set(slots.map(({ slot }) => slot));
  for (let slot = 0; slot < of.maxGuests; slot += 1) if (!used.has(slot)) return slot;
  const [oldest] = slots.sort((one, other) => one.seenAtSeconds - other.seenAtSeconds);
  const isGone = oldest && of.nowSeconds - oldest.seenAtSeconds > GONE_AFTER_SECONDS;
  return isGone ? oldest.slot : undefined;
}

export interface KnockDecision {
  readonly room: Room;
  readonly knockId: string;
  readonly decision: Decision;
  readonly nowSeconds: number;
  /**
   * Restricts the decision to a person who still waits: with `sinceMs`, since the moment that was read.
   * `undefined` decides about anyone who has knocked, also against an earlier decision.
   */
  readonly waiting: { readonly sinceMs?: number } | undefined;
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface KnockDecisions {
  /** Lists everyone who waits now. Throws Fault `InvalidRoomItemError` as well. */
  readonly listWaiting: (
    room: Room,
    nowSeconds: number,
    remainingMs: RemainingMs,
  ) => Promise<Knock[]>;
  /** @returns false if the decision does not apply */
  readonly decide: (decision: KnockDecision, remainingMs: RemainingMs) => Promise<boolean>;
}

/** Knocks are read one by one, this many at once. */
const READ_AT_ONCE = 50;

export function createKnockDecisions(table: RoomsTable): KnockDecisions {
  const readItem = createReadItem(table);
  const queryRange = createRangeQuery(table);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    listWaiting: async ({ name: room, sessionId }, nowSeconds, remainingMs) => {
      const range = [toWaitingKey(nowSeconds - GONE_AFTER_SECONDS), `${WAITING_PREFIX}~`] as const;
      const entries = await queryRange(room, range, remainingMs);
      const ids = new Set(entries.map((entry) => entry['item']?.S?.split('#').at(-1) ?? ''));
      // The entries say who polled lately, the knocks whether they still wait.
      const items = await mapConcurrently(
        [...ids],
        (knockId) => readItem(toKnockKey({ room, knockId }), remainingMs),
        { limit: READ_AT_ONCE },
      );
      return items
        .filter((item) => item !== undefined)
        .map(fromKnockItem)
        .filter((knock) => knock.sessionId === sessionId && isWaiting(knock, nowSeconds));
    },
    decide: async (decision, remainingMs) => {
      let decided: Item | undefined;
      const run = async () => {
        const input = { ...toDecisionInput(decision), ReturnValues: 'ALL_NEW' } as const;
        decided = (await updateItem(input, remainingMs)).Attributes;
      };
      if (!(await wasApplied(run()))) return false;
      const slot = decided && fromKnockItem(decided).guest?.slot;
      if (decided?.['inviteId']?.S === undefined || slot === undefined) return true;
      const key = { S: toSlotKey(decided['inviteId'].S, slot) };
      // The next guest can take the slot at once.
      await wasApplied(
        updateItem(
          {
            Key: { room: { S: decision.room.name }, item: key },
            UpdateExpression: 'SET seenAt = :never',
            ConditionExpression: 'knockId = :knockId',
            ExpressionAttributeValues: {
              ':never': toNumber(0),
              ':knockId': { S: decision.knockId },
            },
          },
          remainingMs,
        ),
      );
      return true;
    },
  };
}

/** Time to live removes an item within days, not at once. A denial stays until a host takes it back. */
const HAS_KNOCKED =
  'sessionId = :sessionId AND (attribute_not_exists(expiresAt) OR expiresAt > :now OR #state = :denied)';

function toDecisionInput(given: KnockDecision): Update {
  const { room, knockId, decision, nowSeconds, waiting } = given;
  const isDenial = decision === 'deny';
  return {
    Key: toKnockKey({ room: room.name, knockId }),
    UpdateExpression: isDenial
      ? 'SET #state = :state, decidedAt = :now REMOVE expiresAt'
      : 'SET #state = :state, decidedAt = :now, expiresAt = if_not_exists(placeUntil, :expiresAt)',
    ConditionExpression: [
      HAS_KNOCKED,
      ...(waiting ? ['#state = :waiting'] : []),
      ...(waiting?.sinceMs === undefined ? [] : ['sinceMs = :sinceMs']),
    ].join(' AND '),
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': { S: isDenial ? 'denied' : 'admitted' },
      ':now': toNumber(nowSeconds),
      ':sessionId': { S: room.sessionId },
      ':denied': { S: 'denied' },
      ...(isDenial ? {} : { ':expiresAt': toNumber(nowSeconds + KEPT_SECONDS) }),
      ...(waiting ? { ':waiting': { S: 'waiting' } } : {}),
      ...(waiting?.sinceMs === undefined ? {} : { ':sinceMs': toNumber(waiting.sinceMs) }),
    },
  };
}

/** Without an id: before all entries of that time. */
function toWaitingKey(seconds: number): string {
  const period = Math.max(Math.floor(seconds / SEEN_EVERY_SECONDS), 0);
  return `${WAITING_PREFIX}${String(period).padStart(12, '0')}#`;
}

function toWaitingItem({ room, knockId, sessionId, seenAtSeconds }: Knock): Item {
  return {
    room: { S: room },
    item: { S: toWaitingKey(seenAtSeconds) + knockId },
    sessionId: { S: sessionId },
    expiresAt: toNumber(seenAtSeconds + KEPT_SECONDS),
  };
}

/** Reads all items of a room with keys within a range. */
function createRangeQuery(table: RoomsTable) {
  const queryItems = createQueryItems(table);
  return async (
    room: string,
    [from, to]: readonly [from: string, to: string],
    remainingMs: RemainingMs,
  ): Promise<Item[]> => {
    return queryItems(
      {
        KeyConditionExpression: '#room = :room AND #item BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#room': 'room', '#item': 'item' },
        ExpressionAttributeValues: {
          ':room': { S: room },
          ':from': { S: from },
          ':to': { S: to },
        },
      },
      remainingMs,
    );
  };
}
