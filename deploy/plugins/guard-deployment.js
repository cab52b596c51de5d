/**
 * serverless plugin: stops a deployment, before it creates anything, if the secret is missing, if the stack
 * cannot be updated, or if something would be removed that `accept` does not name.
 */
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { emptyStatuses, isDenied, readDeployedStack } from '../deployed-stack.js';
import { compareConsent, findDestructiveChanges } from '../destructive-changes.js';
import { describeParameterChanges } from '../drift.js';
import { stageFile } from '../stage-parameters.js';
import { toTerminalText } from '../terminal-text.js';

export default class GuardDeployment {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    const check = async () => {
      await this.checkSecret();
      await this.checkDestructiveChanges();
    };
    this.hooks = {
      // A deployment of a package replaces the parameters of this command later.
      initialize: () => {
        this.given = serverless.service.custom.parameters;
      },
      'before:deploy:deploy': check,
      'diff:check': check,
      'before:deploy:function:initialize': () => this.checkAuthOfFunction(),
    };
  }

  async checkSecret() {
    const { SECRET_ID: secretId } = this.serverless.service.provider.environment;
    const region = this.provider.getRegion();
    const secrets = new SecretsManagerClient(await this.provider.getAwsSdkV3Config());
    try {
      const { DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
      if (!DeletedDate) return;
    } catch (cause) {
      if (isDenied(cause)) {
        console.error(
          `The secret ${secretId} in ${region} was not checked: ${toTerminalText(cause.message)}`,
        );
        return;
      }
      if (cause.name !== 'ResourceNotFoundException') throw cause;
      this.refuse('SECRET_MISSING', [
        `The secret ${secretId} does not exist in ${region}. Create it:`,
        `  aws secretsmanager create-secret --region ${region} --name ${nameOf(secretId)} \\`,
        `    --secret-string '{"apiKey":"…","apiSecret":"…"}'`,
      ]);
    }
    this.refuse('SECRET_DELETED', [
      `The secret ${secretId} in ${region} is scheduled for deletion. Restore it:`,
      `  aws secretsmanager restore-secret --region ${region} --secret-id ${secretId}`,
    ]);
  }

  async checkDestructiveChanges() {
    const deployed = await this.readDeployed();
    if (deployed) this.refuseStuckStack(deployed);
    const next = this.serverless.service.provider.compiledCloudFormationTemplate;
    if (deployed) this.refuseRecordChange(deployed.template, next);
    this.requireConsent(deployed ? findDestructiveChanges(deployed.template, next) : [], deployed);
  }

  /** CloudFormation would reject the update late, and without saying what to do. */
  refuseStuckStack({ name, status }) {
    const wayOut = findWayOut(status, {
      name,
      stage: this.provider.getStage(),
      region: this.provider.getRegion(),
    });
    if (wayOut)
      this.refuse('STACK_STUCK', [
        `The stack ${name} is ${status}. ${wayOut[0]}`,
        ...wayOut.slice(1),
      ]);
  }

  /**
   * Route 53 rejects a failover record while a simple one of that name and type exists, and the reverse,
   * so one update of the stack would fail half-way.
   */
  refuseRecordChange(deployed, next) {
    const isFailover = (resource) => resource.Properties?.SetIdentifier !== undefined;
    const changed = Object.entries(deployed.Resources ?? {}).find(([id, before]) => {
      const after = next.Resources?.[id];
      const areRecords = [before, after].every((each) => each?.Type === 'AWS::Route53::RecordSet');
      return areRecords && isFailover(before) !== isFailover(after);
    });
    if (!changed) return;
    this.refuse('RECORD_KIND_CHANGED', [
      'With or without dnsFailover, the DNS records of the domain are of another kind, and the two kinds cannot coexist. Deploy twice:',
      '  1. without hostedZoneId and dnsFailover, with --param="accept=hostedZoneId", which removes the records',
      '  2. with the parameters that you want, which creates the new ones',
      'Until the second deployment is done, the domain does not resolve. See docs/deployment.md, "Two regions under one name".',
    ]);
  }

  /** Deploying one function keeps its routes: it would misjudge callers that another authorizer let in. */
  async checkAuthOfFunction() {
    const deployed = await this.readDeployed();
    const before = deployed?.parameters.auth;
    const { auth } = this.given.values;
    const isOther = before !== undefined && before !== auth;
    const loss = { name: 'auth', what: `${auth} instead of ${before}, behind routes of ${before}` };
    this.requireConsent(isOther ? [loss] : [], deployed);
  }

  async readDeployed() {
    try {
      return await readDeployedStack(this.provider);
    } catch (cause) {
      return this.refuse('STACK_UNREADABLE', [toTerminalText(cause.message)]);
    }
  }

  requireConsent(changes, deployed) {
    const { refused, unneeded } = compareConsent(changes, this.given.values.accept);
    if (refused.length > 0) {
      const names = changes.map(({ name }) => name).join(',');
      this.refuse('CONSENT_REQUIRED', [
        `This deployment would remove from ${deployed.name}:`,
        ...refused.map(({ name, what }) => `  - ${name}: ${what}`),
        ...this.describeDifferences(deployed.parameters),
        `If you mean all of that: --param="accept=${names}"`,
      ]);
    }
    if (unneeded.length > 0) {
      this.refuse('CONSENT_UNNEEDED', [
        `accept names ${unneeded.join(', ')}, which this deployment does not remove.`,
        changes.length === 0
          ? 'Omit accept.'
          : `Pass --param="accept=${changes.map(({ name }) => name).join(',')}"`,
      ]);
    }
  }

  describeDifferences(before) {
    const lines = describeParameterChanges(before, this.given.recorded);
    if (lines.length === 0) return [];
    return [
      'Parameters that differ from the running deployment:',
      ...lines,
      `To keep what is there, set them in ${stageFile(this.provider.getStage())} or with --param.`,
    ];
  }

  refuse(code, lines) {
    const text = ['Stopped; nothing was created or changed.', ...lines].join('\n');
    throw new this.serverless.classes.Error(text, code);
  }
}

/**
 * Says what to do about a stack in a state in which CloudFormation cannot update it.
 *
 * Source: CloudFormation user guide, "Stack status codes" and "Continue rolling back an update".
 *
 * @param {string} status
 * @param {{ name: string, stage: string, region: string }} stack
 * @returns {string[] | undefined} undefined if the stack can be updated
 */
function findWayOut(status, { name, stage, region }) {
  const remove = `  npx serverless remove --stage ${stage} --region ${region}`;
  if (emptyStatuses.includes(status)) {
    return ['It was never deployed and is empty. Remove it, then deploy again:', remove];
  }
  if (['ROLLBACK_FAILED', 'DELETE_FAILED'].includes(status)) {
    return ['Parts of it could not be deleted; its events say why. Remove the rest:', remove];
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    return [
      'An update could not be rolled back; its events say why. Continue the rollback:',
      `  aws cloudformation continue-update-rollback --region ${region} --stack-name ${name}`,
    ];
  }
  return status.endsWith('_IN_PROGRESS')
    ? ['Another deployment is in progress. Wait until it has finished.']
    : undefined;
}

/** Returns the name in an ARN, without the six characters that Secrets Manager appends. */
function nameOf(secretId) {
  return secretId.replace(/^arn:.*:secret:(.+)-[A-Za-z0-9]{6}$/, '$1');
}
