import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { startLambda } from '../support/lambda.ts';

it('the packaged function tells the platform who calls', async () => {
  const { invoke, platform, close } = await startLambda('createSession');
  try {
    await invoke({});
  } finally {
    await close();
  }
  const [request] = platform.requests;
  expect(request?.headers['user-agent']).toBe(`opentok-sessions/${manifest.version}`);
});
