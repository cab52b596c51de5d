import { describe, expect, it } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { accountOfCaller, drivePlugin } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
const changing = [
  ...['before:deploy:deploy', 'before:deploy:function:initialize', 'before:rollback:rollback'],
  ...['before:rollback:function:rollback', 'before:remove:remove'],
  ...['before:recycle:recycle', 'before:redrive:redrive'],
];

async function run(hook: string, accountId?: string) {
  const plugin = await drivePlugin('check-account', {
    aws: await startAws({}),
    parameters: { values: { accountId } },
  });
  return plugin.run(hook);
}

describe('accountId', () => {
  it.each(changing)('stops %s with credentials of another account', async (hook) => {
    await expect(run(hook, '999999999999')).rejects.toThrow(
      `Stopped; nothing was created or changed. These credentials are of the account ${accountOfCaller}, and accountId is 999999999999`,
    );
  });

  it.each(changing)('lets %s continue in the account itself', async (hook) => {
    await expect(run(hook, accountOfCaller)).resolves.toBeUndefined();
  });

  it('checks nothing when it is not given', async () => {
    await expect(run('before:deploy:deploy')).resolves.toBeUndefined();
  });
});
