/** Seats of rooms as one container has them, with a table over real sockets. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Caller } from '../../lib/domain/access.ts';
import { createConnectionStore } from '../../lib/live/table/connection-store.ts';
import type { Room } from '../../lib/rooms/domain/room.ts';
import { toSeatLimit } from '../../lib/rooms/domain/seats.ts';
import { createRoomStore } from '../../lib/rooms/table/room-store.ts';
import type { RoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { createSeatStore } from '../../lib/rooms/table/seat-store.ts';
import { createConnectSeat } from '../../lib/rooms/use-cases/connect-seat.ts';
import { type CountSeatsDeps, createSeatCounting } from '../../lib/rooms/use-cases/count-seats.ts';
import { createSeatCaller, createTakeSeat } from '../../lib/rooms/use-cases/take-seat.ts';

export interface SeatsOptions {
  /** Milliseconds since the UNIX epoch. */
  readonly now: () => number;
  /** The connections that the platform has. Default: all. */
  readonly listConnected?: CountSeatsDeps['listConnected'];
}

const ample = () => 60_000;

/** Returns the use cases of one container. */
export function createSeatsOf(
  table: RoomsTable,
  {
    now,
    listConnected = async () => ({ has: () => true }) as unknown as Set<string>,
  }: SeatsOptions,
) {
  const store = createSeatStore(table, randomUUID);
  const connections = createConnectionStore(table);
  const counting = createSeatCounting({
    ...{ store, listReported: connections.list, listConnected, now },
    pause,
    random: Math.random,
  });
  const takeSeat = createTakeSeat({ store, counting, now });
  const { isGone } = connections;
  return {
    ...{ store, counting, takeSeat, connections, rooms: createRoomStore(table) },
    seatCaller: createSeatCaller(takeSeat, { store, newId: randomUUID }),
    connectSeat: createConnectSeat({ store, counting, takeSeat, isGone, now }),
  };
}

export type SeatsOfContainer = ReturnType<typeof createSeatsOf>;

export const user = (
  subject: string,
  maxRole: 'publisher' | 'moderator' = 'publisher',
): Caller => ({
  ...{ kind: 'user', subject, maxRole, roomsOnly: true },
});

/** Asks for a seat. @returns `in`, or the name of the error */
export async function join(
  { seatCaller }: Pick<SeatsOfContainer, 'seatCaller'>,
  room: Room,
  caller: Caller,
  data?: string,
): Promise<string> {
  try {
    await seatCaller({ room, caller, data }, ample);
    return 'in';
  } catch (error) {
    return (error as Error).name;
  }
}

/** Handles a callback about a connection, as `receiveCallback` does. @returns whether the connection may stay */
export async function report(
  { connections, connectSeat }: Pick<SeatsOfContainer, 'connections' | 'connectSeat'>,
  event: 'created' | 'destroyed',
  of: {
    readonly room: string;
    readonly sessionId: string;
    readonly connectionId: string;
    readonly sub: string | undefined;
    readonly createdAtMs: number;
  },
): Promise<boolean> {
  const recorded = { ...of, name: undefined, nowSeconds: Math.floor(of.createdAtMs / 1000) };
  if (event === 'destroyed') {
    await connections.recordDestroyed(recorded, ample);
    await connectSeat.disconnect(of, ample);
    return true;
  }
  await connections.recordCreated(recorded, ample);
  return connectSeat.connect(of, ample);
}

/** Returns how many seats are held, by the count and by the seats. */
export async function countHeld({ store }: Pick<SeatsOfContainer, 'store'>, room: Room) {
  const limit = toSeatLimit(room);
  if (!limit) throw new Error('The room has no limit.');
  const count = await store.readCount(limit, ample);
  const seats = await store.list(limit, { ofTokens: false }, ample);
  return {
    counted: count?.shards.reduce((sum, { held }) => sum + held, 0) ?? 0,
    seats: seats.length,
  };
}
