/** Which processes belong to one, and which of them are left. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Ids of a process and of all that it has started. */
export async function readDescendants(pid: number): Promise<number[]> {
  const processes = await readProcesses();
  const found = new Set([pid]);
  // A child may be listed before its parent: repeat until nothing is new.
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const { id, parent } of processes) if (found.has(parent)) found.add(id);
  }
  return [...found];
}

/** Which of these still run a second later. One that only waits to be counted does not run. */
export async function readSurvivors(ids: readonly number[]): Promise<number[]> {
  for (let tries = 10; ; tries -= 1) {
    const running = (await readProcesses()).filter(({ state }) => !state.startsWith('Z'));
    const survivors = running.map(({ id }) => id).filter((id) => ids.includes(id));
    if (survivors.length === 0 || tries === 0) return survivors;
    await sleep(100);
  }
}

async function readProcesses() {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((row) => {
      const [id, parent, state = ''] = row.trim().split(/\s+/);
      return { id: Number(id), parent: Number(parent), state };
    });
}
