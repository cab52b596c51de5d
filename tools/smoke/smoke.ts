/**
 * The smoke run: `npm start` as a newcomer meets it, for an OpenTok project and for a Vonage
 * application. Starts it on a free port, pastes the commands that it prints, calls what the vendor's
 * sample page calls, verifies the tokens apart from the code that signed them, presses Ctrl-C and
 * looks for leftovers. Exits with 1 at the first thing that is not as it should be.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { findFreePort, isPortTaken } from '../../local/free-port.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { type NpmStart, runNpmStart } from './npm-start.ts';
import { readDescendants, readSurvivors } from './processes.ts';

const run = promisify(execFile);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A kind of project: how it is started, and how its tokens are verified. */
interface Kind {
  readonly args: readonly string[];
  /** The field in which answers and claims name the project. */
  readonly idField: 'apiKey' | 'applicationId';
  readonly verifySignature: (signed: string, signature: Buffer, printed: string) => boolean;
}

const kinds: readonly Kind[] = [
  {
    args: [],
    idField: 'apiKey',
    verifySignature: (signed, signature) =>
      createHmac('sha256', madeUpProject.apiSecret).update(signed).digest().equals(signature),
  },
  {
    args: ['--vonage'],
    idField: 'applicationId',
    verifySignature: (signed, signature, printed) => {
      const [publicKey = ''] = /-----BEGIN PUBLIC KEY-----.*?-----END.*?$/ms.exec(printed) ?? [];
      return verify('sha256', Buffer.from(signed), publicKey, signature);
    },
  },
];

for (const kind of kinds) {
  const port = await findFreePort();
  const npmStart = runNpmStart({ port, args: kind.args });
  try {
    await call(kind, npmStart, `http://localhost:${port}`);
    const processes = await readDescendants(npmStart.pid);
    assert.ok(processes.length > 1, 'processes are found while they run');
    await npmStart.pressCtrlC();
    assert.deepEqual(await readSurvivors(processes), [], 'Ctrl-C leaves no process behind');
    assert.equal(await isPortTaken(port), false, 'Ctrl-C leaves the port free');
    console.log(`Smoke run passed: npm start ${kind.args.join(' ')}`);
  } catch (cause) {
    console.error(cause);
    console.error(`npm start printed:\n${npmStart.printed()}`);
    process.exitCode = 1;
    await npmStart.pressCtrlC();
  }
}

async function call(kind: Kind, npmStart: NpmStart, url: string): Promise<void> {
  const [createSession = '', issueToken = '', joinRoom = ''] = await npmStart.readCommands(3);
  const verifyToken = ({ body }: Answer) => checkToken(kind, body, npmStart.printed());

  const session = await paste(createSession);
  assert.equal(session.status, 201);
  assert.match(String(session.body[kind.idField]), /^[\d-]+$/);
  assert.equal(session.body['mediaMode'], 'routed');

  const token = await paste(issueToken);
  assert.equal(token.status, 201);
  verifyToken(token);

  // The first command's answer serves as the second one's input.
  const { sessionId } = session.body;
  const other = await ask(`${url}/sessions/${sessionId}/tokens`, { body: '{"role":"moderator"}' });
  assert.equal(other.status, 201);
  verifyToken(other);

  const [first, second] = [await paste(joinRoom), await paste(joinRoom)];
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.equal(first.body['sessionId'], second.body['sessionId'], 'a room has one session');
  for (const joined of [first, second]) verifyToken(joined);

  const shown = await ask(`${url}/rooms/standup`, { method: 'GET' });
  assert.equal(shown.body['sessionId'], first.body['sessionId']);
  assert.equal((await ask(`${url}/rooms/standup`, { method: 'DELETE' })).status, 204);
  assert.equal((await ask(`${url}/rooms/standup`, { method: 'GET' })).status, 404);

  await callAsSamplePage(kind, url);

  const refused = await ask(`${url}/sessions`, { body: '{"mediaMode":"peer"}' });
  assert.equal(refused.status, 400);
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  const unknown = await ask(`${url}/sessions/1_unknown/tokens`, { body: '{}' });
  assert.equal(unknown.status, 404);
}

/** As the vendor's web samples do, from a page of another origin. */
async function callAsSamplePage({ idField }: Kind, url: string): Promise<void> {
  const origin = 'http://localhost:8080';
  const page = { method: 'GET', headers: { origin } };
  const sample = await ask(`${url}/session`, page);
  assert.equal(sample.status, 200);
  assert.deepEqual(Object.keys(sample.body).sort(), [idField, 'sessionId', 'token'].sort());
  const allowed = sample.headers.get('access-control-allow-origin');
  assert.ok(allowed === '*' || allowed === origin, 'a page of another origin may read the answer');
  const room = await ask(`${url}/room/session`, page);
  assert.equal(room.body['sessionId'], sample.body['sessionId']);
}

/** Runs a printed command as it is; only its status is asked for on top. */
async function paste(command: string): Promise<Answer> {
  const { stdout } = await run('sh', ['-c', `${command} -w '\\n%{http_code}'`]);
  const [, body = '', status] = /^(.*)\n(\d{3})$/s.exec(stdout) ?? [];
  return { status: Number(status), headers: new Headers(), body: JSON.parse(body) };
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...init.headers };
  const response = await fetch(url, { method: 'POST', ...init, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : JSON.parse(text),
  };
}

function checkToken(kind: Kind, answer: Record<string, unknown>, printed: string): void {
  const { token, sessionId, role, expireTime } = answer;
  const [header = '', payload = '', signature = ''] = String(token).split('.');
  const isRight = kind.verifySignature(
    `${header}.${payload}`,
    Buffer.from(signature, 'base64url'),
    printed,
  );
  assert.ok(isRight, 'the token is signed with the secret');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.equal(claims.iss ?? claims.application_id, answer[kind.idField]);
  assert.equal(claims.session_id, sessionId);
  assert.equal(claims.role, role);
  assert.equal(claims.exp, expireTime);
  assert.ok(claims.exp > Date.now() / 1000, 'the token has not expired');
}
