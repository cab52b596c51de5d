/**
 * serverless plugin: `serverless redrive --stage <stage>` moves what is in the stack's dead-letter
 * queues back to where it came from, once what made it fail is repaired, and says how many there were.
 */
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readDeployedStack } from '../deployed-stack.js';
import { countHeld, findRedrives, moveMessages } from '../redrive.js';
import { toTerminalText } from '../terminal-text.js';

const patienceMs = 10 * 60 * 1000;

export default class Redrive {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      redrive: {
        usage: 'Move what is in the dead-letter queues back to the queues it came from',
        lifecycleEvents: ['redrive'],
      },
    };
    this.hooks = { 'redrive:redrive': () => this.redrive() };
  }

  async redrive() {
    const deployed = await readDeployedStack(this.provider);
    const stackName = this.provider.naming.getStackName();
    if (!deployed)
      throw this.error(`There is no stack ${stackName} in ${this.provider.getRegion()}.`);
    const redrives = findRedrives(deployed.template);
    const config = await this.provider.getAwsSdkV3Config();
    const urls = await readPhysicalIds(config, stackName);
    // Else a queue's URL decides whom to ask, whatever AWS_ENDPOINT_URL says.
    const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
    const signal = AbortSignal.timeout(patienceMs);
    let total = 0;
    for (const { from, to } of redrives) {
      let moved = 0;
      const count = () => {
        moved += 1;
      };
      const [source, target] = [from, to].map((id) => urls.get(id));
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
      const others =
        held > 0 ? `; ${held} are held by another receiver: run it again in a while` : '';
      this.serverless.cli.log(`${from}: ${moved} moved back to ${to}${others}`);
    }
    this.serverless.cli.log(`Moved back ${total} message${total === 1 ? '' : 's'}.`);
    if (signal.aborted) {
      throw this.error(`There may be more: ${patienceMs / 60_000} minutes are over. Run it again.`);
    }
  }

  error(message) {
    return new this.serverless.classes.Error(message, 'REDRIVE_INCOMPLETE');
  }
}

/** By logical id; of a queue it is its URL. */
async function readPhysicalIds(config, stackName) {
  const client = new CloudFormationClient(config);
  const ids = new Map();
  for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      ids.set(LogicalResourceId, PhysicalResourceId);
    }
  }
  return ids;
}
