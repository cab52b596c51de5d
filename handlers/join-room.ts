/** `POST /rooms/{name}/tokens`, the sample routes, and direct invocations: joins rooms. */

import { createHandler } from '../lib/events/handler.ts';
import { parseDirectJoinRequest } from '../lib/rooms/domain/room-request.ts';
import { readRoomRoute, toRoomBody, toRoomStatus } from '../lib/rooms/routes/room-routes.ts';
import { createIsBanned } from '../lib/rooms/table/ban-store.ts';
import { createKnockStore, createLeaveWaitingRoom } from '../lib/rooms/table/knock-store.ts';
import { createServeRoom, type RoomRequest } from '../lib/rooms/use-cases/join-room.ts';
import { createRequestAdmission } from '../lib/rooms/use-cases/request-admission.ts';
import { createTokenSigner } from '../lib/use-cases/issue-token.ts';
import { readRoomConfig } from '../lib/wiring/config.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { newTokenIds } from '../lib/wiring/random.ts';
import { createRooms, setUpEnsureRoom } from '../lib/wiring/rooms.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { setUpSeatCaller } from '../lib/wiring/seats.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const runtime = createRuntime(environment);
const { projectSecret, now } = runtime;
const rooms = createRooms(runtime, roomConfig);

export const handler = createHandler(runtime, {
  name: 'joinRoom',
  fromHttp: (http, invocation) => readRoomRoute(http, invocation, roomConfig),
  fromDirect: (event, invocation): RoomRequest => ({
    action: 'join',
    ...parseDirectJoinRequest(event, invocation),
  }),
  toStatus: toRoomStatus,
  toBody: toRoomBody,
  run: createServeRoom({
    projectSecret,
    ensureRoom: setUpEnsureRoom(runtime, roomConfig, rooms),
    leaveWaitingRoom: createLeaveWaitingRoom(rooms.table),
    requestAdmission: createRequestAdmission({ knocks: createKnockStore(rooms.table), now }),
    isBanned: createIsBanned(rooms.table),
    seatCaller: setUpSeatCaller(runtime, rooms.table),
    signToken: createTokenSigner({ now, newTokenIds }),
    openRooms: roomConfig.openRooms,
    now,
  }),
  toLogFields: (answer) =>
    'status' in answer
      ? { message: 'caller waits' }
      : {
          message: 'room joined',
          sessionId: answer.sessionId,
          ...('role' in answer ? { role: answer.role } : {}),
        },
});

await warmUp(runtime, { toFirstUrl: () => roomConfig.dynamoDbUrl });
