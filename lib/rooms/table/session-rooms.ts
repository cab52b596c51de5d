/** Finds rooms by their session, in an index of the table that a deployment with `liveRooms=true` has. */
import { Query$, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import { isStoredRoomName } from '../domain/room.ts';
import type { RoomsTable } from './rooms-table.ts';

/** Key `roomSessionId`, which only the item of a room has; keys only (deploy/resources/rooms.js). */
export const SESSION_INDEX = 'sessions';

/**
 * Returns the name of the room with a session; `undefined` for none. The index is eventually consistent: it
 * lags behind the table by less than a second. Throws Fault `RoomStoreUnavailableError` or
 * `ConfigurationError`.
 */
export type FindRoomOfSession = (
  sessionId: string,
  remainingMs: RemainingMs,
) => Promise<string | undefined>;

export function createFindRoomOfSession({ createCall }: RoomsTable): FindRoomOfSession {
  const query = createCall<QueryCommandInput, QueryCommandOutput>(Query$);
  return async (sessionId, remainingMs) => {
    const { Items: [item] = [] } = await query(
      {
        IndexName: SESSION_INDEX,
        KeyConditionExpression: 'roomSessionId = :sessionId',
        ExpressionAttributeValues: { ':sessionId': { S: sessionId } },
        Limit: 1,
      },
      remainingMs,
    );
    const name = item?.['room']?.S;
    return isStoredRoomName(name) ? name : undefined;
  };
}
