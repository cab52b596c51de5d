/**
 * serverless plugin: `serverless invoke local` without an AWS account. Unless osls finds credentials
 * (in the environment, in a profile), the stand-ins of `npm start` are what the function talks to.
 */
export default class InvokeStandIns {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.nameResources(),
      'before:invoke:local:invoke': () => this.start(),
      'after:invoke:local:invoke': () => this.standIns?.close(),
      // A function that throws ends the command early.
      error: () => this.standIns?.close(),
    };
  }

  /**
   * Nothing is deployed to look a resource's name up in: here its logical id is its name. osls looks
   * up what is left of them before any hook of the command itself.
   */
  async nameResources() {
    const { processedInput, service } = this.serverless;
    if (processedInput.commands.join(' ') !== 'invoke local') return;
    this.isWithoutAccount = !(await this.findCredentials());
    if (!this.isWithoutAccount) return;
    for (const { environment = {} } of Object.values(service.functions)) {
      for (const [name, value] of Object.entries(environment)) {
        if (value?.Ref) environment[name] = value.Ref;
      }
    }
  }

  async findCredentials() {
    const aws = this.serverless.getProvider('aws');
    try {
      const callerClientConfig = { region: aws.getRegion() };
      return await aws.getAwsSdkV3CredentialsProvider()({ callerClientConfig });
    } catch {
      // Whatever is wrong beyond that there are none, osls finds again and ends the command with.
      return undefined;
    }
  }

  async start() {
    if (!this.isWithoutAccount) return;
    if (!process.features.typescript) {
      console.error(
        'No AWS credentials, and no stand-ins: run it with npx, on the Node of the repo.',
      );
      return;
    }
    const { startStandIns } = await import('../../stand-ins/stand-ins.ts');
    const { madeUpProject } = await import('../../local/start-options.ts');
    const { SECRET_ID: secretId } = this.serverless.service.provider.environment;
    this.standIns = await startStandIns({ secretId, project: madeUpProject });
    const { environment, platformUrl } = this.standIns;
    Object.assign(process.env, environment, { VIDEO_API_URL: platformUrl });
    console.error('No AWS credentials: stand-ins answer.');
  }
}
