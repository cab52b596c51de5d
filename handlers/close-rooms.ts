/**
 * Runs once a minute: disconnects everyone from the rooms that have closed and have the rule `disconnectAtClose`.
 * Part of a deployment with `liveRooms=true`.
 */

import { createHandler } from '../lib/events/handler.ts';
import { createClosingStore } from '../lib/rooms/table/closing-store.ts';
import { createRoomStore } from '../lib/rooms/table/room-store.ts';
import { createRoomsTable } from '../lib/rooms/table/rooms-table.ts';
import { createCloseRooms } from '../lib/rooms/use-cases/close-rooms.ts';
import { readTableConfig } from '../lib/wiring/config.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { createModeration } from '../lib/wiring/services.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const { roomsTable, dynamoDbUrl } = readTableConfig(environment);
const runtime = createRuntime(environment);
const table = createRoomsTable(runtime.network.aws, { table: roomsTable, endpoint: dynamoDbUrl });

export const handler = createHandler(runtime, {
  name: 'closeRooms',
  // The event of the schedule says only that a minute has passed.
  fromDirect: () => ({}),
  run: createCloseRooms({
    projectSecret: runtime.projectSecret,
    store: createRoomStore(table),
    closings: createClosingStore(table),
    moderation: createModeration(runtime),
    onFailures: (failures) => {
      for (const { room, fault } of failures) {
        const reason = `The clients of the room ${room} were not disconnected: ${fault.reason ?? fault.message}`;
        runtime.log('warn', { message: 'a room is not closed yet', fault: fault.name, reason });
      }
    },
  }),
  isLogged: ({ closed, notClosed }) => closed + notClosed > 0,
  toLogFields: ({ closed, notClosed, removed }) => ({
    message: 'rooms closed',
    roomsClosed: closed,
    roomsNotClosed: notClosed,
    ...(removed > 0 && { participantsRemoved: removed }),
  }),
});

await warmUp(runtime, { toFirstUrl: () => dynamoDbUrl });
