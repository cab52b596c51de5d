/**
 * serverless plugin: stops a command that calls AWS if no region is configured. osls would use us-east-1,
 * where the stack would be missed later.
 */
import { region } from '../region.js';

/** Commands of osls and of this project that call AWS. */
const remoteCommands = [
  ...['deploy list', 'deploy list functions', 'diff', 'examine', 'info'],
  ...['invoke', 'logs', 'metrics', 'prune', 'recycle', 'redrive', 'remove', 'repair', 'rollback'],
  'rollback function',
];

export default class CheckRegion {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    const command = serverless.processedInput.commands.join(' ');
    const check = () => this.check();
    if (command === 'deploy' || command === 'deploy function') {
      // After check-parameters.js, so that faults of parameters come first.
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
      'No region is configured. Pass --region, or set AWS_REGION, AWS_DEFAULT_REGION or the region of your AWS profile.',
      'REGION_MISSING',
    );
  }
}
