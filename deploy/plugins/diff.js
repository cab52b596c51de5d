/**
 * serverless plugin: `serverless diff --stage <stage>` packages the service and prints what a deployment would
 * change. It changes nothing and leaves nothing behind (deploy/template-diff.js says why it needs no change set).
 * Then it runs the checks of a deployment, so that it fails where a deployment would stop
 * (deploy/plugins/check-prerequisites.js, guard-deployment.js).
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { isDenied, readDeployedStack } from '../deployed-stack.js';
import { countByType, describeChanges, describeParameterChanges } from '../drift.js';
import { logicalId } from '../resources/functions.js';
import { findTableSteps } from '../table-steps.js';
import { compareTemplates } from '../template-diff.js';
import { toTerminalText } from '../terminal-text.js';

/** Exit code with `--exit-code`; 1 is an error. */
const changesExitCode = 2;

export default class Diff {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    this.provider = serverless.getProvider('aws');
    this.commands = {
      diff: {
        usage: 'Print what a deployment would change, and fail where it would stop',
        lifecycleEvents: ['diff', 'check'],
        options: {
          'exit-code': {
            type: 'boolean',
            usage: `Exit with ${changesExitCode} if a deployment would change something`,
          },
        },
      },
    };
    this.hooks = {
      'diff:diff': async () => {
        await serverless.pluginManager.spawn('package');
        await this.print();
      },
    };
  }

  async print() {
    const { service } = this.serverless;
    const next = service.provider.compiledCloudFormationTemplate;
    const deployed = await this.readDeployed();
    const isEmpty = !deployed?.template.Resources;
    const name = this.provider.naming.getStackName();
    const region = this.provider.getRegion();
    console.log(
      isEmpty
        ? `${name} is not deployed in ${region}. The first deployment makes these changes:`
        : `A deployment of ${name} in ${region} makes these changes:`,
    );
    const changes = compareTemplates(
      deployed?.template ?? {},
      next,
      isEmpty ? [] : await this.findOtherCode(deployed.template),
    );
    const parameters = isEmpty
      ? []
      : describeParameterChanges(deployed.parameters, service.custom.parameters.recorded);
    const lines = isEmpty ? countByType(changes) : describeChanges(changes);
    for (const line of [...parameters, ...lines]) console.log(line);
    const hasChanges = changes.length + parameters.length > 0;
    console.log(hasChanges ? summarize(changes) : '  none');
    const steps = isEmpty ? [] : findTableSteps(deployed.template, next);
    if (steps.length > 0) {
      console.log(
        `The table is changed first, in ${steps.length} separate update(s) of the stack.`,
      );
    }
    if (hasChanges && this.options['exit-code']) process.exitCode = changesExitCode;
  }

  async readDeployed() {
    try {
      return await readDeployedStack(this.provider);
    } catch (cause) {
      const text = toTerminalText(cause.message);
      throw new this.serverless.classes.Error(text, 'STACK_UNREADABLE');
    }
  }

  /**
   * @param {import('../destructive-changes.js').Template} deployed
   * @returns {Promise<string[]>} logical ids of functions with a bundle that differs from the deployed one
   */
  async findOtherCode({ Resources = {} }) {
    const lambda = new LambdaClient(await this.provider.getAwsSdkV3Config());
    const { functions, package: ofAll } = this.serverless.service;
    const ids = Object.entries(functions).map(
      async ([name, { name: FunctionName, package: own }]) => {
        const id = logicalId(name, 'LambdaFunction');
        if (!Resources[id]) return [];
        const bundle = await readFile(own?.artifact ?? ofAll.artifact);
        const deployed = await this.readCodeHash(lambda, FunctionName);
        return deployed === hash(bundle) ? [] : [id];
      },
    );
    return (await Promise.all(ids)).flat();
  }

  /** @returns {Promise<string | undefined>} undefined if it cannot be read, which counts as other code */
  async readCodeHash(lambda, FunctionName) {
    try {
      const { CodeSha256 } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      return CodeSha256;
    } catch (cause) {
      if (cause.name !== 'ResourceNotFoundException' && !isDenied(cause)) throw cause;
      console.error(
        `The code of ${FunctionName} was not compared: ${toTerminalText(cause.message)}`,
      );
      return undefined;
    }
  }
}

/** Lambda's form: SHA-256 of the zip, base64. */
function hash(bytes) {
  return createHash('sha256').update(bytes).digest('base64');
}

/** @param {import('@aws-sdk/client-cloudformation').ResourceChange[]} changes */
function summarize(changes) {
  const count = (isCounted) => changes.filter(isCounted).length;
  const replaced = count(({ Replacement }) => Replacement === 'True');
  const perhaps = count(({ Replacement }) => Replacement === 'Conditional');
  return [
    `${count(({ Action }) => Action === 'Add')} to create`,
    `${count(({ Action, Replacement }) => Action === 'Modify' && Replacement === 'False')} to change`,
    `${replaced} to replace`,
    ...(perhaps > 0 ? [`${perhaps} perhaps to replace`] : []),
    `${count(({ Action }) => Action === 'Remove')} to remove`,
  ].join(', ');
}
