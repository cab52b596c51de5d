/**
 * serverless plugin: `serverless recycle --stage <stage>` makes Lambda replace every container of
 * every deployed function, so that a rotated secret is read at once and not when its time is over.
 *
 * A container lives as long as its function's configuration: an environment variable that nobody
 * reads is enough to end all of them. Requests under way are finished in the old ones.
 */
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

export default class Recycle {
  constructor(serverless) {
    this.serverless = serverless;
    this.commands = {
      recycle: {
        usage: 'Replace every container of every function, for example after a secret was rotated',
        lifecycleEvents: ['recycle'],
      },
    };
    this.hooks = { 'recycle:recycle': () => this.recycle() };
  }

  async recycle() {
    const config = await this.serverless.getProvider('aws').getAwsSdkV3Config();
    const lambda = new LambdaClient(config);
    const recycledAt = new Date().toISOString();
    const names = Object.values(this.serverless.service.functions).map(({ name }) => name);
    await Promise.all(names.map((name) => recycleFunction(lambda, name, recycledAt)));
    this.serverless.cli.log(`Recycled ${names.join(', ')}`);
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
}
