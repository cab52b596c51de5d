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

/** Calls back once when it is gone, be it before this process got here. Keeps no process alive. */
export async function watchParent(onGone: () => void): Promise<void> {
  const parent = process.ppid;
  const { isGone, beyond } = await findStarter(parent);
  if (isGone) return onGone();
  const timer = setInterval(() => {
    if (process.ppid === parent && (beyond === undefined || isRunning(beyond))) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  timer.unref();
}

interface Starter {
  readonly isGone: boolean;
  /** The process that waits behind a shell, where there is one; its end is not told by the parent's. */
  readonly beyond?: number;
}

/**
 * npm starts a script through a shell. Most shells give the script their place; one that does not
 * waits for it and outlives npm, so that npm itself is to be watched.
 *
 * All of them are of one group. Whoever adopts a process whose parent has ended is of another, which
 * tells a starter that was killed before anybody watched it.
 */
async function findStarter(parent: number): Promise<Starter> {
  const own = await describeProcess(process.pid);
  // A system without such a ps.
  if (!own) return { isGone: false };
  const above = await describeProcess(parent);
  const isShell = above !== undefined && shells.test(above.command) && above.parent > 0;
  const starter = isShell ? await describeProcess(above.parent) : above;
  const isGone = starter?.group !== own.group;
  return isShell ? { isGone, beyond: above.parent } : { isGone };
}

interface Described {
  readonly parent: number;
  /** The process group: that of the terminal's job, which a child shares unless it is detached. */
  readonly group: number;
  readonly command: string;
}

async function describeProcess(pid: number): Promise<Described | undefined> {
  try {
    const args = ['-o', 'ppid=,pgid=,comm=', '-p', String(pid)];
    const { stdout } = await promisify(execFile)('ps', args);
    const [, parent, group, command] = /^\s*(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(stdout) ?? [];
    if (command === undefined) return undefined;
    return { parent: Number(parent), group: Number(group), command: basename(command) };
  } catch {
    return undefined;
  }
}
