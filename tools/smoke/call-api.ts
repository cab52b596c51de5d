/**
 * What the smoke run asks of a running `npm start`, for each kind of project: it pastes the printed
 * commands, calls what the vendor's samples call, and verifies the tokens apart from the code that
 * signed them.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { promisify } from 'node:util';
import { madeUpProject } from '../../local/start-options.ts';
import { assertDocumented } from '../../test/support/documented.ts';
import { type Claims, verifyHs256, verifyRs256 } from '../../test/support/verify-token.ts';
import type { NpmStart } from './npm-start.ts';

const run = promisify(execFile);

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A kind of project: how it is started, and how its tokens are verified. */
export interface Kind {
  readonly args: readonly string[];
  /** The field in which answers and claims name the project. */
  readonly idField: 'apiKey' | 'applicationId';
  /** @returns the claims, verified with what `npm start` has printed */
  readonly verify: (token: string, printed: string) => Claims;
}

export const openTok: Kind = {
  args: [],
  idField: 'apiKey',
  verify: (token, printed) => {
    const [, apiSecret = ''] = /its secret, .*:\n(\S+)\n/.exec(printed) ?? [];
    assert.equal(apiSecret, madeUpProject.apiSecret);
    return verifyHs256(token, apiSecret);
  },
};

export const vonage: Kind = {
  args: ['--vonage'],
  idField: 'applicationId',
  verify: (token, printed) => {
    const [publicKey = ''] = /-----BEGIN PUBLIC KEY-----.*?-----END.*?$/ms.exec(printed) ?? [];
    return verifyRs256(token, createPublicKey(publicKey));
  },
};

/** Calls everything that the README shows, from the printed commands on. */
export async function callApi(kind: Kind, npmStart: NpmStart, url: string): Promise<void> {
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
  verifyToken(await joinAsGuest(url));
  const rules = { method: 'PUT', body: '{"admission":"closed"}' };
  assert.equal((await ask(`${url}/rooms/standup`, rules)).body['admission'], 'closed');
  assert.equal((await ask(`${url}/rooms/standup`, { method: 'DELETE' })).status, 204);
  assert.equal((await ask(`${url}/rooms/standup`, { method: 'GET' })).status, 404);

  await callAsSamplePage(url);
  await openConsole(url);

  const inspected = await ask(`${url}/tokens/inspect`, {
    body: JSON.stringify({ token: other.body['token'] }),
  });
  assert.deepEqual([inspected.status, inspected.body['signature']], [200, 'valid']);

  const refused = await ask(`${url}/sessions`, { body: '{"mediaMode":"peer"}' });
  assert.equal(refused.status, 400);
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  const malformed = await ask(`${url}/sessions/1_unknown/tokens`, { body: '{}' });
  assert.equal(malformed.status, 400);
  await callNothing(url);
}

/** Joins an existing room with an invite for one guest. */
async function joinAsGuest(url: string): Promise<Answer> {
  const invited = await ask(`${url}/rooms/standup/invites`, { body: '{"name":"Ada"}' });
  assert.equal(invited.status, 201);
  const body = JSON.stringify({ invite: invited.body['invite'] });
  const joined = await ask(`${url}/invites/tokens`, { body });
  assert.equal(joined.status, 201);
  assert.equal((await ask(`${url}/invites/tokens`, { body })).status, 404, 'it is used up');
  return joined;
}

/** What a browser gets at the address, all of it from there. */
async function openConsole(url: string): Promise<void> {
  const page = await fetch(url);
  const html = await page.text();
  assert.match(String(page.headers.get('content-type')), /^text\/html/);
  assert.match(String(page.headers.get('content-security-policy')), /^default-src 'none'/);
  for (const [, path] of [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g), ['', '/openapi.json']]) {
    assert.equal((await fetch(url + path)).status, 200, `${path} is served`);
  }
}

/** As the vendor's web samples and its reference app do, from a page of another origin. */
async function callAsSamplePage(url: string): Promise<void> {
  const origin = 'http://localhost:8080';
  const page = { method: 'GET', headers: { origin } };
  const sample = await ask(`${url}/session`, page);
  assert.equal(sample.status, 200);
  assert.deepEqual(Object.keys(sample.body), ['apiKey', 'applicationId', 'sessionId', 'token']);
  assert.equal(sample.body['apiKey'], sample.body['applicationId']);
  assert.equal(sample.headers.get('access-control-allow-origin'), '*');
  const room = await ask(`${url}/room/session`, page);
  assert.equal(room.body['sessionId'], sample.body['sessionId']);

  const encrypted = await ask(`${url}/session/lobby?e2ee=true`, page);
  assert.equal(encrypted.body['captionsId'], null);
  const shown = await ask(`${url}/rooms/lobby`, page);
  assert.deepEqual([shown.body['mediaMode'], shown.body['e2ee']], ['routed', true]);
  assert.equal((await ask(`${url}/session?e2ee=true`, page)).status, 409);
  assert.equal((await ask(`${url}/session?e2ee=yes`, page)).status, 400);
}

/** As API Gateway answers what reaches no function. */
async function callNothing(url: string): Promise<void> {
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['GET', '/sessions'],
    ['PATCH', '/rooms/standup'],
  ] as const) {
    const nothing = await ask(`${url}${path}`, { method });
    assert.deepEqual([nothing.status, nothing.body], [404, { message: 'Not Found' }]);
    assert.equal(nothing.headers.get('content-type'), 'application/json');
  }
}

/** Runs a printed command as it is, and adds only options that print the status and the type. */
async function paste(command: string): Promise<Answer> {
  const { stdout } = await run('sh', ['-c', `${command} -w '\\n%{http_code} %{content_type}'`]);
  const [, text = '', status, type = ''] = /^(.*)\n(\d{3}) (.*)$/s.exec(stdout) ?? [];
  const [, method = '', url = ''] = /-X (\S+) (\S+)/.exec(command) ?? [];
  const headers = new Headers({ 'content-type': type });
  return readAnswer({ method, url }, { status: Number(status), headers, text });
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...init.headers };
  const { method = 'POST' } = init;
  const response = await fetch(url, { ...init, method, headers });
  const text = await response.text();
  return readAnswer({ method, url }, { status: response.status, headers: response.headers, text });
}

/** What a server adds to every answer on its way. */
const OF_TRANSPORT = /^(?:date|connection|keep-alive|content-length|access-control-.+)$/;

/** @throws AssertionError for an answer that is not as docs/openapi.json says */
function readAnswer(
  { method, url }: { readonly method: string; readonly url: string },
  { status, headers, text }: { readonly status: number; headers: Headers; readonly text: string },
): Answer {
  const event = { rawPath: new URL(url).pathname, requestContext: { http: { method } } };
  const own = [...headers].filter(([name]) => !OF_TRANSPORT.test(name));
  const answer = { statusCode: status, headers: Object.fromEntries(own), body: text };
  assertDocumented('npm start', event, answer);
  return { status, headers, body: text === '' ? {} : JSON.parse(text) };
}

function checkToken(kind: Kind, answer: Record<string, unknown>, printed: string): void {
  const { token, sessionId, role, expireTime } = answer;
  const claims = kind.verify(String(token), printed);
  assert.equal(claims['iss'] ?? claims['application_id'], answer[kind.idField]);
  assert.equal(claims['session_id'], sessionId);
  assert.equal(claims['role'], role);
  assert.equal(claims['exp'], expireTime);
  assert.ok(Number(claims['exp']) > Date.now() / 1000, 'the token has not expired');
}
