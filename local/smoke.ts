/**
 * The smoke run: `npm start` as a newcomer meets it. Starts it on a free port, pastes the commands
 * that it prints, verifies the token apart from the code that signed it, presses Ctrl-C and looks
 * for leftovers. Exits with 1 at the first thing that is not as it should be.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort, isPortTaken } from './free-port.ts';
import { madeUpProject } from './start-options.ts';

const run = promisify(execFile);
const patienceMs = 90_000;

const port = await findFreePort();
const npmStart = spawn('npm', ['start'], {
  env: { ...process.env, PORT: String(port) },
  stdio: ['ignore', 'pipe', 'pipe'],
  // A process group of its own, to press Ctrl-C in as a terminal does.
  detached: true,
});
const exited = once(npmStart, 'exit');
let printed = '';
for (const output of [npmStart.stdout, npmStart.stderr]) {
  output.on('data', (piece) => {
    printed += piece;
  });
}

try {
  const commands = await readPrintedCommands();
  const [createSession = '', issueToken = ''] = commands;

  const session = await paste(createSession);
  assert.equal(session.status, 201);
  assert.equal(session.body['apiKey'], madeUpProject.apiKey);
  assert.equal(session.body['mediaMode'], 'routed');

  const token = await paste(issueToken);
  assert.equal(token.status, 201);
  verifyToken(token.body);

  // The first command's answer serves as the second one's input.
  const other = await post(`/sessions/${session.body['sessionId']}/tokens`, '{"role":"moderator"}');
  assert.equal(other.status, 201);
  verifyToken(other.body);

  const refused = await post('/sessions', '{"mediaMode":"peer"}');
  assert.equal(refused.status, 400);
  assert.equal(refused.contentType, 'application/problem+json');
  const unknown = await post('/sessions/1_unknown/tokens', '{}');
  assert.equal(unknown.status, 404);

  const processes = await readDescendants(npmStart.pid ?? 0);
  assert.ok(processes.length > 0, 'processes are found while they run');
  process.kill(-(npmStart.pid ?? 0), 'SIGINT');
  await exited;
  assert.deepEqual(await readSurvivors(processes), [], 'Ctrl-C leaves no process behind');
  assert.equal(await isPortTaken(port), false, 'Ctrl-C leaves the port free');
  console.log('Smoke run passed: two printed commands, three more calls, nothing left behind.');
} catch (cause) {
  console.error(cause);
  console.error(`npm start printed:\n${printed}`);
  process.exitCode = 1;
  if (npmStart.exitCode === null) process.kill(-(npmStart.pid ?? 0), 'SIGINT');
  await exited;
}

/** Resolves with the printed commands once both are there. */
async function readPrintedCommands(): Promise<string[]> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const commands = printed.match(/^curl .*$(?=\n)/gm) ?? [];
    if (commands.length === 2) return commands;
    assert.equal(npmStart.exitCode, null, 'npm start goes on running');
    assert.ok(performance.now() < giveUpAtMs, 'npm start prints its commands in time');
    await sleep(100);
  }
}

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Record<string, unknown>;
}

/** Runs a printed command as it is; only its status is asked for on top. */
async function paste(command: string): Promise<Answer> {
  const { stdout } = await run('sh', ['-c', `${command} -w '\\n%{http_code} %{content_type}'`]);
  const [, body = '', status, contentType = ''] = /^(.*)\n(\d{3}) (.*)$/s.exec(stdout) ?? [];
  return { status: Number(status), contentType, body: JSON.parse(body) };
}

async function post(path: string, body: string): Promise<Answer> {
  const response = await fetch(`http://localhost:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

function verifyToken({ token, sessionId, role, expireTime }: Record<string, unknown>): void {
  const [header = '', payload = '', signature = ''] = String(token).split('.');
  const right = createHmac('sha256', madeUpProject.apiSecret).update(`${header}.${payload}`);
  assert.equal(signature, right.digest('base64url'), 'the token is signed with the secret');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.equal(claims.iss, madeUpProject.apiKey);
  assert.equal(claims.session_id, sessionId);
  assert.equal(claims.role, role);
  assert.equal(claims.exp, expireTime);
  assert.ok(claims.exp > Date.now() / 1000, 'the token has not expired');
}

/** Ids of a process and of all that it has started. */
async function readDescendants(pid: number): Promise<number[]> {
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
async function readSurvivors(ids: readonly number[]): Promise<number[]> {
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
