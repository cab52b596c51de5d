/** Messages (SQS, EventBridge) and direct invocations: opens a room ahead of those who join it. */

import { parseDirectOpenRequest } from '../lib/domain/room-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import { openRoomWith } from '../lib/use-cases/open-room.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { openPublisher } from '../lib/wiring/publisher.ts';
import { readRoomConfig } from '../lib/wiring/room-config.ts';
import { createEnsureRoom, isOpenById } from '../lib/wiring/rooms.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const runtime = createRuntime(environment);
const openRoom = openRoomWith({
  projectSecret: runtime.projectSecret,
  // Without a memory: a room that was closed a moment ago is opened anew, not found.
  ensureRoom: createEnsureRoom(runtime, { ...roomConfig, roomCacheSeconds: 0 }),
  roomTtlSeconds: roomConfig.roomTtlSeconds,
  isOpenById: isOpenById(runtime.config),
});

export const handler = createHandler({
  name: 'openRoom',
  runtime,
  fromDirect: parseDirectOpenRequest,
  run: openRoom,
  describe: ({ sessionId }) => ({ message: 'room open', sessionId }),
  messages: {
    fromMessage: parseDirectOpenRequest,
    run: async (request, invocation) => ({ room: await openRoom(request, invocation) }),
    resultTypes: { success: 'OpenTok Room Opened', failure: 'OpenTok Room Failed' },
    publish: openPublisher(runtime),
  },
});

await warmUp(runtime, { toFirstUrl: () => roomConfig.dynamoDbUrl });
