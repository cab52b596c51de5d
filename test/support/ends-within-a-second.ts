import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../../local/running.ts';

export async function endsWithinASecond(pid: number): Promise<boolean> {
  for (const deadline = performance.now() + 1_000; performance.now() < deadline; ) {
    if (!isRunning(pid)) return true;
    await sleep(20);
  }
  return false;
}
