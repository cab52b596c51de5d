/**
 * Invites in the table, in the partition of their room, and the count of their guests.
 *
 * Each guest with a place has a separate item (`knock-store.ts`); the invite only counts them, so
 * the cost of a guest does not grow with the number of guests. DynamoDB without transactions writes one
 * item at a time, so the count is made idempotent by what the invite remembers:
 *
 * 1. Counting adds the guest's subject to a set in the same write that adds one to `guests`. A retry
 *    finds itself in the set and is not counted again.
 * 2. The set of a generation is open to any number of concurrent guests. When it is large enough, the
 *    next guest begins a new generation, with the other of two sets. Writes are conditional on the
 *    generation that was read, so a delayed duplicate from an earlier generation is never applied.
 * 3. Only then are subjects removed from the old set, two by each new guest, after checking that they
 *    have their place (or giving it to them, if the container crashed before it did).
 *
 * So at every moment a counted guest is in a set or has an item with a place, and exactly `maxGuests`
 * guests are counted, whatever is retried, lost or concurrent.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { GUEST_PREFIX } from '../../domain/access.ts';
import type { RemainingMs } from '../../domain/deadline.ts';
import { mapConcurrently } from '../../domain/map-concurrently.ts';
import { ROLES } from '../../domain/token-request.ts';
import { type Invite, isCounted, isOver } from '../domain/invite.ts';
import { isSameHash } from '../domain/invite-secret.ts';
import type { Room } from '../domain/room.ts';
import {
  createItemReader,
  createListItems,
  createReadItem,
  type Item,
  onlyIfAbsent,
  type RoomsTable,
  wasApplied,
} from './rooms-table.ts';

const INVITE_PREFIX = 'invite#';
/** Attributes of the sets of the even and the odd generation. */
const COUNTED = ['countedEven', 'countedOdd'] as const;

type InviteKey = Pick<Invite, 'room' | 'inviteId'>;

function toInviteKey({ room, inviteId }: InviteKey): Item {
  return { room: { S: room }, item: { S: INVITE_PREFIX + inviteId } };
}

/** `expiresAt` is the attribute of the table's time to live. DynamoDB cannot store an empty set. */
function toInviteItem(invite: Invite): Item {
  const { sessionId, secretHash, role, expireTime, opensAt, maxGuests, name, counted } = invite;
  return {
    ...toInviteKey(invite),
    sessionId: { S: sessionId },
    secretHash: { B: secretHash },
    role: { S: role },
    expiresAt: { N: String(expireTime) },
    maxGuests: { N: String(maxGuests) },
    createdAtMs: { N: String(invite.createdAtMs) },
    ...(opensAt === undefined ? {} : { opensAt: { N: String(opensAt) } }),
    ...(name === undefined ? {} : { name: { S: name } }),
    guests: { N: String(invite.guests) },
    generation: { N: String(invite.generation) },
    ...Object.fromEntries(
      COUNTED.flatMap((attribute, parity) => {
        const subjects = counted[parity] ?? [];
        return subjects.length === 0 ? [] : [[attribute, toSubjectSet(subjects)]];
      }),
    ),
  };
}

/** @throws Fault `InvalidRoomItemError`; its reason names the attribute */
function fromInviteItem(item: Item): Invite {
  const read = createItemReader(item);
  const role = read.text('role');
  const optionalCount = (attribute: string) =>
    item[attribute] === undefined ? undefined : read.count(attribute);
  const subjects = (attribute: string) =>
    item[attribute] === undefined
      ? []
      : (item[attribute].SS ?? read.malformed(attribute)).map((tail) => GUEST_PREFIX + tail);
  return {
    room: read.room(),
    inviteId: read.idAfter(INVITE_PREFIX),
    sessionId: read.text('sessionId'),
    secretHash: read.bytes('secretHash'),
    role: ROLES.find((known) => known === role) ?? read.malformed('role'),
    expireTime: read.count('expiresAt'),
    opensAt: optionalCount('opensAt'),
    maxGuests: read.count('maxGuests'),
    name: item['name'] === undefined ? undefined : read.text('name'),
    createdAtMs: read.count('createdAtMs'),
    guests: optionalCount('guests') ?? 0,
    generation: optionalCount('generation') ?? 0,
    counted: [subjects(COUNTED[0]), subjects(COUNTED[1])],
  };
}

/** Without the prefix, which is the same for all. */
function toSubjectSet(subjects: readonly string[]) {
  return { SS: subjects.map((subject) => subject.slice(GUEST_PREFIX.length)) };
}

/**
 * Reads the invite as it is now.
 * @throws Fault `RoomStoreUnavailableError`, `ConfigurationError` or `InvalidRoomItemError`
 */
export type GetInvite = (of: InviteKey, remainingMs: RemainingMs) => Promise<Invite | undefined>;

/**
 * Makes an invite. A delayed retry does not overwrite it: ids are random, so an existing item is this one.
 * @throws Fault `RoomStoreUnavailableError` or `ConfigurationError`
 */
export type PutInvite = (invite: Invite, remainingMs: RemainingMs) => Promise<void>;

export function createGetInvite(table: RoomsTable): GetInvite {
  const readItem = createReadItem(table);
  return async (of, remainingMs) => {
    const item = await readItem(toInviteKey(of), remainingMs);
    return item && fromInviteItem(item);
  };
}

export function createPutInvite({ createCall }: RoomsTable): PutInvite {
  const putItem = createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  return async (invite, remainingMs) => {
    await wasApplied(putItem({ Item: toInviteItem(invite), ...onlyIfAbsent }, remainingMs));
  };
}

/** Invites as hosts use them. Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface InviteStore {
  readonly get: GetInvite;
  readonly put: PutInvite;
  /** Lists the invites of a room, expired ones included. Throws Fault `InvalidRoomItemError` as well. */
  readonly list: (room: Room, remainingMs: RemainingMs) => Promise<Invite[]>;
  readonly remove: (of: InviteKey, remainingMs: RemainingMs) => Promise<void>;
}

export function createInviteStore(table: RoomsTable): InviteStore {
  const listItems = createListItems(table);
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  return {
    get: createGetInvite(table),
    put: createPutInvite(table),
    list: async ({ name, sessionId }, remainingMs) => {
      const query = { room: name, prefix: INVITE_PREFIX, sessionId };
      return (await listItems(query, remainingMs)).map(fromInviteItem);
    },
    remove: async (of, remainingMs) => {
      await deleteItem({ Key: toInviteKey(of) }, remainingMs);
    },
  };
}

/** From this many subjects on, the next guest begins a new generation. */
const GENERATION_SIZE = 8;
/** A burst of guests may make the set of a generation this large. Each subject has 22 bytes. */
const MAX_GENERATION_SIZE = 48;
/** How many subjects a guest removes from the old set, so that it shrinks faster than the new one grows. */
const REMOVED_BY_EACH = 2;

/** What `InvitePlaces` needs to know of the guests' own items. */
export interface PlaceItems {
  /** Whether the guest has a place, read strongly. */
  readonly has: (invite: Invite, subject: string, remainingMs: RemainingMs) => Promise<boolean>;
  /** Gives a counted guest their place if they do not have it yet. */
  readonly complete: (invite: Invite, subject: string, remainingMs: RemainingMs) => Promise<void>;
}

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface InvitePlaces {
  readonly get: GetInvite;
  /**
   * Counts a guest, once, however often it is called for them.
   * @param invite as read before the guest's own item was found to have no place
   * @returns false if no place is left, or the invite is gone or expired
   */
  readonly count: (
    invite: Invite,
    subject: string,
    nowSeconds: number,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Takes a guest off the count who was counted and did not get a place. */
  readonly release: (of: InviteKey, subject: string, remainingMs: RemainingMs) => Promise<void>;
}

export function createInvitePlaces(table: RoomsTable, places: PlaceItems): InvitePlaces {
  const get = createGetInvite(table);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const update = (input: Omit<UpdateItemCommandInput, 'TableName'>, remainingMs: RemainingMs) =>
    wasApplied(updateItem(input, remainingMs));
  const complete = async (
    invite: Invite,
    subjects: readonly string[],
    remainingMs: RemainingMs,
  ) => {
    const one = (subject: string) => places.complete(invite, subject, remainingMs);
    await mapConcurrently(subjects, one);
  };

  return {
    get,
    count: async (read, subject, nowSeconds, remainingMs) => {
      // The deadline of the invocation ends the loop, in `createCall`, if nothing else does.
      for (let invite: Invite | undefined = read; invite; invite = await get(read, remainingMs)) {
        if (!isSameInvite(invite, read)) return false;
        if (isCounted(invite, subject)) return true;
        if (invite !== read && (await places.has(invite, subject, remainingMs))) return true;
        if (invite.guests >= invite.maxGuests || isOver(invite, nowSeconds)) return false;
        const { current, old } = toSets(invite);
        if (current.length >= MAX_GENERATION_SIZE && old.length > 0) {
          await complete(invite, old, remainingMs);
          await update(toRemovalInput(invite), remainingMs);
        } else {
          const removed = old.slice(0, REMOVED_BY_EACH);
          await complete(invite, removed, remainingMs);
          const input = toCountInput(invite, { subject, removed, nowSeconds });
          if (await update(input, remainingMs)) return true;
        }
      }
      return false;
    },
    release: async (of, subject, remainingMs) => {
      for (let invite = await get(of, remainingMs); invite; invite = await get(of, remainingMs)) {
        if (!isCounted(invite, subject)) return;
        await complete(
          invite,
          toSets(invite).old.filter((other) => other !== subject),
          remainingMs,
        );
        if (await update(toReleaseInput(invite, subject), remainingMs)) return;
      }
    },
  };
}

/** The id can be that of another invite by now. */
function isSameInvite(invite: Invite, read: Invite): boolean {
  return invite.sessionId === read.sessionId && isSameHash(invite.secretHash, read.secretHash);
}

function toSets({ generation, counted }: Invite) {
  const parity = generation % 2;
  const [current = [], old = []] = [counted[parity], counted[1 - parity]];
  return {
    ...{ current, old },
    currentName: COUNTED[parity] as string,
    oldName: COUNTED[1 - parity] as string,
  };
}

/** The attribute is missing in an invite that no guest has changed yet. */
const IS_GENERATION = '(generation = :generation OR attribute_not_exists(generation))';

function toCountInput(
  invite: Invite,
  given: { readonly subject: string; readonly removed: readonly string[]; nowSeconds: number },
): Omit<UpdateItemCommandInput, 'TableName'> {
  const { subject, removed, nowSeconds } = given;
  const { current, old, currentName, oldName } = toSets(invite);
  // Removing subjects and adding one to the same set are two writes, so the old set is emptied first.
  const isNext = old.length === 0 && current.length >= GENERATION_SIZE;
  const added = isNext ? `${oldName} :subjects` : `${currentName} :subjects`;
  return {
    Key: toInviteKey(invite),
    UpdateExpression: [
      `ADD guests :one, ${added}`,
      ...(isNext ? ['SET generation = :next'] : []),
      ...(removed.length === 0 ? [] : [`DELETE ${oldName} :removed`]),
    ].join(' '),
    ConditionExpression: [
      'secretHash = :secretHash AND sessionId = :sessionId AND expiresAt > :now',
      '(attribute_not_exists(guests) OR guests < maxGuests)',
      IS_GENERATION,
      `NOT contains(${currentName}, :subject) AND NOT contains(${oldName}, :subject)`,
      isNext
        ? `attribute_not_exists(${oldName})`
        : `(attribute_not_exists(${currentName}) OR size(${currentName}) < :maxSize)`,
    ].join(' AND '),
    ExpressionAttributeValues: {
      ':one': { N: '1' },
      ':subject': { S: subject.slice(GUEST_PREFIX.length) },
      ':subjects': toSubjectSet([subject]),
      ...(removed.length === 0 ? {} : { ':removed': toSubjectSet(removed) }),
      ':secretHash': { B: invite.secretHash },
      ':sessionId': { S: invite.sessionId },
      ':now': { N: String(nowSeconds) },
      ':generation': { N: String(invite.generation) },
      ...(isNext
        ? { ':next': { N: String(invite.generation + 1) } }
        : { ':maxSize': { N: String(MAX_GENERATION_SIZE) } }),
    },
  };
}

/** Empties the old set, so that a new generation can begin. */
function toRemovalInput(invite: Invite): Omit<UpdateItemCommandInput, 'TableName'> {
  const { old, oldName } = toSets(invite);
  return {
    Key: toInviteKey(invite),
    UpdateExpression: `DELETE ${oldName} :old`,
    ConditionExpression: `attribute_exists(sessionId) AND ${IS_GENERATION}`,
    ExpressionAttributeValues: {
      ':old': toSubjectSet(old),
      ':generation': { N: String(invite.generation) },
    },
  };
}

/** Begins a new generation, so that no delayed duplicate counts the guest again. */
function toReleaseInput(
  invite: Invite,
  subject: string,
): Omit<UpdateItemCommandInput, 'TableName'> {
  const { current, old, currentName, oldName } = toSets(invite);
  const isCurrent = current.includes(subject);
  const deleted = [
    ...(isCurrent ? [`${currentName} :subjects`] : []),
    ...(old.length === 0 ? [] : [`${oldName} :old`]),
  ];
  return {
    Key: toInviteKey(invite),
    UpdateExpression: `ADD guests :minusOne SET generation = :next DELETE ${deleted.join(', ')}`,
    ConditionExpression: `${IS_GENERATION} AND contains(${isCurrent ? currentName : oldName}, :subject)`,
    ExpressionAttributeValues: {
      ':minusOne': { N: '-1' },
      ':subject': { S: subject.slice(GUEST_PREFIX.length) },
      ...(isCurrent ? { ':subjects': toSubjectSet([subject]) } : {}),
      ...(old.length === 0 ? {} : { ':old': toSubjectSet(old) }),
      ':next': { N: String(invite.generation + 1) },
      ':generation': { N: String(invite.generation) },
    },
  };
}
