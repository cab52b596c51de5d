/**
 * serverless plugin: runs `serverless invoke local` without an AWS account. If osls finds no credentials
 * (in the environment or a profile), the function calls the stand-ins of `npm start`.
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
   * Resolves what CloudFormation would. osls looks up resource names, but does not support `Fn::Sub`, before
   * any hook of the command itself.
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
      // Any other error than missing credentials, osls finds again and reports.
      return undefined;
    }
  }

  async start() {
    if (!this.isWithoutAccount) return;
    if (!process.features.typescript) {
      console.error(
        'There are no AWS credentials, and this Node cannot run the stand-ins. Run the command with npx.',
      );
      return;
    }
    const { startStandIns } = await import('../../stand-ins/stand-ins.ts');
    const { madeUpProject } = await import('../../local/start-options.ts');
    const { SECRET_ID: secretId } = this.serverless.service.provider.environment;
    this.standIns = await startStandIns({ secretId, project: madeUpProject });
    const { environment, platformUrl } = this.standIns;
    Object.assign(process.env, environment, { VIDEO_API_URL: platformUrl });
    console.error('There are no AWS credentials: using stand-ins.');
  }
}

/** Nothing is deployed, so the logical id serves as the resource's name. */
function nameResources(environment) {
  for (const [name, value] of Object.entries(environment)) {
    if (value?.Ref) environment[name] = value.Ref;
  }
}

/** AWS's own endpoints, unless this process has others. */
function fillInEndpoints(environment, region) {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  for (const [name, value] of Object.entries(environment)) {
    const template = value?.['Fn::Sub'];
    if (!template) continue;
    // The configuration would override the process's own variable.
    delete environment[name];
    process.env[name] ??= template
      .replace(/\$\{AWS::Region\}/, region)
      .replace(/\$\{AWS::URLSuffix\}/, suffix);
  }
}
