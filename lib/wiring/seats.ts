/** Sets up, once per container, what counts the seats of rooms with `maxParticipants`. */
import { randomUUID } from 'node:crypto';
import type { Credentials } from '../credentials/credentials.ts';
import { createConnectionStore } from '../live/table/connection-store.ts';
import type { RoomsTable } from '../rooms/table/rooms-table.ts';
import { createSeatStore, type SeatStore } from '../rooms/table/seat-store.ts';
import { createConnectSeat, type SeatConnections } from '../rooms/use-cases/connect-seat.ts';
import { createSeatCounting, type SeatCounting } from '../rooms/use-cases/count-seats.ts';
import { createListConnected } from '../rooms/use-cases/list-connected.ts';
import { createSeatCaller, createTakeSeat, type SeatCaller } from '../rooms/use-cases/take-seat.ts';
import type { Runtime } from './runtime.ts';
import { createModeration } from './services.ts';

export interface Seats {
  readonly store: SeatStore;
  readonly counting: SeatCounting;
}

export function createSeats<Secret extends Credentials>(
  runtime: Pick<Runtime<Secret>, 'config' | 'network' | 'projectSecret' | 'now'>,
  table: RoomsTable,
): Seats {
  const { network, projectSecret, now } = runtime;
  const { pause, random } = network.timing;
  const store = createSeatStore(table, randomUUID);
  const moderation = createModeration(runtime);
  const counting = createSeatCounting({
    store,
    listReported: createConnectionStore(table).list,
    listConnected: createListConnected({ projectSecret, moderation, now }),
    ...{ now, pause, random },
  });
  return { store, counting };
}

/** Returns what takes seats for tokens. */
export function setUpSeatCaller(
  runtime: Parameters<typeof createSeats>[0],
  table: RoomsTable,
): SeatCaller {
  const seats = createSeats(runtime, table);
  const { now } = runtime;
  return createSeatCaller(createTakeSeat({ ...seats, now }), { ...seats, newId: randomUUID });
}

/** Returns what gives seats to connections. */
export function setUpSeatConnections<Secret extends Credentials>(
  runtime: Pick<Runtime<Secret>, 'config' | 'network' | 'projectSecret' | 'now'>,
  table: RoomsTable,
): SeatConnections {
  const seats = createSeats(runtime, table);
  const { now } = runtime;
  const { isGone } = createConnectionStore(table);
  return createConnectSeat({ ...seats, takeSeat: createTakeSeat({ ...seats, now }), isGone, now });
}
