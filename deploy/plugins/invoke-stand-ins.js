/**
 * serverless plugin: `serverless invoke local` without an AWS account. Unless osls found credentials
 * (in the environment, in a profile), the stand-ins of `npm start` are what the function talks to.
 */
export default class InvokeStandIns {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      'before:invoke:local:invoke': () => this.start(),
      'after:invoke:local:invoke': () => this.standIns?.close(),
      // A function that throws ends the command early.
      error: () => this.standIns?.close(),
    };
  }

  async start() {
    if (process.env.AWS_ACCESS_KEY_ID || process.env.AWS_PROFILE) return;
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
