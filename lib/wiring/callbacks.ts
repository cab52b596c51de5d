/** Sets up, once per container, what the function of callbacks uses. */
import type { CallbackVerifier } from '../credentials/callback-verifier.ts';
import { toFault } from '../domain/faults.ts';
import { createCallbackClaims } from '../live/table/callback-claims.ts';
import { createConnectionStore } from '../live/table/connection-store.ts';
import { createLastCallback } from '../live/table/last-callback.ts';
import { createFindRecordedRoom, createRecordRoom } from '../live/table/session-room-store.ts';
import { createDisconnectConnection } from '../live/use-cases/disconnect-connection.ts';
import { createEnforceBan } from '../live/use-cases/enforce-ban.ts';
import { createEnforceCapacity } from '../live/use-cases/enforce-capacity.ts';
import { createFindReference } from '../live/use-cases/find-reference.ts';
import { createFindSessionRoom } from '../live/use-cases/find-session-room.ts';
import type { ReceiveCallbackDeps } from '../live/use-cases/receive-callback.ts';
import { createIsBanned } from '../rooms/table/ban-store.ts';
import { createReadReference } from '../rooms/table/room-reference.ts';
import { createRoomsTable } from '../rooms/table/rooms-table.ts';
import { createFindRoomOfSession } from '../rooms/table/session-rooms.ts';
import type { TableConfig } from './config.ts';
import type { Runtime } from './runtime.ts';
import { setUpSeatConnections } from './seats.ts';
import { createModeration, createResultPublisher } from './services.ts';

export function createCallbackDeps(
  runtime: Runtime<CallbackVerifier>,
  { roomsTable, dynamoDbUrl }: TableConfig,
): ReceiveCallbackDeps {
  const { network, log, now, projectSecret } = runtime;
  const table = createRoomsTable(network.aws, { table: roomsTable, endpoint: dynamoDbUrl });
  const disconnect = createDisconnectConnection(
    projectSecret,
    createModeration(runtime).disconnect,
  );
  return {
    verifier: projectSecret,
    connections: createConnectionStore(table),
    findSessionRoom: createFindSessionRoom({
      findRecordedRoom: createFindRecordedRoom(table),
      recordRoom: createRecordRoom(table),
      findRoomOfSession: createFindRoomOfSession(table),
    }),
    findReference: createFindReference({ readReference: createReadReference(table), now }),
    claims: createCallbackClaims(table),
    publish: createResultPublisher(runtime),
    enforceBan: createEnforceBan({ isBanned: createIsBanned(table), disconnect }),
    enforceCapacity: createEnforceCapacity({
      seats: setUpSeatConnections(runtime, table),
      ...{ disconnect, now },
    }),
    recordLastCallback: createLastCallback(table),
    now,
    pause: network.timing.pause,
    onIncomplete: (error) => {
      const { name, reason } = toFault(error);
      log('warn', { message: 'a callback may be published again', fault: name, reason });
    },
  };
}
