/**
 * Makes invites, which is all that whoever opens rooms ahead of time does with them.
 */
import {
  PutItem$,
  type PutItemCommandInput,
  type PutItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { RemainingMs } from '../../domain/deadline.ts';
import type { Invite } from '../domain/invite.ts';
import { toInviteItem } from './invite-item.ts';
import { onlyIfAbsent, type RoomsTable, wasApplied } from './rooms-table.ts';

/**
 * An attempt that comes late, after its guests, must not put the invite in place of itself: ids are
 * random, so one that is there is the very one. Throws Fault `RoomStoreUnavailableError` or
 * `ConfigurationError`.
 */
export type PutInvite = (invite: Invite, remainingMs: RemainingMs) => Promise<void>;

export function createPutInvite({ createCall }: RoomsTable): PutInvite {
  const putItem = createCall<PutItemCommandInput, PutItemCommandOutput>(PutItem$);
  return async (invite, remainingMs) => {
    await wasApplied(putItem({ Item: toInviteItem(invite), ...onlyIfAbsent }, remainingMs));
  };
}
