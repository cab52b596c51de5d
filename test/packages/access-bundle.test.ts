/**
 * Access to the packaged functions: that every authorizer's event leads to the right caller and its rules.
 * The full tables are in test/domain/access.test.ts and test/events/caller.test.ts. Tokens are verified by
 * `node:crypto`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../lib/domain/token-request.ts';
import { madeUpProject } from '../../local/start-options.ts';
import directTokenRequest from '../events/issue-token.direct.json' with { type: 'json' };
import {
  type Claims as CallerClaims,
  poolDoors,
  SUBJECT,
  strangerDoors,
  trustedDoors,
  userDoors,
} from '../support/callers.ts';
import { readCreated, readProblem } from '../support/contract.ts';
import { DAY_SECONDS } from '../support/fixtures.ts';
import { type FunctionName, type Lambda, startLambda } from '../support/lambda.ts';
import { type Claims, verifyHs256 } from '../support/verify-token.ts';

const { sessionId } = directTokenRequest;
const running: Promise<Lambda>[] = [];
beforeAll(() => Promise.all(running), 60_000);
afterAll(async () => {
  for (const lambda of await Promise.all(running)) await lambda.close();
});

function start(name: FunctionName, environment: Readonly<Record<string, string>>) {
  const lambda = startLambda(name, { environment });
  running.push(lambda);
  return lambda;
}
const issueToken = {
  iam: start('issueToken', { AUTH: 'iam' }),
  jwt: start('issueToken', { AUTH: 'jwt' }),
};
const createSession = {
  iam: start('createSession', { AUTH: 'iam' }),
  jwt: start('createSession', { AUTH: 'jwt' }),
};
const modes = ['iam', 'jwt'] as const;

async function invoke(lambda: Promise<Lambda>, event: unknown) {
  return (await lambda).invoke(event);
}

function readToken(answer: object): Claims {
  return verifyHs256(String(readCreated(answer)['token']), madeUpProject.apiSecret);
}

describe.each(userDoors)('an end user (%s)', (_door, build) => {
  it('gets the role of the claim at most, publisher without one', async () => {
    const rows: [claims: CallerClaims, role: Role | undefined, granted: Role | undefined][] = [
      [{}, undefined, 'publisher'],
      [{ opentok_role: 'moderator' }, 'moderator', 'moderator'],
      [{ opentok_role: 'subscriber' }, 'publisher', undefined],
    ];
    for (const [claims, role, granted] of rows) {
      const answer = await invoke(issueToken.jwt, build({ sessionId, body: { role } }, claims));
      if (granted === undefined) {
        expect(readProblem(answer).problem).toMatchObject({
          status: 403,
          type: 'urn:opentok-sessions:forbidden-error',
          detail: `The requested role is ${role}; the highest allowed role is subscriber.`,
        });
        continue;
      }
      expect(readCreated(answer)).toMatchObject({ role: granted, sessionId });
      expect(readToken(answer)).toMatchObject({
        role: granted,
        session_id: sessionId,
        connection_data: JSON.stringify({ sub: SUBJECT }),
      });
    }
  });

  it('creates sessions as a moderator only, without a request to the platform otherwise', async () => {
    const { platform } = await createSession.jwt;
    const before = platform.counts.requests;
    const rejected = await invoke(createSession.jwt, build({}));
    expect(readProblem(rejected)).toMatchObject({ status: 403 });
    expect(platform.counts.requests).toBe(before);
    const created = await invoke(createSession.jwt, build({}, { opentok_role: 'moderator' }));
    expect(readCreated(created)).toHaveProperty('sessionId');
    expect(platform.counts.requests).toBe(before + 1);
  });

  it('gets nothing if the claim is not a role', async () => {
    const claims = { opentok_role: 'admin' };
    const event = build({ sessionId, body: { role: 'subscriber' } }, claims);
    expect(readProblem(await invoke(issueToken.jwt, event))).toMatchObject({ status: 403 });
    expect(readProblem(await invoke(createSession.jwt, build({}, claims)))).toMatchObject({
      status: 403,
    });
  });
});

describe('the token of an end user', () => {
  const [, build] = userDoors[0] ?? expect.fail();

  it('contains their subject whatever data they send', async () => {
    const data = '{"sub":"bob"}';
    const answer = await invoke(issueToken.jwt, build({ sessionId, body: { data } }));
    expect(readToken(answer)['connection_data']).toBe(JSON.stringify({ sub: SUBJECT, data }));
    const empty = await invoke(issueToken.jwt, build({ sessionId, body: { data: '' } }));
    expect(readToken(empty)['connection_data']).toBe(JSON.stringify({ sub: SUBJECT }));
  });

  it('rejects data beyond what the subject leaves, and states how much that is', async () => {
    const left = 1000 - JSON.stringify({ sub: SUBJECT, data: '' }).length;
    const ask = (data: string) => invoke(issueToken.jwt, build({ sessionId, body: { data } }));
    for (const fits of ['x'.repeat(left), `"${'x'.repeat(left - 2)}`]) {
      expect(readToken(await ask(fits))['connection_data']).toHaveLength(1000);
    }
    for (const tooLong of ['x'.repeat(left + 1), `"${'x'.repeat(left - 1)}`]) {
      const { problem } = readProblem(await ask(tooLong));
      expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '#/data' }] });
      expect(problem.errors?.[0]?.detail).toContain(`at most ${left} characters`);
    }
  });

  it('expires within a day', async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const ask = (expireTime: number) =>
      invoke(issueToken.jwt, build({ sessionId, body: { expireTime } }));
    expect(readToken(await ask(nowSeconds + DAY_SECONDS - 60))).toHaveProperty('exp');
    const { problem } = readProblem(await ask(nowSeconds + DAY_SECONDS + 60));
    expect(problem.errors?.[0]?.detail).toContain(`at most ${DAY_SECONDS} seconds from now`);
  });
});

describe.each(trustedDoors)('a back end (%s)', (_door, build) => {
  it('gets any role', async () => {
    const answer = await invoke(issueToken.iam, build({ sessionId, body: { role: 'moderator' } }));
    expect(readToken(answer)).toMatchObject({ role: 'moderator' });
  });

  it('is rejected with AUTH=jwt', async () => {
    const answers = [
      await invoke(issueToken.jwt, build({ sessionId })),
      await invoke(createSession.jwt, build()),
    ];
    for (const answer of answers) {
      expect(readProblem(answer).problem).toMatchObject({
        status: 401,
        detail: 'The request carries no token of an end user.',
      });
    }
  });

  it('sets the connection data', async () => {
    for (const data of [' ', '{"sub":"bob"}', 'x'.repeat(1000)]) {
      const answer = await invoke(issueToken.iam, build({ sessionId, body: { data } }));
      expect(readToken(answer)['connection_data']).toBe(data);
    }
    for (const body of [{}, { data: '' }]) {
      const answer = await invoke(issueToken.iam, build({ sessionId, body }));
      expect(readToken(answer)).not.toHaveProperty('connection_data');
    }
  });

  it('gets tokens of up to 30 days, and creates sessions', async () => {
    const expireTime = Math.floor(Date.now() / 1000) + 30 * DAY_SECONDS - 60;
    const answer = await invoke(issueToken.iam, build({ sessionId, body: { expireTime } }));
    expect(readToken(answer)).toMatchObject({ exp: expireTime, role: 'publisher' });
    expect(readCreated(await invoke(createSession.iam, build()))).toHaveProperty('sessionId');
  });
});

describe.each(poolDoors)('credentials of an identity pool (%s)', (_door, build) => {
  it.each([
    ['iam', 403],
    ['jwt', 401],
  ] as const)('are rejected with AUTH=%s: %i', async (mode, status) => {
    const { platform } = await createSession[mode];
    const before = platform.counts.requests;
    const answers = [
      await invoke(issueToken[mode], build({ sessionId, body: { role: 'subscriber' } })),
      await invoke(createSession[mode], build()),
    ];
    for (const answer of answers) {
      const { problem } = readProblem(answer);
      expect(problem).toMatchObject({ status });
      if (status === 403) expect(problem.detail).toContain('auth=jwt');
    }
    expect(platform.counts.requests).toBe(before);
  });
});

describe('an HTTP event without authentication', () => {
  it.each(strangerDoors)('returns 401: %s', async (_door, build) => {
    for (const mode of modes) {
      const answers = [
        await invoke(issueToken[mode], build({ sessionId, body: { role: 'subscriber' } })),
        await invoke(createSession[mode], build()),
      ];
      for (const answer of answers) {
        const { problem, headers } = readProblem(answer);
        expect(problem).toMatchObject({ status: 401, title: 'Not authenticated' });
        const scheme = mode === 'jwt' ? 'Bearer' : 'AWS4-HMAC-SHA256';
        expect(headers).toHaveProperty('www-authenticate', scheme);
      }
    }
  });

  it('returns 401 before the body is parsed', async () => {
    const [, build] = strangerDoors[0] ?? expect.fail();
    for (const body of ['{', { unknown: 1 }, 'x'.repeat(40_000)]) {
      const answer = await invoke(issueToken.iam, build({ sessionId: 'nonsense', body }));
      expect(readProblem(answer)).toMatchObject({ status: 401 });
    }
  });
});

describe('AUTH=none', () => {
  const open = start('issueToken', { AUTH: 'none' });

  it('logs one warning, at initialization', async () => {
    const { logged, invoke } = await open;
    await invoke({ sessionId });
    const warnings = logged.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
    expect(warnings).toEqual([
      { level: 'warn', message: 'AUTH=none: every HTTP caller is trusted; never deploy this' },
    ]);
    for (const mode of modes) expect((await issueToken[mode]).logged.join()).not.toContain('AUTH');
  });

  it.each(strangerDoors.slice(0, 5))(
    'trusts callers without authentication: %s',
    async (_door, build) => {
      const body = { role: 'moderator', data: 'name=Ada' };
      const answer = await invoke(open, build({ sessionId, body }));
      expect(readToken(answer)).toMatchObject({ role: 'moderator', connection_data: 'name=Ada' });
    },
  );

  it.each(userDoors)('limits an end user to their role: %s', async (_door, build) => {
    const answer = await invoke(open, build({ sessionId, body: { role: 'moderator' } }));
    expect(readProblem(answer)).toMatchObject({ status: 403 });
  });
});

describe('ROLE_CLAIM', () => {
  const renamed = start('issueToken', { AUTH: 'jwt', ROLE_CLAIM: 'custom:video_role' });

  it.each(userDoors)('names the claim of the role: %s', async (_door, build) => {
    const claims = { 'custom:video_role': 'moderator', opentok_role: 'subscriber' };
    const body = { role: 'moderator' };
    expect(readToken(await invoke(renamed, build({ sessionId, body }, claims)))).toHaveProperty(
      'role',
      'moderator',
    );
    const { problem } = readProblem(
      await invoke(renamed, build({ sessionId, body }, { opentok_role: 'moderator' })),
    );
    expect(problem.detail).toContain('the highest allowed role is publisher');
  });
});

describe('MAX_TOKEN_SECONDS', () => {
  const short = start('issueToken', { MAX_TOKEN_SECONDS: '600' });
  const [, byUser] = userDoors[0] ?? expect.fail();
  const [, byBackEnd] = trustedDoors[0] ?? expect.fail();

  it.each([
    ['an end user', byUser],
    ['a back end', byBackEnd],
  ] as const)('limits the tokens of %s, with and without expireTime', async (_who, build) => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const { exp, iat } = readToken(await invoke(short, build({ sessionId })));
    expect(Number(exp) - Number(iat)).toBe(600);
    const body = { expireTime: nowSeconds + 660 };
    const { problem } = readProblem(await invoke(short, build({ sessionId, body })));
    expect(problem.errors).toEqual([
      { pointer: '#/expireTime', detail: expect.stringContaining('at most 600 seconds from now') },
    ]);
  });
});

describe('MAX_TOKEN_SECONDS above a day', () => {
  const long = start('issueToken', { MAX_TOKEN_SECONDS: String(30 * DAY_SECONDS) });

  it.each(userDoors)('leaves the limit of end users at a day: %s', async (_door, build) => {
    const expireTime = Math.floor(Date.now() / 1000) + DAY_SECONDS + 60;
    const answer = await invoke(long, build({ sessionId, body: { expireTime } }));
    expect(readProblem(answer).problem.errors?.[0]?.detail).toContain(
      `at most ${DAY_SECONDS} seconds from now`,
    );
  });

  it.each(trustedDoors)('sets the limit of back ends: %s', async (_door, build) => {
    const expireTime = Math.floor(Date.now() / 1000) + 30 * DAY_SECONDS - 60;
    const answer = await invoke(long, build({ sessionId, body: { expireTime } }));
    expect(readToken(answer)).toMatchObject({ exp: expireTime });
  });
});

describe('a direct invocation', () => {
  it('is trusted with every AUTH', async () => {
    for (const mode of modes) {
      const request = { sessionId, role: 'moderator', data: 'name=Ada' };
      const { token } = await invoke(issueToken[mode], request);
      expect(verifyHs256(String(token), madeUpProject.apiSecret)).toMatchObject({
        role: 'moderator',
        connection_data: 'name=Ada',
      });
      expect(await invoke(createSession[mode], {})).toHaveProperty('sessionId');
    }
  });

  it('cannot be imitated by extra fields of an HTTP event', async () => {
    const [, build] = strangerDoors[0] ?? expect.fail();
    const event = { ...build({ sessionId }), sessionId, role: 'moderator' };
    expect(readProblem(await invoke(issueToken.iam, event))).toMatchObject({ status: 401 });
  });
});
