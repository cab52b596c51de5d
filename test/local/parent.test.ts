import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { POLL_MS, type ProcessEntry, type ProcessTable, watchParent } from '../../local/parent.ts';
import { isRunning } from '../../local/running.ts';

const NPM = 10;
const SHELL = 11;
const OWN = 12;
const INIT = 1;

/** A process table that tests change: process ids and what `describe` reads of them. */
function createProcesses(entries: Record<number, ProcessEntry>) {
  const table = new Map(Object.entries(entries).map(([pid, entry]) => [Number(pid), entry]));
  const processes: ProcessTable = {
    pid: OWN,
    readParent: () => table.get(OWN)?.parent ?? INIT,
    isRunning: (pid) => table.has(pid),
    describe: async (pid) => table.get(pid),
  };
  return { table, processes };
}

const init = { parent: 0, group: INIT, command: 'init' };
const npm = { parent: INIT, group: NPM, command: 'npm start' };
const own = { group: NPM, command: 'node' };
const belowNpm = { [INIT]: init, [NPM]: npm, [OWN]: { ...own, parent: NPM } };
const belowShell = {
  ...{ [INIT]: init, [NPM]: npm },
  [SHELL]: { parent: NPM, group: NPM, command: 'dash' },
  [OWN]: { ...own, parent: SHELL },
};
const orphan = { [INIT]: init, [OWN]: { ...own, parent: INIT } };

describe('watchParent', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  const watch = async (processes: ProcessTable) => {
    const onGone = vi.fn();
    await watchParent(onGone, processes);
    return onGone;
  };

  it.each([
    ['below npm', belowNpm],
    ['below a shell that waits', belowShell],
  ])('does not call back while the starter runs, %s', async (_where, entries) => {
    const onGone = await watch(createProcesses(entries).processes);
    vi.advanceTimersByTime(100 * POLL_MS);
    expect(onGone).not.toHaveBeenCalled();
  });

  it.each([
    ['npm', belowNpm],
    ['npm behind a shell that waits', belowShell],
  ])('calls back once at the next poll after the end of %s', async (_what, entries) => {
    const { table, processes } = createProcesses(entries);
    const onGone = await watch(processes);
    table.delete(NPM);
    expect(onGone).not.toHaveBeenCalled();
    vi.advanceTimersByTime(POLL_MS);
    expect(onGone).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(100 * POLL_MS);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('calls back when another process has adopted this one, though the old id is in use', async () => {
    const { table, processes } = createProcesses(belowNpm);
    const onGone = await watch(processes);
    table.set(OWN, { ...own, parent: INIT });
    vi.advanceTimersByTime(POLL_MS);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('calls back at once if the starter was gone before', async () => {
    expect(await watch(createProcesses(orphan).processes)).toHaveBeenCalledOnce();
  });

  it('calls back at once if a starter behind a shell was gone before', async () => {
    const { table, processes } = createProcesses(belowShell);
    table.delete(NPM);
    table.set(SHELL, { parent: INIT, group: NPM, command: 'sh' });
    expect(await watch(processes)).toHaveBeenCalledOnce();
  });

  it('notices the end of the parent while the process table is still being read', async () => {
    const { table, processes } = createProcesses(belowNpm);
    const onGone = vi.fn();
    const never = new Promise<undefined>(() => undefined);
    void watchParent(onGone, { ...processes, describe: () => never });
    table.delete(NPM);
    vi.advanceTimersByTime(POLL_MS);
    expect(onGone).toHaveBeenCalledOnce();
  });

  it('watches the parent where no process table can be read', async () => {
    const { table, processes } = createProcesses(belowShell);
    const onGone = await watch({ ...processes, describe: async () => undefined });
    vi.advanceTimersByTime(POLL_MS);
    expect(onGone).not.toHaveBeenCalled();
    table.delete(SHELL);
    vi.advanceTimersByTime(POLL_MS);
    expect(onGone).toHaveBeenCalledOnce();
  });
});

const parentModule = new URL('../../local/parent.ts', import.meta.url).href;
const runningModule = new URL('../../local/running.ts', import.meta.url).href;

/** Watches its parent as `npm start` does, and reports when three polls have passed. */
const watcher = `
  const { watchParent, POLL_MS } = await import(${JSON.stringify(parentModule)});
  setInterval(() => undefined, 1000);
  await watchParent(() => process.exit());
  console.log(process.pid);
  setTimeout(() => console.log("still here"), 3 * POLL_MS);
`;
const lateWatcher = watcher.replace(
  'await watchParent',
  `console.log(process.pid);
   const { isRunning } = await import(${JSON.stringify(runningModule)});
   while (isRunning(Number(process.env.STARTED_BY))) await new Promise((go) => setTimeout(go, 5));
   await watchParent`,
);
const direct = (script: string) =>
  `exec '${process.execPath}' --input-type=module --eval '${script}'`;
const behindShell = (script: string) => `${direct(script).replace('exec ', '')}; true`;

describe('watchParent with real processes', () => {
  let started: ChildProcess | undefined;
  let watcherPid = 0;
  afterEach(() => {
    started?.kill('SIGKILL');
    if (watcherPid > 0 && isRunning(watcherPid)) process.kill(watcherPid, 'SIGKILL');
    watcherPid = 0;
  });

  /** Starts a Node process that runs a shell line, and waits for the first line of the watcher in it. */
  async function startBelow(line: string) {
    const script = `
      const { spawn } = require('node:child_process');
      process.env.STARTED_BY = process.pid;
      spawn('sh', ['-c', process.argv[1]], { stdio: ['ignore', 'inherit', 'inherit'] });
      setInterval(() => undefined, 1000);
    `;
    const parent = spawn(process.execPath, ['--eval', script, line], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started = parent;
    const lines = createInterface(parent.stdout)[Symbol.asyncIterator]();
    watcherPid = Number((await lines.next()).value);
    // The pipe closes when every process that inherited it has ended.
    return { parent, pid: watcherPid, lines, allEnded: once(parent.stdout, 'close') };
  }

  it.each<[where: string, line: string, signal: NodeJS.Signals]>([
    ['by SIGTERM', direct(watcher), 'SIGTERM'],
    ['by SIGKILL', direct(watcher), 'SIGKILL'],
    ['by SIGTERM, behind a shell that waits', behindShell(watcher), 'SIGTERM'],
    ['by SIGKILL, behind a shell that waits', behindShell(watcher), 'SIGKILL'],
    ['before it is watched', direct(lateWatcher), 'SIGKILL'],
    ['before it is watched, behind a shell that waits', behindShell(lateWatcher), 'SIGKILL'],
  ])('ends the process when its parent is killed %s', async (_where, line, signal) => {
    const { parent, pid, allEnded } = await startBelow(line);
    expect(isRunning(pid)).toBe(true);
    parent.kill(signal);
    await expect(allEnded).resolves.toBeDefined();
  });

  it.each([
    ['', direct(watcher)],
    [' behind a shell that waits', behindShell(watcher)],
  ])('lets the process run while its parent does%s', async (_where, line) => {
    const { pid, lines } = await startBelow(line);
    expect((await lines.next()).value).toBe('still here');
    expect(isRunning(pid)).toBe(true);
  });
});

describe('isRunning', () => {
  it('finds processes of any user, and none that does not exist', () => {
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(1)).toBe(true);
    expect(isRunning(2 ** 30)).toBe(false);
  });
});
