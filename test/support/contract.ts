/**
 * The contract of every HTTP response: what a response contains, what a problem document contains, and what
 * neither may contain.
 */
import assert from 'node:assert/strict';
import type { FieldError } from '../../lib/domain/faults.ts';
import type { Problem } from '../../lib/events/problem.ts';
import { readGuestSecret } from '../../lib/rooms/domain/invite-secret.ts';
import { REQUEST_ID } from './fixtures.ts';

const PROBLEM_STATUSES = [
  ...[400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 429],
  ...[500, 502, 503, 504],
];
/** Errors with `Retry-After`, besides every 503. */
const PASSING = /:(?:room-full|room-not-open|too-many-requests)-error$/;
/** Internal details: stack frames, files, class names of dependencies. */
const INSIDES =
  /\bat \S+ \(|\.[mc]?[jt]s:\d+|node_modules|\/(?:lib|var|work|home)\/|TypeError|SyntaxError/;

/** A success: 201 for what was created, 200 for a callback. */
export interface CreatedAnswer {
  readonly status: 200 | 201;
  readonly body: Record<string, unknown>;
}
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: Problem;
}

/** Reads a response as a client does. @throws AssertionError if it violates the contract */
export function readAnswer(answer: object): CreatedAnswer | ProblemAnswer {
  assert.deepEqual(Object.keys(answer).sort(), ['body', 'headers', 'statusCode']);
  const { statusCode, headers, body } = answer as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  assert.equal(typeof body, 'string');
  for (const [name, value] of Object.entries(headers)) {
    assert.match(name, /^[a-z-]+$/);
    assert.equal(typeof value, 'string');
  }
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  const document = JSON.parse(body);
  if (statusCode === 200 || statusCode === 201) {
    assert.equal(headers['content-type'], 'application/json');
    return { status: statusCode, body: document };
  }
  assert.ok(PROBLEM_STATUSES.includes(statusCode), `status ${statusCode}`);
  assert.equal(headers['content-type'], 'application/problem+json');
  assert.doesNotMatch(body, INSIDES);
  checkProblem(document, statusCode);
  const passes = statusCode === 503 || PASSING.test(document.type);
  assert.equal(/^[1-9]\d*$/.test(headers['retry-after'] ?? ''), passes, 'retry-after');
  assert.equal(headers['allow'], statusCode === 405 ? 'POST' : undefined);
  return { status: statusCode, headers, problem: document };
}

/** Returns the problem document of an error response; throws for any other. */
export function readProblem(answer: object): ProblemAnswer {
  const read = readAnswer(answer);
  if ('problem' in read) return read;
  return assert.fail(`expected a problem document, not ${JSON.stringify(read)}`);
}

/** Returns the body of a 201 response; throws for any other. */
export function readCreated(answer: object): Record<string, unknown> {
  const read = readAnswer(answer);
  if ('body' in read && read.status === 201) return read.body;
  return assert.fail(`expected 201, not ${JSON.stringify(read)}`);
}

function checkProblem(problem: Record<string, unknown>, status: number): void {
  const {
    errors,
    opensAt,
    knock,
    ...rest
  }: Record<string, unknown> & {
    errors?: FieldError[];
    opensAt?: number;
    knock?: string;
  } = problem;
  assert.ok(knock === undefined || (typeof knock === 'string' && status >= 503));
  assert.deepEqual(Object.keys(rest).sort(), ['detail', 'requestId', 'status', 'title', 'type']);
  assert.equal(typeof opensAt === 'number', /:room-not-open-error$/.test(String(rest['type'])));
  // A guest's secret, to retry with.
  assert.ok(knock === undefined || (status >= 503 && readGuestSecret(knock) !== undefined));
  assert.match(String(problem['type']), /^urn:opentok-sessions:[a-z-]+(?:error)$/);
  assert.equal(problem['status'], status);
  assert.equal(problem['requestId'], REQUEST_ID);
  for (const text of [problem['title'], problem['detail']]) assert.match(String(text), /\S/);
  if (errors === undefined) return;
  assert.ok([400, 409].includes(status));
  assert.ok(errors.length >= 1 && errors.length <= 50, `${errors.length} errors`);
  for (const error of errors) {
    assert.deepEqual(Object.keys(error).sort(), ['detail', 'pointer']);
    assert.match(error.pointer, /^#(?:\/[^/]*)*$/);
    assert.doesNotThrow(() => decodeURIComponent(error.pointer));
    assert.match(error.detail, /\S/);
  }
}
