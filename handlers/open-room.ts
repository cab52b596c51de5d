/** Messages (SQS, EventBridge) and direct invocations: opens a room before anyone joins it. */

import { createHandler } from '../lib/events/handler.ts';
import { assertInvitesTold, parseInvitedRoomRequest } from '../lib/rooms/domain/invited-room.ts';
import { createPutInvite } from '../lib/rooms/table/put-invite.ts';
import { createOpenRoom } from '../lib/rooms/use-cases/open-room.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { openPublisher } from '../lib/wiring/publisher.ts';
import { newRandomText } from '../lib/wiring/random.ts';
import { readRoomConfig } from '../lib/wiring/room-config.ts';
import { allowsTokensBySessionId, createRooms, setUpEnsureRoom } from '../lib/wiring/rooms.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
// Before the runtime, which validates what was read.
const inviteResults = environment.oneOf('INVITE_RESULTS', ['true', 'false']) === 'true';
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
  allowsTokensBySessionId: allowsTokensBySessionId(runtime.config),
});

export const handler = createHandler({
  name: 'openRoom',
  runtime,
  fromDirect: parseInvitedRoomRequest,
  run: openRoom,
  describe: ({ sessionId }) => ({ message: 'room open', sessionId }),
  messages: {
    fromMessage: (body, invocation) => {
      const request = parseInvitedRoomRequest(body, invocation);
      assertInvitesTold(request, inviteResults);
      return request;
    },
    run: async (request, invocation) => {
      const { invites, ...room } = await openRoom(request, invocation);
      return { room, ...(invites && { invites }) };
    },
    resultTypes: { success: 'OpenTok Room Opened', failure: 'OpenTok Room Failed' },
    publish: openPublisher(runtime),
  },
});

await warmUp(runtime, { toFirstUrl: () => roomConfig.dynamoDbUrl });
