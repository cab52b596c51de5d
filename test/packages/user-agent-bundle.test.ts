import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { startLambda } from '../support/lambda.ts';

it('sends its name and version to the platform as the user agent', async () => {
  const { invoke, platform, close } = await startLambda('createSession');
  try {
    await invoke({});
  } finally {
    await close();
  }
  const [request] = platform.requests;
  expect(request?.headers['user-agent']).toBe(`opentok-sessions/${manifest.version}`);
});
