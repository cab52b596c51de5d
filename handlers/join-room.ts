/** The routes of rooms, and direct invocations: joins, shows and closes rooms. */
import { openContainer, warmUp } from '../lib/container.ts';
import { parseDirectJoinRequest } from '../lib/domain/room-request.ts';
import { createEnvironmentReader } from '../lib/environment.ts';
import { createHandler } from '../lib/events/handler.ts';
import { readRoomRoute, toRoomStatus } from '../lib/events/room-routes.ts';
import { issueTokenWith } from '../lib/issue-token.ts';
import { type RoomRequest, serveRoomWith } from '../lib/join-room.ts';
import { newUniqueness } from '../lib/new-uniqueness.ts';
import { openRooms } from '../lib/rooms/open-rooms.ts';
import { readRoomConfig } from '../lib/rooms/room-config.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const container = openContainer(environment);
const { credentials } = container;

export const handler = createHandler({
  name: 'joinRoom',
  container,
  fromHttp: (http, invocation) => readRoomRoute(http, invocation, roomConfig),
  fromDirect: (event, invocation): RoomRequest => ({
    action: 'join',
    ...parseDirectJoinRequest(event, invocation),
  }),
  toStatus: toRoomStatus,
  run: serveRoomWith({
    ...openRooms(container, roomConfig),
    credentials,
    issueToken: issueTokenWith({ credentials, newUniqueness }),
    openRooms: roomConfig.openRooms,
  }),
  describe: (answer) => ({
    message: 'room served',
    ...('sessionId' in answer ? { sessionId: answer.sessionId } : {}),
    ...('role' in answer ? { role: answer.role } : {}),
  }),
});

await warmUp(container);
