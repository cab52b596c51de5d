/** Many processes that have loaded a packaged function, to ask it at once from all of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { HttpEvent } from '../support/http-events.ts';
import type { FromProcess, JoinOrder } from './join-process.ts';
import type { RoomAnswer } from './room-events.ts';

export interface JoinProcesses {
  /** Has the processes ask all at once, each its share. @returns the answers, in no order */
  readonly askAtOnce: (events: readonly HttpEvent[]) => Promise<readonly RoomAnswer[]>;
  readonly end: () => Promise<void>;
}

/** Each process is as warm as Lambda hands it over. */
export async function startJoinProcesses(
  handlerFile: string,
  { count, environment }: { readonly count: number; readonly environment: NodeJS.ProcessEnv },
): Promise<JoinProcesses> {
  const file = fileURLToPath(new URL('join-process.ts', import.meta.url));
  const env = { ...environment, NODE_COMPILE_CACHE: inject('packaged').compileCache };
  const processes = Array.from({ length: count }, () =>
    fork(file, [handlerFile], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  await Promise.all(processes.map(hear));
  return {
    askAtOnce: async (events) => {
      const answers = processes.map(hear);
      for (const [index, child] of processes.entries()) {
        const own = events.filter((_, position) => position % count === index);
        child.send({ events: own } satisfies JoinOrder);
      }
      return (await Promise.all(answers)).flatMap((answer) => (answer === 'loaded' ? [] : answer));
    },
    end: async () => {
      const exits = processes.map((child) => once(child, 'exit'));
      for (const child of processes) child.kill();
      await Promise.all(exits);
    },
  };
}

async function hear(child: ChildProcess): Promise<FromProcess> {
  // Removes the listener of the event that did not happen.
  const heard = new AbortController();
  const { signal } = heard;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('A process has ended before it sent a message.');
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    heard.abort();
  }
}
