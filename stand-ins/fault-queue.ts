import type { Fault } from './faults.ts';

/** Faults that wait for the requests they are meant for, first come first served. */
export interface FaultQueue {
  /** @param times How many requests it meets; may be `Infinity`. */
  add(fault: Fault, times: number): void;
  /** The fault for a request, if any; used up by this call. */
  take(request: { isReusedConnection: boolean }): Fault | undefined;
  clear(): void;
}

/** Returns an empty queue. */
export function createFaultQueue(): FaultQueue {
  const queue: { fault: Fault; left: number }[] = [];
  return {
    add: (fault, times) => void queue.push({ fault, left: times }),
    take: ({ isReusedConnection }) => {
      const index = queue.findIndex(
        ({ fault }) => fault.kind !== 'stale-keep-alive' || isReusedConnection,
      );
      const entry = queue[index];
      if (!entry) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) queue.splice(index, 1);
      return entry.fault;
    },
    clear: () => {
      queue.length = 0;
    },
  };
}
