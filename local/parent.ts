/**
 * Ends `npm start` when npm is gone. npm passes on neither SIGTERM nor SIGKILL, and a server without a
 * terminal would keep its port.
 *
 * Polls, because no system notifies a child of its parent's end: another process adopts the child.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { isRunning } from './running.ts';

export const POLL_MS = 200;
const SHELLS = /^-?(?:sh|dash|ash|bash|zsh|ksh|busybox)$/;

export interface ProcessEntry {
  readonly parent: number;
  /** The process group: a terminal job. A child shares it unless it is detached. */
  readonly group: number;
  /** File name of the program. */
  readonly command: string;
}

/** What is read of the operating system. */
export interface ProcessTable {
  readonly pid: number;
  /** The parent at this moment. */
  readonly readParent: () => number;
  readonly isRunning: (pid: number) => boolean;
  /** Resolves to `undefined` if there is no such process, or no way to read about it. */
  readonly describe: (pid: number) => Promise<ProcessEntry | undefined>;
}

/**
 * Calls `onGone` once when the process that started this one is gone, also if it was gone before the
 * call. Keeps no process alive.
 */
export async function watchParent(
  onGone: () => void,
  processes: ProcessTable = ofThisMachine,
): Promise<void> {
  const parent = processes.readParent();
  const watched = [parent];
  const isGone = () =>
    processes.readParent() !== parent || !watched.every((pid) => processes.isRunning(pid));
  const end = () => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    onGone();
  };
  // Polling starts before the process table is read: with `ps` that takes a while on a busy machine.
  let timer: NodeJS.Timeout | undefined = setInterval(() => void (isGone() && end()), POLL_MS);
  timer.unref();
  const starter = await findStarter(parent, processes);
  if (starter === 'gone') return end();
  watched.push(starter);
}

/**
 * Returns the process that waits for this one to end: the parent, or npm behind a shell.
 *
 * npm starts a script through a shell. Most shells replace themselves with the script; others wait for
 * it and outlive npm. All of these processes share a group, and the process that adopts an orphan is in
 * a different one: this reveals a starter that was killed before anything watched it.
 */
async function findStarter(parent: number, processes: ProcessTable): Promise<number | 'gone'> {
  const own = await processes.describe(processes.pid);
  if (!own) return parent;
  const above = await processes.describe(parent);
  const isShell = above !== undefined && SHELLS.test(above.command) && above.parent > 0;
  const starter = isShell ? await processes.describe(above.parent) : above;
  if (starter?.group !== own.group) return 'gone';
  return isShell ? above.parent : parent;
}

const ofThisMachine: ProcessTable = {
  pid: process.pid,
  readParent: () => process.ppid,
  isRunning,
  describe: (pid) => (process.platform === 'linux' ? readProc(pid) : runPs(pid)),
};

/** Starts no process, which would fail or take seconds on a machine short of memory or time. */
async function readProc(pid: number): Promise<ProcessEntry | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name may itself contain parentheses and spaces.
  return toEntry(/^\d+ \((?<command>.*)\) \S (?<parent>\d+) (?<group>\d+) /s.exec(stat));
}

async function runPs(pid: number): Promise<ProcessEntry | undefined> {
  const args = ['-o', 'ppid=,pgid=,comm=', '-p', String(pid)];
  const { stdout } = await promisify(execFile)('ps', args).catch(() => ({ stdout: '' }));
  return toEntry(/^\s*(?<parent>\d+)\s+(?<group>\d+)\s+(?<command>.+?)\s*$/.exec(stdout));
}

function toEntry(match: RegExpExecArray | null): ProcessEntry | undefined {
  const { parent, group, command } = match?.groups ?? {};
  if (command === undefined) return undefined;
  return { parent: Number(parent), group: Number(group), command: basename(command) };
}
