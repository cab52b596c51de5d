/**
 * What the function of guests sets up once per container: nothing that creates a session.
 */
import { createIsBanned } from '../rooms/table/ban-store.ts';
import { createGuestRateLimit } from '../rooms/table/guest-rate-limit.ts';
import { createInvitePlaces } from '../rooms/table/invite-store.ts';
import { createGuestKnocks, createKnockStore } from '../rooms/table/knock-store.ts';
import { createRoomStore } from '../rooms/table/room-store.ts';
import { createRoomsTable } from '../rooms/table/rooms-table.ts';
import type { JoinAsGuestDeps } from '../rooms/use-cases/join-as-guest.ts';
import type { GuestConfig } from './config.ts';
import type { Runtime } from './runtime.ts';
import { setUpSeatCaller } from './seats.ts';

export function createGuestTable(
  runtime: Pick<Runtime, 'config' | 'network' | 'projectSecret' | 'now'>,
  { roomsTable, dynamoDbUrl, guestRequestsPerMinute }: GuestConfig,
): Pick<
  JoinAsGuestDeps,
  'store' | 'places' | 'knocks' | 'guests' | 'isBanned' | 'seatCaller' | 'rateLimit'
> {
  const { network } = runtime;
  const table = createRoomsTable(network.aws, { table: roomsTable, endpoint: dynamoDbUrl });
  const guests = createGuestKnocks(table);
  return {
    store: createRoomStore(table),
    places: createInvitePlaces(table, guests),
    knocks: createKnockStore(table),
    guests,
    isBanned: createIsBanned(table),
    seatCaller: setUpSeatCaller(runtime, table),
    rateLimit: createGuestRateLimit(table, guestRequestsPerMinute),
  };
}
