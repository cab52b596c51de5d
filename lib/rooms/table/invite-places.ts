/**
 * What guests do with invites: find theirs, and take a place of it.
 */
import {
  UpdateItem$,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Invite } from '../domain/invite.ts';
import { fromInviteItem, toInviteKey } from './invite-item.ts';
import { createReadItem, type RoomsTable, wasApplied } from './rooms-table.ts';

/**
 * Reads what is true now. Throws Fault `RoomStoreUnavailableError`, `ConfigurationError` or
 * `InvalidRoomItemError`.
 */
export type GetInvite = (
  of: Pick<Invite, 'room' | 'inviteId'>,
  remainingMs: RemainingMs,
) => Promise<Invite | undefined>;

export interface InvitePlaces {
  readonly get: GetInvite;
  /**
   * Takes a place for the guest with that hash, who has one place however often this is asked: an
   * attempt whose answer was lost costs none. Throws Fault `RoomStoreUnavailableError` or
   * `ConfigurationError`.
   * @returns false when there is none left, or no such invite any more
   */
  readonly take: (
    invite: Invite,
    guestHash: Uint8Array,
    nowSeconds: number,
    remainingMs: RemainingMs,
  ) => Promise<boolean>;
}

/**
 * The guests are a set in the invite's own item: who is in it is counted once, and one conditional write
 * decides. Its price grows with the set, to 160 units of writing for the last of 10,000 guests.
 */
const IS_FREE = [
  'secretHash = :secretHash AND sessionId = :sessionId AND expiresAt > :now',
  '(attribute_not_exists(guests) OR size(guests) < maxGuests OR contains(guests, :guest))',
].join(' AND ');

export function createGetInvite(table: RoomsTable): GetInvite {
  const readItem = createReadItem(table);
  return async (of, remainingMs) => {
    const item = await readItem(toInviteKey(of), remainingMs);
    return item && fromInviteItem(item);
  };
}

export function createInvitePlaces(table: RoomsTable): InvitePlaces {
  const updateItem = table.createCall<UpdateItemCommandInput, UpdateItemCommandOutput>(UpdateItem$);
  return {
    get: createGetInvite(table),
    take: (invite, guestHash, nowSeconds, remainingMs) =>
      wasApplied(
        updateItem(
          {
            Key: toInviteKey(invite),
            UpdateExpression: 'ADD guests :guests',
            ConditionExpression: IS_FREE,
            ExpressionAttributeValues: {
              ':guests': { BS: [guestHash] },
              ':guest': { B: guestHash },
              ':secretHash': { B: invite.secretHash },
              ':sessionId': { S: invite.sessionId },
              ':now': { N: String(nowSeconds) },
            },
          },
          remainingMs,
        ),
      ),
  };
}
