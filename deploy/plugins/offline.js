/**
 * serverless plugin: `serverless offline` is what many try first. It says where the local API is,
 * whatever options come with it, which is why it does not wait for them to be checked.
 */
const usage =
  '`npm start` runs the whole API on this machine; there is no `serverless offline` here.';

export default class Offline {
  constructor(serverless) {
    this.commands = { offline: { usage, lifecycleEvents: ['refer'] } };
    if (serverless.processedInput.commands[0] === 'offline') {
      throw new serverless.classes.Error(usage, 'NO_OFFLINE');
    }
  }
}
