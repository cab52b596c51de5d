/** Starts the stand-ins in a separate process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { StandInCounts, StandInsReady } from './stand-ins.ts';

export interface StandIns extends StandInsReady {
  count(): Promise<StandInCounts>;
  stop(): void;
}

export async function startStandIns(): Promise<StandIns> {
  const child = fork(new URL('stand-ins.ts', import.meta.url));
  const [ready] = (await once(child, 'message')) as [StandInsReady];
  return {
    ...ready,
    async count() {
      child.send('count');
      const [counts] = (await once(child, 'message')) as [StandInCounts];
      return counts;
    },
    stop: () => child.disconnect(),
  };
}
