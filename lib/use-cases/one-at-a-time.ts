/**
 * Lets tasks of one name run one after the other, so that a batch of messages that names one room
 * twice makes one session. No I/O of its own.
 */
export type OneAtATime = <Result>(name: string, task: () => Promise<Result>) => Promise<Result>;

export function createOneAtATime(): OneAtATime {
  const running = new Map<string, Promise<unknown>>();
  return async (name, task) => {
    for (let other = running.get(name); other; other = running.get(name)) await other;
    const turn = task();
    running.set(
      name,
      turn.catch(() => undefined),
    );
    try {
      return await turn;
    } finally {
      running.delete(name);
    }
  };
}
