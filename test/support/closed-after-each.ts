/**
 * Wraps a start function; everything it started is closed after each test.
 */
import { afterEach } from 'vitest';

export function closedAfterEach<Args extends unknown[], Started extends { close(): Promise<void> }>(
  start: (...args: Args) => Promise<Started>,
): (...args: Args) => Promise<Started> {
  const open: Started[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((started) => started.close()));
  });
  return async (...args) => {
    const started = await start(...args);
    open.push(started);
    return started;
  };
}
