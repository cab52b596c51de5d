/**
 * serverless plugin: stops a deployment, before it creates anything, if something that the stack needs and
 * does not create itself is missing or unusable: event buses, the issuer of tokens, concurrency, the certificate,
 * topics, the table of `roomsTableName`, the key of `dataKeyArn`. A check that cannot be made only warns: the caller may have no right to
 * look, or the network no way to the issuer. Clients of services that few deployments need are loaded with their
 * check.
 *
 * Sources: EventBridge user guide, "Sending and receiving events between AWS accounts" (a rule and its
 * bus are in the same account); Lambda developer guide, "Configuring reserved concurrency" (reservations leave 100).
 */
import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { readDeployedStack } from '../deployed-stack.js';
import { findCertificateFaults } from '../prerequisites/certificate.js';
import { findDataKeyFaults } from '../prerequisites/keys.js';
import { look, warn } from '../prerequisites/look.js';
import { findTableFaults } from '../prerequisites/table.js';
import { findTopicFaults } from '../prerequisites/topics.js';
import { toTerminalText } from '../terminal-text.js';

/** Lambda keeps this much of the account's limit for functions without a reservation. */
const unreservedMinimum = 100;
const issuerTimeoutMs = 15_000;

export default class CheckPrerequisites {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.hooks = {
      // A deployment of a package replaces the parameters of this command later.
      initialize: () => {
        this.values = serverless.service.custom.parameters.values;
      },
      'before:deploy:deploy': () => this.check(),
      'diff:check': () => this.check(),
    };
  }

  async check() {
    const surroundings = {
      values: this.values,
      config: await this.provider.getAwsSdkV3Config(),
      region: this.provider.getRegion(),
      stackName: this.provider.naming.getStackName(),
      readAccount: async () => this.values.accountId ?? (await this.provider.getAccountId()),
    };
    const checks = [
      ...[this.findBusFaults(), this.findIssuerFaults(), this.findLimitFaults()],
      ...[findCertificateFaults, findTopicFaults, findTableFaults, findDataKeyFaults].map((find) =>
        find(surroundings),
      ),
    ];
    const faults = (await Promise.all(checks)).flat();
    if (faults.length === 0) return;
    throw new this.serverless.classes.Error(
      ['Stopped; nothing was created or changed.', ...faults].join('\n'),
      'PREREQUISITE_MISSING',
    );
  }

  async findBusFaults() {
    const { eventTrigger, roomEventTrigger, queueTrigger, roomQueueTrigger, requestTopicArn } =
      this.values;
    const { eventBus, resultBus } = this.values;
    const hasRules = eventTrigger || roomEventTrigger;
    const publishes = hasRules || queueTrigger || roomQueueTrigger || requestTopicArn;
    if (!publishes) return [];
    const account = this.values.accountId ?? (await this.provider.getAccountId());
    const isForeign = (bus) => bus.startsWith('arn:') && bus.split(':')[4] !== account;
    if (hasRules && isForeign(eventBus)) return describeForeignBus(eventBus, account);
    // Whether a bus of another account accepts events shows only there.
    const own = [...(hasRules ? [eventBus] : []), resultBus].filter((bus) => !isForeign(bus));
    const client = new EventBridgeClient(await this.provider.getAwsSdkV3Config());
    const faults = [...new Set(own)].map((Name) =>
      look(`The event bus ${Name}`, 'events:DescribeEventBus', async () => {
        try {
          await client.send(new DescribeEventBusCommand({ Name }));
          return [];
        } catch (cause) {
          if (cause.name !== 'ResourceNotFoundException') throw cause;
          return this.describeMissingBus(Name);
        }
      }),
    );
    return (await Promise.all(faults)).flat();
  }

  describeMissingBus(bus) {
    const region = this.provider.getRegion();
    return [
      `The event bus ${bus} does not exist in ${region}. Create it:`,
      `  aws events create-event-bus --region ${region} --name ${bus.split('event-bus/').at(-1)}`,
    ];
  }

  async findIssuerFaults() {
    const { auth, issuer } = this.values;
    if (auth !== 'jwt' || !issuer) return [];
    // Its parts are TypeScript, which Node runs from 22.18 on; `npx serverless` brings such a Node.
    if (!process.features.typescript) return [];
    const { checkIssuer } = await import('../doctor/issuer.ts');
    const { UnreachableError } = await import('../doctor/check.ts');
    try {
      await checkIssuer(issuer, AbortSignal.timeout(issuerTimeoutMs));
      return [];
    } catch (cause) {
      const text = toTerminalText(cause.message);
      if (!(cause instanceof UnreachableError)) return [`The issuer cannot be used: ${text}`];
      warn(`The issuer was not checked: ${text}`);
      return [];
    }
  }

  async findLimitFaults() {
    const { reservedConcurrency } = this.values;
    if (!reservedConcurrency) return [];
    const client = new LambdaClient(await this.provider.getAwsSdkV3Config());
    const names = Object.keys(this.serverless.service.functions);
    return look("The account's concurrency limit", 'lambda:GetAccountSettings', async () => {
      const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
      const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } = AccountLimit ?? {};
      const needed = names.length * reservedConcurrency - (await this.sumReserved());
      const available = UnreservedConcurrentExecutions - unreservedMinimum;
      if (needed <= available) return [];
      return [
        `reservedConcurrency=${reservedConcurrency} needs ${needed} more concurrent executions for ${names.length} functions, and ${Math.max(available, 0)} can be reserved: the account has ${ConcurrentExecutions}, and ${unreservedMinimum} must stay unreserved. Omit reservedConcurrency or lower it, or have the Lambda quota "Concurrent executions" raised.`,
      ];
    });
  }

  /** What the running stack has reserved, which an update does not need again. */
  async sumReserved() {
    const deployed = await readDeployedStack(this.provider);
    return Object.values(deployed?.template.Resources ?? {})
      .filter(({ Type }) => Type === 'AWS::Lambda::Function')
      .reduce((sum, { Properties }) => sum + (Properties?.ReservedConcurrentExecutions ?? 0), 0);
  }
}

function describeForeignBus(eventBus, account) {
  const [, , , region, owner] = eventBus.split(':');
  return [
    `eventBus is a bus of the account ${owner}, and a rule must be in the account of its bus. The rules of this stack are in ${account}. What works instead:`,
    `  1. create a bus in ${account}, with a policy that allows events:PutEvents to the account ${owner}`,
    `  2. in ${owner}, create a rule on ${eventBus} in ${region} with that bus as its target`,
    '  3. set eventBus to the name of the new bus',
  ];
}
