/**
 * serverless plugin: `serverless redrive --stage <stage>` moves the messages in the stack's dead-letter
 * queues back to the queues they came from, and says how many.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import { readDeployedStack, readPhysicalIds } from '../deployed-stack.js';
import { countHeld, findRedrives, moveMessages } from '../redrive.js';
import { toTerminalText } from '../terminal-text.js';

const timeoutMs = 10 * 60 * 1000;

export default class Redrive {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      redrive: {
        usage: 'Move the messages in the dead-letter queues back to the queues they came from',
        lifecycleEvents: ['redrive'],
      },
    };
    this.hooks = { 'redrive:redrive': () => this.redrive() };
  }

  async redrive() {
    const deployed = await readDeployedStack(this.provider);
    const stackName = this.provider.naming.getStackName();
    if (!deployed)
      throw this.error(`The stack ${stackName} does not exist in ${this.provider.getRegion()}.`);
    const redrives = findRedrives(deployed.template);
    const config = await this.provider.getAwsSdkV3Config();
    const urls = await readPhysicalIds(config, stackName);
    // Otherwise the SDK uses the queue's URL as the endpoint, whatever AWS_ENDPOINT_URL says.
    const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
    const signal = AbortSignal.timeout(timeoutMs);
    let total = 0;
    for (const { from, to } of redrives) {
      let moved = 0;
      const count = () => {
        moved += 1;
      };
      const [source = '', target = ''] = [from, to].map((id) => urls.get(id));
      const held = await countHeld(sqs, source);
      try {
        await moveMessages({ sqs, from: source, to: target, signal, onMoved: count });
      } catch (cause) {
        throw this.error(
          `${from}: ${moved} moved back to ${to}, then: ${toTerminalText(cause.message)}`,
        );
      } finally {
        total += moved;
      }
      const others = held > 0 ? `; another receiver holds ${held}: run this again later` : '';
      this.serverless.cli.log(`${from}: ${moved} moved back to ${to}${others}`);
    }
    this.serverless.cli.log(`Moved back ${total} message${total === 1 ? '' : 's'}.`);
    if (signal.aborted) {
      throw this.error(
        `Stopped after ${timeoutMs / 60_000} minutes; there may be more messages. Run it again.`,
      );
    }
  }

  error(message) {
    return new this.serverless.classes.Error(message, 'REDRIVE_INCOMPLETE');
  }
}
