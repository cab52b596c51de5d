/**
 * The smoke run: the first hour of a newcomer. `npm start` for an OpenTok project and for a Vonage
 * application side by side, called as the README shows; each end that a process can come to, and what
 * is left after it; a wrong project; and the serverless commands that work on one machine. Exits with
 * 1 when something is not as it should be.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { findFreePort, isPortTaken } from '../../local/free-port.ts';
import { startPlatform } from '../../stand-ins/platform.ts';
import { callApi, openTok, vonage } from './call-api.ts';
import { checkCommands } from './commands.ts';
import { type NpmStart, runNpmStart } from './npm-start.ts';
import { readDescendants, readSurvivors } from './processes.ts';

const running: NpmStart[] = [];

async function open(options: Omit<Parameters<typeof runNpmStart>[0], 'port'> = {}) {
  const port = await findFreePort();
  const npmStart = runNpmStart({ port, ...options });
  running.push(npmStart);
  return { npmStart, port, url: `http://localhost:${port}` };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Ends it and looks for leftovers: within a second no process, no port and no folder is left. */
async function checkEnd({ npmStart, port }: Opened, how: string, end: () => unknown) {
  const processes = await readDescendants(npmStart.pid);
  assert.ok(processes.length > 1, 'processes are found while they run');
  await end();
  assert.deepEqual(await readSurvivors(processes), [], `${how} leaves no process behind`);
  assert.equal(await isPortTaken(port), false, `${how} leaves the port free`);
  const folders = await readdir(tmpdir());
  const left = folders.filter((name) =>
    processes.some((pid) => name.startsWith(`opentok-sessions-start-${pid}-`)),
  );
  assert.deepEqual(left, [], `${how} leaves no folder behind`);
  console.log(`Smoke run passed: ${how} ends npm start`);
}

async function checkSideBySide(): Promise<void> {
  const [first, second] = await Promise.all([open(), open({ args: vonage.args })]);
  await Promise.all([
    callApi(openTok, first.npmStart, first.url),
    callApi(vonage, second.npmStart, second.url),
  ]);
  await checkEnd(first, 'Ctrl-C', first.npmStart.pressCtrlC);
  const still = await fetch(`${second.url}/sessions`, { method: 'POST' });
  assert.equal(still.status, 201, 'the other npm start goes on');
  console.log('Smoke run passed: npm start and npm start -- --vonage side by side');
  await checkEnd(second, 'SIGTERM to npm', () => second.npmStart.kill('SIGTERM'));
}

async function checkKill(): Promise<void> {
  const opened = await open();
  await opened.npmStart.readCommands(3);
  await checkEnd(opened, 'SIGKILL of npm', () => opened.npmStart.kill('SIGKILL'));
}

async function checkWrongProject(): Promise<void> {
  const platform = await startPlatform({ projects: [{ apiKey: '47665971', apiSecret: 'right' }] });
  try {
    const { npmStart } = await open({
      environment: {
        OPENTOK_API_KEY: '47665971',
        OPENTOK_API_SECRET: 'wrong',
        VIDEO_API_URL: platform.url,
      },
    });
    assert.equal(await npmStart.exited, 1);
    assert.match(
      npmStart.printed(),
      /\n.* rejected this project's credentials: .*API secret.* Check OPENTOK_API_KEY and OPENTOK_API_SECRET\.\n$/,
    );
    console.log('Smoke run passed: npm start tells what is wrong with a project');
  } finally {
    await platform.close();
  }
}

try {
  await Promise.all([checkSideBySide().then(checkKill).then(checkWrongProject), checkCommands()]);
} catch (cause) {
  console.error(cause);
  for (const npmStart of running) console.error(`npm start printed:\n${npmStart.printed()}`);
  process.exitCode = 1;
} finally {
  await Promise.all(running.map((npmStart) => npmStart.pressCtrlC()));
}
