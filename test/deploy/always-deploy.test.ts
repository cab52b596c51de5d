import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
const { checkForChanges } = createRequire(import.meta.url)(
  'serverless/lib/plugins/aws/deploy/lib/check-for-changes.js',
);

it('skips the comparison with the newest folder in the bucket', async () => {
  const { run, options } = await drivePlugin('always-deploy', { aws: await startAws({}) });
  const provider = { shouldNotDeploy: true };
  const compared: string[] = [];
  const check = () =>
    checkForChanges.call({
      options,
      serverless: { service: { provider } },
      getMostRecentObjects: async () => void compared.push('folder'),
      getObjectMetadata: async () => [],
      getFunctionsEarliestLastModifiedDate: async () => new Date(),
      checkIfDeploymentIsNecessary: async () => undefined,
      checkLogGroupSubscriptionFilterResourceLimitExceeded: async () => undefined,
    });
  await check();
  expect(compared).toEqual(['folder']);
  await run('before:deploy:deploy');
  await check();
  expect(compared).toEqual(['folder']);
  expect(provider.shouldNotDeploy).toBe(false);
});
