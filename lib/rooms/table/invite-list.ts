/**
 * What hosts do with invites: make one, see them all, take one back.
 */
import {
  DeleteItem$,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Invite } from '../domain/invite.ts';
import type { Room } from '../domain/room.ts';
import { fromInviteItem, INVITE_PREFIX, toInviteKey } from './invite-item.ts';
import { createGetInvite, type GetInvite } from './invite-places.ts';
import { createPutInvite, type PutInvite } from './put-invite.ts';
import type { RoomsTable } from './rooms-table.ts';
import { createListItems } from './rooms-table.ts';

/** Every method throws Fault `RoomStoreUnavailableError` or `ConfigurationError`. */
export interface InviteList {
  readonly get: GetInvite;
  readonly put: PutInvite;
  /** All that lie in the table, over or not. Throws Fault `InvalidRoomItemError` as well. */
  readonly list: (room: Room, remainingMs: RemainingMs) => Promise<Invite[]>;
  readonly remove: (
    of: Pick<Invite, 'room' | 'inviteId'>,
    remainingMs: RemainingMs,
  ) => Promise<void>;
}

export function createInviteList(table: RoomsTable): InviteList {
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
