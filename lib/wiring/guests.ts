/**
 * What the function of guests sets up once per container: nothing that creates a session.
 */
import { createInvitePlaces } from '../rooms/table/invite-places.ts';
import { createKnockDoor } from '../rooms/table/knock-door.ts';
import { createRequestLimit } from '../rooms/table/request-limit.ts';
import { createRoomStore } from '../rooms/table/room-store.ts';
import { createRoomsTable } from '../rooms/table/rooms-table.ts';
import type { JoinAsGuestDeps } from '../rooms/use-cases/join-as-guest.ts';
import type { GuestConfig } from './config.ts';
import type { Runtime } from './runtime.ts';

export function createGuestTable(
  { network }: Pick<Runtime, 'network'>,
  { roomsTable, dynamoDbUrl, guestRequestsPerMinute }: GuestConfig,
): Pick<JoinAsGuestDeps, 'store' | 'places' | 'door' | 'limit'> {
  const table = createRoomsTable(network.aws, { table: roomsTable, endpoint: dynamoDbUrl });
  return {
    store: createRoomStore(table),
    places: createInvitePlaces(table),
    door: createKnockDoor(table),
    limit: createRequestLimit(table, guestRequestsPerMinute),
  };
}
