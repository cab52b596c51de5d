/**
 * What lies in the partition of a room beside its own item: read whole, page by page.
 */
import { Query$, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Item } from './item-reader.ts';
import type { RoomsTable } from './rooms-table.ts';

export interface PartitionQuery {
  readonly room: string;
  /** How the keys of the items begin. Default in any way. */
  readonly prefix?: string;
  /** Of the room that the items are to belong to. */
  readonly sessionId: string;
  /** What else is to hold for them, in DynamoDB's words. Default nothing. */
  readonly where?: Required<
    Pick<
      QueryCommandInput,
      'FilterExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >
  >;
  /** No more than so many. Default all. */
  readonly limit?: number;
}

/** Throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export type ListItems = (query: PartitionQuery, remainingMs: RemainingMs) => Promise<Item[]>;

const OF_ROOM = '#room = :room';
const OF_SESSION = 'sessionId = :sessionId';

export function createListItems({ createCall }: RoomsTable): ListItems {
  const query = createCall<QueryCommandInput, QueryCommandOutput>(Query$);
  return async (asked, remainingMs) => {
    const { room, prefix, sessionId, where, limit = Number.POSITIVE_INFINITY } = asked;
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await query(
        {
          KeyConditionExpression: prefix ? `${OF_ROOM} AND begins_with(#item, :prefix)` : OF_ROOM,
          FilterExpression: where ? `${OF_SESSION} AND ${where.FilterExpression}` : OF_SESSION,
          ExpressionAttributeNames: {
            '#room': 'room',
            ...(prefix && { '#item': 'item' }),
            ...where?.ExpressionAttributeNames,
          },
          ExpressionAttributeValues: {
            ':room': { S: room },
            ':sessionId': { S: sessionId },
            ...(prefix && { ':prefix': { S: prefix } }),
            ...where?.ExpressionAttributeValues,
          },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        },
        remainingMs,
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start && items.length < limit);
    return items.slice(0, limit);
  };
}
