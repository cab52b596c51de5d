/**
 * Notices that whoever started this process is gone. npm passes on neither SIGTERM nor, of course,
 * SIGKILL, and a server without a terminal would go on holding its port.
 *
 * Polls, because no system tells a child: whose parent ends belongs to another process from then on.
 */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { isRunning } from './running.ts';

const pollMs = 200;
const shells = /^-?(?:sh|dash|ash|bash|zsh|ksh|busybox)$/;

/** Calls back once when it is gone. Keeps no process alive. */
export async function watchParent(onGone: () => void): Promise<void> {
  const parent = process.ppid;
  const beyond = await findBeyondShell(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (beyond === undefined || isRunning(beyond))) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  timer.unref();
}

/**
 * npm starts a script through a shell. Most shells give the script their place; one that does not
 * waits for it and outlives npm, so that npm itself is to be watched.
 */
async function findBeyondShell(pid: number): Promise<number | undefined> {
  try {
    const args = ['-o', 'ppid=,comm=', '-p', String(pid)];
    const { stdout } = await promisify(execFile)('ps', args);
    const [, parent = '', command = ''] = /^\s*(\d+)\s+(.+?)\s*$/.exec(stdout) ?? [];
    return shells.test(basename(command)) ? Number(parent) : undefined;
  } catch {
    // A system without such a ps.
    return undefined;
  }
}
