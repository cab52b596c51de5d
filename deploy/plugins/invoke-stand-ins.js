/**
 * serverless plugin: `serverless invoke local` without an AWS account. Unless osls finds credentials
 * (in the environment, in a profile), the stand-ins of `npm start` are what the function talks to.
 */
export default class InvokeStandIns {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.resolveVariables(),
      'before:invoke:local:invoke': () => this.start(),
      'after:invoke:local:invoke': () => this.standIns?.close(),
      // A function that throws ends the command early.
      error: () => this.standIns?.close(),
    };
  }

  /**
   * What CloudFormation would fill in. osls looks up the names of resources, and knows no `Fn::Sub`,
   * before any hook of the command itself.
   */
  async resolveVariables() {
    const { processedInput, service } = this.serverless;
    if (processedInput.commands.join(' ') !== 'invoke local') return;
    this.isWithoutAccount = !(await this.findCredentials());
    const { provider, functions } = service;
    for (const { environment = {} } of [provider, ...Object.values(functions)]) {
      if (this.isWithoutAccount) nameResources(environment);
      fillInEndpoints(environment, provider.region);
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

/** Nothing is deployed to look a resource's name up in: here its logical id is its name. */
function nameResources(environment) {
  for (const [name, value] of Object.entries(environment)) {
    if (value?.Ref) environment[name] = value.Ref;
  }
}

/** AWS's own, unless this process was told of others. */
function fillInEndpoints(environment, region) {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  for (const [name, value] of Object.entries(environment)) {
    const template = value?.['Fn::Sub'];
    if (!template) continue;
    // What is configured would win over the process's own.
    delete environment[name];
    process.env[name] ??= template
      .replace(/\$\{AWS::Region\}/, region)
      .replace(/\$\{AWS::URLSuffix\}/, suffix);
  }
}
