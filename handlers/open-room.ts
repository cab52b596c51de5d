/** Messages (SQS, EventBridge) and direct invocations: opens a room ahead of those who join it. */

import { toRoomView } from '../lib/domain/room.ts';
import { type OpenRequest, parseOpenRequest } from '../lib/domain/room-request.ts';
import { createHandler } from '../lib/events/handler.ts';
import type { Invocation } from '../lib/use-cases/invocation.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { openPublisher } from '../lib/wiring/publisher.ts';
import { readRoomConfig } from '../lib/wiring/room-config.ts';
import { createRooms } from '../lib/wiring/rooms.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const runtime = createRuntime(environment);
// Without a memory: a room that was closed a moment ago is opened anew, not found.
const { ensureRoom } = createRooms(runtime, { ...roomConfig, roomCacheSeconds: 0 });

async function open({ room: name, session }: OpenRequest, invocation: Invocation) {
  const room = await ensureRoom({ name, session, opening: 'with any options' }, invocation);
  const { project } = await runtime.projectSecret.get(invocation.remainingMs);
  return toRoomView(room, project);
}

export const handler = createHandler({
  name: 'openRoom',
  runtime,
  fromDirect: parseOpenRequest,
  run: open,
  describe: ({ sessionId }) => ({ message: 'room open', sessionId }),
  messages: {
    fromMessage: parseOpenRequest,
    run: async (request, invocation) => ({ room: await open(request, invocation) }),
    resultTypes: { success: 'OpenTok Room Opened', failure: 'OpenTok Room Failed' },
    publish: openPublisher(runtime),
  },
});

await warmUp(runtime, { toFirstUrl: () => roomConfig.dynamoDbUrl });
