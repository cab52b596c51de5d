/**
 * One of many processes that join a room at once: loads the packaged function as a container does,
 * says so, and when told to joins any number of times at once. Answers go to the parent process.
 */
import type { LambdaHandler } from '../../lib/events/handler.ts';
import { type RoomAnswer, readRoomAnswer, roomEvent } from './room-events.ts';

export interface JoinOrder {
  readonly room: string;
  readonly times: number;
}
export type FromProcess = 'loaded' | readonly RoomAnswer[];

const TIMEOUT_MS = 10_000;
const [, , handlerFile = ''] = process.argv;
const { handler }: { handler: LambdaHandler } = await import(handlerFile);

async function join(room: string): Promise<RoomAnswer> {
  const endMs = performance.now() + TIMEOUT_MS;
  const answer = await handler(roomEvent(`POST /rooms/${room}/tokens`), {
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => Math.floor(endMs - performance.now()),
  });
  return readRoomAnswer(answer);
}

function tell(message: FromProcess): void {
  process.send?.(message);
}

process.on('message', async ({ room, times }: JoinOrder) => {
  tell(await Promise.all(Array.from({ length: times }, () => join(room))));
});
tell('loaded');
