/**
 * serverless plugin: stops a command that talks to AWS when nothing says in which region. osls would
 * take us-east-1, and who never named that would look for the stack elsewhere.
 */
import { region } from '../region.js';

/** Of osls and of this project; the others work on this machine. */
const remoteCommands = [
  ...['deploy list', 'deploy list functions', 'examine', 'info'],
  ...['invoke', 'logs', 'metrics', 'prune', 'recycle', 'redrive', 'remove', 'rollback'],
  'rollback function',
];

export default class CheckRegion {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    const command = serverless.processedInput.commands.join(' ');
    const check = () => this.check();
    if (command === 'deploy' || command === 'deploy function') {
      // After the parameters: what is wrong with them is told first.
      this.hooks = {
        'before:package:cleanup': check,
        'before:deploy:function:initialize': check,
      };
    } else {
      this.hooks = remoteCommands.includes(command) ? { initialize: check } : {};
    }
  }

  async check() {
    if (await region({ options: this.options })) return;
    throw new this.serverless.classes.Error(
      'No region: give --region, or set AWS_REGION, AWS_DEFAULT_REGION or the region of your AWS profile.',
      'REGION_MISSING',
    );
  }
}
