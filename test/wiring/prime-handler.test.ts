import { afterEach, expect, it, vi } from 'vitest';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { readCreated } from '../support/contract.ts';
import { startFunction } from '../support/drive.ts';
import { sessionIds } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';

afterEach(() => vi.restoreAllMocks());

it.each(['iam', 'jwt', 'none'])(
  'primeHandler() signs one token during initialization and logs nothing, with AUTH=%s',
  async (auth) => {
    const sign = vi.spyOn(crypto.subtle, 'sign');
    const { close, logged, secretsManager } = await startFunction('issueToken', {
      environment: { AUTH: auth },
    });
    try {
      expect(sign).toHaveBeenCalledOnce();
      expect(secretsManager.counts.requests).toBe(1);
      expect(logged.join()).not.toMatch(/priming|token issued/);
    } finally {
      await close();
    }
  },
);

it('primeHandler() does not run without a secret, and the first invocation reads it', async () => {
  const { close, invoke, secretsManager } = await startFunction('issueToken', {
    prepare: (standIn) => standIn.fail(secretFaults.accessDenied),
  });
  try {
    const event = httpApiEvent({ sessionId: sessionIds.openTok });
    expect(readCreated(await invoke(event))).toMatchObject({ apiKey: '123456' });
    expect(secretsManager.counts.requests).toBe(2);
  } finally {
    await close();
  }
});
