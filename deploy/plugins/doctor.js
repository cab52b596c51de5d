/**
 * serverless plugin: `serverless doctor --stage <stage>` checks everything that a deployment depends on and
 * prints one line per check, without secrets. It fails if one of them fails. `--call` also calls the deployed API
 * and examines mappings, alarms and drift; `--ring` rings an alarm of each topic.
 */
import { readDeployedStack } from '../deployed-stack.js';
import { findFaults } from './check-parameters.js';

export default class Doctor {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      examine: {
        usage: 'Check the secret, the platform, the table, the buses, the topics and the issuer',
        lifecycleEvents: ['examine'],
        options: {
          call: {
            type: 'boolean',
            usage:
              'Also call the API, and check mappings, alarms and drift (with auth=jwt, DOCTOR_TOKEN is the token to call with)',
          },
          ring: {
            type: 'boolean',
            usage: 'Also ring an alarm of each topic, and list its subscribers',
          },
        },
      },
    };
    this.hooks = { 'examine:examine': () => this.examine() };
  }

  async examine() {
    if (!process.features.typescript) {
      throw this.error('This Node cannot run TypeScript. Run the command with npx.');
    }
    const { examine } = await import('../doctor/examine.ts');
    const { values } = this.serverless.service.custom.parameters;
    const findings = await examine({
      config: await this.provider.getAwsSdkV3Config(),
      values,
      faults: findFaults(this.serverless),
      stackName: this.provider.naming.getStackName(),
      readStack: () => readDeployedStack(this.provider),
      isCalling: this.options.call === true,
      token: process.env.DOCTOR_TOKEN,
      isRinging: this.options.ring === true,
    });
    for (const { line } of findings) console.log(line);
    const failed = findings.filter(({ isOk }) => !isOk).length;
    if (failed > 0) throw this.error(`${failed} of ${findings.length} checks failed.`);
  }

  error(message) {
    return new this.serverless.classes.Error(message, 'DOCTOR_FOUND');
  }
}
