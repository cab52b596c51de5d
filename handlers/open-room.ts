/** Messages (SQS, EventBridge) and direct invocations: opens a room ahead of those who join it. */
import { openContainer, warmUp } from '../lib/container.ts';
import { toRoomView } from '../lib/domain/room.ts';
import { type OpenRequest, parseOpenRequest } from '../lib/domain/room-request.ts';
import { createEnvironmentReader } from '../lib/environment.ts';
import { createHandler } from '../lib/events/handler.ts';
import { createPublisherLoader } from '../lib/events/load-publisher.ts';
import type { Invocation } from '../lib/invocation.ts';
import { openRooms } from '../lib/rooms/open-rooms.ts';
import { readRoomConfig } from '../lib/rooms/room-config.ts';

const environment = createEnvironmentReader(process.env);
const roomConfig = readRoomConfig(environment);
const container = openContainer(environment);
// Without a memory: a room that was closed a moment ago is opened anew, not found.
const { openRoom } = openRooms(container, { ...roomConfig, roomCacheSeconds: 0 });

async function open({ room: name, session }: OpenRequest, invocation: Invocation) {
  const room = await openRoom({ name, session, mayCreate: true }, invocation);
  const { project } = await container.credentials.get(invocation.remainingMs());
  return toRoomView(room, project);
}

export const handler = createHandler({
  name: 'openRoom',
  container,
  fromDirect: parseOpenRequest,
  run: open,
  describe: ({ sessionId }) => ({ message: 'room open', sessionId }),
  messages: {
    fromMessage: parseOpenRequest,
    run: async (request, invocation) => ({ room: await open(request, invocation) }),
    resultTypes: { success: 'OpenTok Room Opened', failure: 'OpenTok Room Failed' },
    loadPublisher: createPublisherLoader(container.config),
  },
});

await warmUp(container);
