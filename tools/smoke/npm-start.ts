/** Runs `npm start` as a developer does at a terminal: reads its output, presses Ctrl-C, kills npm. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 90_000;

export interface NpmStart {
  /** Of npm itself. */
  readonly pid: number;
  readonly printed: () => string;
  /** Resolves with the printed curl commands once there are so many. */
  readCommands(count: number): Promise<string[]>;
  /** Resolves with npm's exit code when npm exits. */
  readonly exited: Promise<number | null>;
  /** Sends a signal to npm alone, as a supervisor does. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. May be called twice. */
  pressCtrlC(): Promise<void>;
}

/** @param options.args What follows `npm start --`. @param options.environment Beside that of this process. */
export function runNpmStart({
  port,
  args = [],
  environment = {},
}: {
  readonly port: number;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}): NpmStart {
  const npm = spawn('npm', ['start', '--', ...args], {
    env: { ...process.env, PORT: String(port), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A separate process group, to send Ctrl-C to as a terminal does.
    detached: true,
  });
  const pid = npm.pid ?? 0;
  const exited = once(npm, 'exit').then(([code]) => code);
  const isRunning = () => npm.exitCode === null && npm.signalCode === null;
  let printed = '';
  for (const output of [npm.stdout, npm.stderr]) {
    output.on('data', (piece) => {
      printed += piece;
    });
  }
  return {
    pid,
    printed: () => printed,
    exited,
    readCommands: async (count) => {
      const giveUpAtMs = performance.now() + patienceMs;
      for (;;) {
        const commands = printed.match(/^curl .*$(?=\n)/gm) ?? [];
        if (commands.length === count) return commands;
        assert.ok(isRunning(), 'npm start goes on running');
        assert.ok(performance.now() < giveUpAtMs, 'npm start prints its commands in time');
        await sleep(100);
      }
    },
    kill: (signal) => void process.kill(pid, signal),
    pressCtrlC: async () => {
      try {
        process.kill(-pid, 'SIGINT');
      } catch {
        // The group has no process left.
      }
      await exited;
    },
  };
}
