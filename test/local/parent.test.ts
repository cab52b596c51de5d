/**
 * Real processes: one that watches its parent as `npm start` does, below a parent that is killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../local/running.ts';
import { endsWithinASecond } from '../support/ends-within-a-second.ts';

const parentModule = new URL('../../local/parent.ts', import.meta.url).href;
const runningModule = new URL('../../local/running.ts', import.meta.url).href;
const child = `
  const { watchParent } = await import(${JSON.stringify(parentModule)});
  setInterval(() => undefined, 1000);
  await watchParent(() => process.exit());
  console.log(process.pid);
`;
const command = `'${process.execPath}' --input-type=module --eval '${child}'`;

let started: number[] = [];
afterEach(() => {
  for (const pid of started.filter(isRunning)) process.kill(pid, 'SIGKILL');
  started = [];
});

/** Starts a Node process that runs a shell line, and waits until the child below watches. */
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
  const [watching] = await once(createInterface(parent.stdout), 'line');
  const pid = Number(watching);
  started.push(parent.pid ?? 0, pid);
  return { parent, pid };
}

describe('a process whose parent is killed', () => {
  it.each<[how: string, line: string, signal: NodeJS.Signals]>([
    ['by SIGTERM', `exec ${command}`, 'SIGTERM'],
    ['by SIGKILL', `exec ${command}`, 'SIGKILL'],
    ['by SIGTERM, beyond a shell that waits', `${command}; true`, 'SIGTERM'],
    ['by SIGKILL, beyond a shell that waits', `${command}; true`, 'SIGKILL'],
  ])('ends within a second: %s', async (_how, line, signal) => {
    const { parent, pid } = await startBelow(line);
    expect(isRunning(pid)).toBe(true);
    parent.kill(signal);
    expect(await endsWithinASecond(pid)).toBe(true);
  });

  it.each([
    ['at once', (line: string) => `exec ${line}`],
    ['beyond a shell that waits', (line: string) => `${line}; true`],
  ])('ends though it was killed before anybody watched it, %s', async (_how, toLine) => {
    const late = child.replace(
      'await watchParent',
      `console.log(process.pid);
       const { isRunning } = await import(${JSON.stringify(runningModule)});
       while (isRunning(Number(process.env.STARTED_BY))) await new Promise((go) => setTimeout(go, 5));
       await watchParent`,
    );
    const { parent, pid } = await startBelow(
      toLine(`'${process.execPath}' --input-type=module --eval '${late}'`),
    );
    parent.kill('SIGKILL');
    expect(await endsWithinASecond(pid)).toBe(true);
  });

  it('goes on while its parent does', async () => {
    const { pid } = await startBelow(command);
    expect(await endsWithinASecond(pid)).toBe(false);
  });
});

describe('a process', () => {
  it('runs, or does not, of whatever user it is', () => {
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(1)).toBe(true);
    expect(isRunning(2 ** 30)).toBe(false);
  });
});
