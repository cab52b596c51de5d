import { describe, expect, it } from 'vitest';
import { type Credentials, parseCredentials } from '../../lib/credentials/credentials.ts';
import { TRUSTED } from '../../lib/domain/access.ts';
import { Fault } from '../../lib/domain/faults.ts';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import type { PlatformSessionRequest } from '../../lib/platform/session-api.ts';
import { createSessionCreator } from '../../lib/use-cases/create-session.ts';
import { catchFault } from '../support/faults.ts';
import { NOW_SECONDS, OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';

const refusal = new Fault('CredentialsRefusedError', 'Refused.');
const parse = (changed: object = {}) =>
  parseCredentials(JSON.stringify({ ...OPENTOK_SECRET, ...changed }));

/** The use case with a platform that returns the given responses, and a secret that can change. */
function open(
  answers: readonly (string | Fault)[],
  { credentials, renewed = credentials }: { credentials: Credentials; renewed?: Credentials },
) {
  const requests: PlatformSessionRequest[] = [];
  let leftMs = 10_000;
  let renewals = 0;
  const createSession = createSessionCreator({
    projectSecret: {
      get: async () => credentials,
      renew: async () => {
        renewals += 1;
        return { outcome: renewed === credentials ? 'unchanged' : 'renewed', value: renewed };
      },
      confirm: async () => expect.fail('Only a rejection leads to another read of the secret.'),
    },
    createPlatformSession: async (request) => {
      const answer = answers[requests.push(request) - 1];
      if (typeof answer === 'string') return answer;
      throw answer ?? new Error('one call too many');
    },
  });
  const run = () =>
    createSession(parseSessionRequest(undefined), {
      requestId: 'request',
      nowSeconds: NOW_SECONDS,
      caller: TRUSTED,
      maxTokenSeconds: 60,
      remainingMs: () => {
        leftMs -= 1_000;
        return leftMs;
      },
    });
  return { run, requests, renewals: () => renewals };
}

describe('creating a session', () => {
  it('calls the platform once, with the remaining time', async () => {
    const credentials = await parse();
    const { run, requests, renewals } = open([sessionIds.openTok], { credentials });
    expect(await run()).toMatchObject({ sessionId: sessionIds.openTok, apiKey: '123456' });
    expect(requests).toMatchObject([{ credentials, nowSeconds: NOW_SECONDS }]);
    // The time left at the call, not at the start of the invocation.
    expect(requests.map(({ remainingMs }) => remainingMs())).toEqual([9_000]);
    expect(renewals()).toBe(0);
  });

  it('is repeated once with a new secret if the platform rejected the old one', async () => {
    const [credentials, renewed] = [await parse(), await parse({ apiSecret: 'new' })];
    const { run, requests } = open([refusal, sessionIds.openTok], { credentials, renewed });
    expect(await run()).toMatchObject({ sessionId: sessionIds.openTok });
    expect(requests.map((request) => request.credentials)).toEqual([credentials, renewed]);
    expect(requests.map(({ remainingMs }) => remainingMs())).toEqual([9_000, 8_000]);
  });

  it('returns the project of the secret that succeeded', async () => {
    const [credentials, renewed] = [await parse(), await parse({ apiKey: '27086612' })];
    const { run } = open([refusal, sessionIds.openTok2019], { credentials, renewed });
    expect(await run()).toMatchObject({ apiKey: '27086612' });
  });

  it('is not repeated with the same secret', async () => {
    const { run, requests, renewals } = open([refusal], { credentials: await parse() });
    expect(await catchFault(run)).toBe(refusal);
    expect(requests).toHaveLength(1);
    expect(renewals()).toBe(1);
  });

  it('is not repeated a second time', async () => {
    const [credentials, renewed] = [await parse(), await parse({ apiSecret: 'new' })];
    const { run, requests } = open([refusal, refusal], { credentials, renewed });
    expect(await catchFault(run)).toBe(refusal);
    expect(requests).toHaveLength(2);
  });

  it.each([
    'PlatformRefusedError',
    'PlatformInvalidResponseError',
    'PlatformUnavailableError',
    'PlatformTimeoutError',
  ] as const)('does not renew the secret for %s', async (name) => {
    const fault = new Fault(name, 'x');
    const { run, renewals } = open([fault], { credentials: await parse() });
    expect(await catchFault(run)).toBe(fault);
    expect(renewals()).toBe(0);
  });
});
