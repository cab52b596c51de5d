/**
 * One of many processes that join a room at once: loads the packaged function as a container does,
 * says so, and when told to joins any number of times at once. Answers go to the parent process.
 */
import { flushCompileCache } from 'node:module';
import type { LambdaHandler } from '../../lib/events/handler.ts';
import type { HttpEvent } from '../support/http-events.ts';
import { type RoomAnswer, readRoomAnswer } from './room-events.ts';

export interface JoinOrder {
  /** One for each join. */
  readonly events: readonly HttpEvent[];
}
export type FromProcess = 'loaded' | readonly RoomAnswer[];

const TIMEOUT_MS = 10_000;
// The function's log would clutter the output of the tests.
for (const level of ['info', 'warn', 'error'] as const) console[level] = () => undefined;

const [, , handlerFile = ''] = process.argv;
const { handler }: { handler: LambdaHandler } = await import(handlerFile);

async function join(event: HttpEvent): Promise<RoomAnswer> {
  const endMs = performance.now() + TIMEOUT_MS;
  const answer = await handler(event, {
    awsRequestId: crypto.randomUUID(),
    getRemainingTimeInMillis: () => Math.floor(endMs - performance.now()),
  });
  return readRoomAnswer(answer);
}

function tell(message: FromProcess): void {
  process.send?.(message);
}

process.on('message', async ({ events }: JoinOrder) => {
  tell(await Promise.all(events.map(join)));
});
// A process that is killed writes none.
flushCompileCache();
tell('loaded');
