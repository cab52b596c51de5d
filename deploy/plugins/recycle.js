/**
 * serverless plugin: `serverless recycle --stage <stage>` makes Lambda replace every container of
 * every deployed function, so that a rotated secret is read at once and not when its time is over.
 *
 * A container lives as long as its function's configuration: an environment variable that nobody
 * reads is enough to end all of them. Requests under way are finished in the old ones. An update that
 * Lambda has taken is not one that it has made: until it is, new containers are old ones. Source:
 * AWS Lambda Developer Guide, "Lambda function states".
 */
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdated,
} from '@aws-sdk/client-lambda';
import { readDeployedStack } from '../deployed-stack.js';
import { toTerminalText } from '../terminal-text.js';

const updateSeconds = 120;

export default class Recycle {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      recycle: {
        usage: 'Replace every container of every function, for example after a secret was rotated',
        lifecycleEvents: ['recycle'],
      },
    };
    this.hooks = { 'recycle:recycle': () => this.recycle() };
  }

  async recycle() {
    const config = await this.provider.getAwsSdkV3Config();
    const lambda = new LambdaClient(config);
    const recycledAt = new Date().toISOString();
    const names = await this.listFunctions();
    const outcomes = await Promise.allSettled(
      names.map((name) => recycleFunction(lambda, name, recycledAt)),
    );
    const isDone = (_, index) => outcomes[index]?.status === 'fulfilled';
    const done = names.filter(isDone);
    if (done.length > 0) this.serverless.cli.log(`Recycled ${done.join(', ')}`);
    const failed = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected'
        ? [`  - ${names[index]}: ${toTerminalText(describe(outcome.reason))}`]
        : [],
    );
    if (failed.length === 0) return;
    throw new this.serverless.classes.Error(
      ['Not recycled; old containers may serve on:', ...failed].join('\n'),
      'RECYCLE_INCOMPLETE',
    );
  }

  /**
   * Of the stack that runs: parameters decide which functions there are, and this command may have been
   * given others than the deployment. Those of the command where the stack may not be read.
   */
  async listFunctions() {
    let deployed;
    try {
      deployed = await readDeployedStack(this.provider);
    } catch {
      return Object.values(this.serverless.service.functions).map(({ name }) => name);
    }
    if (!deployed) {
      const stack = this.provider.naming.getStackName();
      throw new this.serverless.classes.Error(
        `There is no stack ${stack} in ${this.provider.getRegion()}.`,
        'RECYCLE_INCOMPLETE',
      );
    }
    return Object.values(deployed.template.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .map(({ Properties }) => Properties.FunctionName);
  }
}

async function recycleFunction(lambda, FunctionName, recycledAt) {
  const { Environment, RevisionId } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName,
      // A deployment in between must not be undone with the variables that were read before it.
      RevisionId,
      Environment: { Variables: { ...Environment?.Variables, RECYCLED_AT: recycledAt } },
    }),
  );
  await waitUntilFunctionUpdated(
    { client: lambda, maxWaitTime: updateSeconds, minDelay: 1, maxDelay: 5 },
    { FunctionName },
  );
}

/** The SDK's waiter puts what it saw last in its message, as JSON. */
function describe({ name, message }) {
  if (name === 'TimeoutError') return `Lambda is not done after ${updateSeconds} seconds`;
  try {
    const { reason } = JSON.parse(message);
    return `${reason.LastUpdateStatus}: ${reason.LastUpdateStatusReason ?? 'no reason given'}`;
  } catch {
    return message;
  }
}
