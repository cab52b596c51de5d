/**
 * serverless plugin: `serverless recycle --stage <stage>` replaces every container of every deployed
 * function, so that a rotated secret is read at once and not when the cached one expires.
 *
 * Changing a function's configuration ends its containers, so this sets an environment variable that no code
 * reads. Requests in progress finish in the old containers. Lambda accepts an update before it applies it,
 * and starts old containers until then, so this waits. Source: AWS Lambda Developer Guide, "Lambda function
 * states".
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
      ['Not recycled; old containers may still run:', ...failed].join('\n'),
      'RECYCLE_INCOMPLETE',
    );
  }

  /**
   * Lists the functions of the running stack, because its parameters may differ from this command's. If the
   * stack cannot be read, lists those of the command.
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
        `The stack ${stack} does not exist in ${this.provider.getRegion()}.`,
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
      // Fails if a deployment changed the variables in between.
      RevisionId,
      Environment: { Variables: { ...Environment?.Variables, RECYCLED_AT: recycledAt } },
    }),
  );
  await waitUntilFunctionUpdated(
    { client: lambda, maxWaitTime: updateSeconds, minDelay: 1, maxDelay: 5 },
    { FunctionName },
  );
}

/** The SDK's waiter has the last state in its message, as JSON. */
function describe({ name, message }) {
  if (name === 'TimeoutError') return `not finished after ${updateSeconds} seconds`;
  try {
    const { reason } = JSON.parse(message);
    return `${reason.LastUpdateStatus}: ${reason.LastUpdateStatusReason ?? 'no reason given'}`;
  } catch {
    return message;
  }
}
