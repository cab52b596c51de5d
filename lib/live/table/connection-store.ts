/**
 * Who is connected to which session, as the platform's callbacks report it.
 *
 * Each session is one partition of the table, `session#<sessionId>`:
 *
 * | item | content |
 * | --- | --- |
 * | `connection#<connectionId>` | a connection that exists: `createdAt` (ms), and `sub` and `name` of a known person |
 * | `person#<participantId>` | a known person who has connected, now or before: `sub` and `name` |
 * | `gone#<connectionId>` | a connection that was destroyed, and must not appear again |
 * | `session` | `endedAt` (ms): older connections are gone; `roomName`: the room of the session |
 *
 * The callbacks of a connection can arrive in any order, and more than once. A set of ids stays right then;
 * a counter would not. Reading a session costs what is in it now, because a connection that ends is deleted.
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
import type { RemainingMs } from '../../domain/deadline.ts';
import { type Identity, toPersonId } from '../../domain/identity.ts';
import {
  createQueryItems,
  createReadItem,
  type Item,
  type Table,
  wasApplied,
} from '../../table/table.ts';
import {
  GONE_KEPT_SECONDS,
  KEPT_SECONDS,
  toExpiry,
  toKey,
  toPartition,
  toSessionKey,
} from './session-partition.ts';

/** A connection that exists. */
export interface Connection {
  readonly connectionId: string;
  /** Subject and display name of the person; `undefined` if the connection data is not in our form. */
  readonly sub: string | undefined;
  readonly name: string | undefined;
  /** Milliseconds since the UNIX epoch, by the platform's clock. */
  readonly createdAtMs: number;
}

/** The connection of a callback. */
export interface ReportedConnection extends Connection {
  readonly sessionId: string;
  readonly nowSeconds: number;
}

/** Every method can be repeated, and throws what a call to the table throws. */
export interface ConnectionStore {
  /** Records that a connection was created, unless it was destroyed already. */
  readonly recordCreated: (
    connection: ReportedConnection,
    remainingMs: RemainingMs,
  ) => Promise<void>;
  /** Records that a connection was destroyed. Its creation may be reported later. */
  readonly recordDestroyed: (
    connection: Pick<ReportedConnection, 'sessionId' | 'connectionId' | 'nowSeconds'>,
    remainingMs: RemainingMs,
  ) => Promise<void>;
  /** Records that a session ended, and with it every connection that was created before. */
  readonly recordEnded: (
    ended: { readonly sessionId: string; readonly endedAtMs: number; readonly nowSeconds: number },
    remainingMs: RemainingMs,
  ) => Promise<void>;
  /** Returns the person with an id, if they have connected to the session within 30 days. */
  readonly findPerson: (
    of: { readonly sessionId: string; readonly personId: string },
    remainingMs: RemainingMs,
  ) => Promise<Pick<Identity, 'sub' | 'name'> | undefined>;
  /** Whether the end of a connection was recorded. Strongly consistent. */
  readonly isGone: (
    of: Pick<ReportedConnection, 'sessionId' | 'connectionId'>,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
  /** Returns the connections of a session, in the order of their ids. Strongly consistent. */
  readonly list: (sessionId: string, remainingMs: RemainingMs) => Promise<readonly Connection[]>;
}

const CONNECTION = 'connection#';
const GONE = 'gone#';
const PERSON = 'person#';

export function createConnectionStore(table: Table): ConnectionStore {
  const readItem = createReadItem(table);
  const putItem = table.createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  const deleteItem = table.createCall<DeleteItemCommandInput, DeleteItemCommandOutput>(DeleteItem$);
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  const queryItems = createQueryItems(table);

  const readConnections = async (sessionId: string, remainingMs: RemainingMs) => {
    const items = await queryItems(
      {
        KeyConditionExpression: '#room = :session AND begins_with(#item, :connection)',
        ExpressionAttributeNames: { '#room': 'room', '#item': 'item' },
        ExpressionAttributeValues: {
          ':session': { S: toPartition(sessionId) },
          ':connection': { S: CONNECTION },
        },
      },
      remainingMs,
    );
    return items.map(toConnection);
  };

  return {
    recordCreated: async (connection, remainingMs) => {
      const { sessionId, connectionId } = connection;
      const person = toPersonItem(connection);
      await Promise.all([
        putItem({ Item: toItem(connection) }, remainingMs),
        person && putItem({ Item: person }, remainingMs),
      ]);
      // Both sides write before they look: this one writes the connection and then reads `gone`, and
      // `recordDestroyed` writes `gone` and then deletes. So a destroyed connection never stays.
      const gone = await readItem(toKey(sessionId, GONE + connectionId), remainingMs);
      if (gone) await deleteItem({ Key: toKey(sessionId, CONNECTION + connectionId) }, remainingMs);
    },
    recordDestroyed: async ({ sessionId, connectionId, nowSeconds }, remainingMs) => {
      const Item = {
        ...toKey(sessionId, GONE + connectionId),
        expiresAt: toExpiry(nowSeconds, GONE_KEPT_SECONDS),
      };
      await putItem({ Item }, remainingMs);
      await deleteItem({ Key: toKey(sessionId, CONNECTION + connectionId) }, remainingMs);
    },
    recordEnded: async ({ sessionId, endedAtMs, nowSeconds }, remainingMs) => {
      await wasApplied(
        updateItem(
          {
            Key: toSessionKey(sessionId),
            UpdateExpression: 'SET endedAt = :ended, expiresAt = :expiresAt',
            ConditionExpression: 'attribute_not_exists(endedAt) OR endedAt < :ended',
            ExpressionAttributeValues: {
              ':ended': { N: String(endedAtMs) },
              ':expiresAt': toExpiry(nowSeconds, KEPT_SECONDS),
            },
          },
          remainingMs,
        ),
      );
    },
    findPerson: async ({ sessionId, personId }, remainingMs) => {
      const { sub, name } =
        (await readItem(toKey(sessionId, PERSON + personId), remainingMs)) ?? {};
      return sub?.S === undefined ? undefined : { sub: sub.S, name: name?.S };
    },
    isGone: async ({ sessionId, connectionId }, remainingMs) =>
      (await readItem(toKey(sessionId, GONE + connectionId), remainingMs)) !== undefined,
    list: async (sessionId, remainingMs) => {
      const [connections, session] = await Promise.all([
        readConnections(sessionId, remainingMs),
        readItem(toSessionKey(sessionId), remainingMs),
      ]);
      const endedAtMs = Number(session?.['endedAt']?.N ?? Number.NEGATIVE_INFINITY);
      return connections.filter(({ createdAtMs }) => createdAtMs >= endedAtMs);
    },
  };
}

function toItem(connection: ReportedConnection): Item {
  const { sessionId, connectionId, createdAtMs, nowSeconds } = connection;
  return {
    ...toKey(sessionId, CONNECTION + connectionId),
    createdAt: { N: String(createdAtMs) },
    expiresAt: toExpiry(nowSeconds, KEPT_SECONDS),
    ...toIdentityAttributes(connection),
  };
}

/** Returns the item of the connection's person; `undefined` if the person is not known. */
function toPersonItem(connection: ReportedConnection): Item | undefined {
  const { sessionId, sub, nowSeconds } = connection;
  if (sub === undefined) return undefined;
  return {
    ...toKey(sessionId, PERSON + toPersonId(sub)),
    expiresAt: toExpiry(nowSeconds, KEPT_SECONDS),
    ...toIdentityAttributes(connection),
  };
}

function toIdentityAttributes({ sub, name }: Pick<ReportedConnection, 'sub' | 'name'>): Item {
  return {
    ...(sub !== undefined && { sub: { S: sub } }),
    ...(name !== undefined && { name: { S: name } }),
  };
}

function toConnection(item: Item): Connection {
  return {
    connectionId: (item['item']?.S ?? '').slice(CONNECTION.length),
    sub: item['sub']?.S,
    name: item['name']?.S,
    createdAtMs: Number(item['createdAt']?.N),
  };
}
