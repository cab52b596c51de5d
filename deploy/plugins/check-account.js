/**
 * serverless plugin: stops a command that changes a stack, or shows what would change it, when its credentials are of another account than
 * `accountId`, before it changes anything.
 */
const guardedHooks = [
  ...['before:deploy:deploy', 'before:deploy:function:initialize'],
  ...['before:rollback:rollback', 'before:rollback:function:rollback'],
  ...['before:remove:remove', 'before:recycle:recycle', 'before:redrive:redrive'],
  ...['before:repair:repair', 'before:diff:diff'],
];

export default class CheckAccount {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      // A deployment of a package replaces the parameters of this command later.
      initialize: () => {
        this.expected = serverless.service.custom.parameters.values.accountId;
      },
      ...Object.fromEntries(guardedHooks.map((hook) => [hook, () => this.check()])),
    };
  }

  async check() {
    if (!this.expected) return;
    const account = await this.serverless.getProvider('aws').getAccountId();
    if (account === this.expected) return;
    throw new this.serverless.classes.Error(
      `Stopped; nothing was created or changed. These credentials are of the account ${account}, and accountId is ${this.expected}. Use credentials of that account.`,
      'OTHER_ACCOUNT',
    );
  }
}
