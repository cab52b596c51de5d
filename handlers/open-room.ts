/** Messages (SQS, EventBridge) and direct invocations: opens a room before anyone joins it. */

import { createHandler } from '../lib/events/handler.ts';
import { assertInvitesTold, parseInvitedRoomRequest } from '../lib/rooms/domain/invited-room.ts';
import { createPutInvite } from '../lib/rooms/table/invite-store.ts';
import { createOpenRoom } from '../lib/rooms/use-cases/open-room.ts';
import { readRoomConfig } from '../lib/wiring/config.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { newRandomText } from '../lib/wiring/random.ts';
import { createRooms, setUpEnsureRoom, toEnforcement } from '../lib/wiring/rooms.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { createResultPublisher } from '../lib/wiring/services.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const runtime = createRuntime(environment);
const rooms = createRooms(runtime, roomConfig);
const openRoom = createOpenRoom({
  projectSecret: runtime.projectSecret,
  // Without a cache, so that a room that was just closed is opened again.
  ensureRoom: setUpEnsureRoom(runtime, { ...roomConfig, roomCacheSeconds: 0 }, rooms),
  putInvite: createPutInvite(rooms.table),
  newRandomText,
  now: runtime.now,
  roomTtlSeconds: roomConfig.roomTtlSeconds,
  enforcement: toEnforcement(runtime.config, roomConfig),
});

export const handler = createHandler(runtime, {
  name: 'openRoom',
  fromDirect: parseInvitedRoomRequest,
  run: openRoom,
  toLogFields: ({ sessionId }) => ({ message: 'room open', sessionId }),
  messages: {
    assertAllowed: (request) => assertInvitesTold(request, roomConfig.inviteResults),
    toDetail: ({ invites, ...room }) => ({ room, ...(invites && { invites }) }),
    resultTypes: { success: 'OpenTok Room Opened', failure: 'OpenTok Room Failed' },
    publish: createResultPublisher(runtime),
  },
});

await warmUp(runtime, { toFirstUrl: () => roomConfig.dynamoDbUrl });
