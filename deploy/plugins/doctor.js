/**
 * serverless plugin: `serverless doctor --stage <stage>` looks at all that a deployment needs around
 * it and prints one line each, with no secret in any. It fails when one of them does.
 */
import { readDeployedStack } from '../deployed-stack.js';
import { findFaults } from './check-parameters.js';

export default class Doctor {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      examine: {
        usage: 'Look at the secret, the table, the buses, the topics, the issuer and the platform',
        lifecycleEvents: ['examine'],
      },
    };
    this.hooks = { 'examine:examine': () => this.examine() };
  }

  async examine() {
    if (!process.features.typescript) {
      throw this.error('Run it with npx, on the Node of the repo: this one reads no TypeScript.');
    }
    const { examine } = await import('../doctor/examine.ts');
    const { values } = this.serverless.service.custom.parameters;
    const findings = await examine({
      config: await this.provider.getAwsSdkV3Config(),
      values,
      faults: findFaults(this.serverless),
      stackName: this.provider.naming.getStackName(),
      readTableName: async () => (await readDeployedStack(this.provider))?.outputs.RoomsTableName,
    });
    for (const { line } of findings) console.log(line);
    const failed = findings.filter(({ isWell }) => !isWell).length;
    if (failed > 0) throw this.error(`${failed} of ${findings.length} want looking after.`);
  }

  error(message) {
    return new this.serverless.classes.Error(message, 'DOCTOR_FOUND');
  }
}
