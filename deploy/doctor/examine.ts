/**
 * All that `serverless doctor` looks at, in the order in which it is told.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { check, type Finding, Trouble } from './check.ts';
import { checkIssuer } from './issuer.ts';
import { askPlatform, describeProject, readCredentials } from './secret.ts';
import { checkBuses, checkTable, checkTopics } from './stack.ts';

/** Parameters of the deployment, as deploy/parameters.js reads them. */
export interface Values {
  readonly auth?: string;
  readonly issuer?: string;
  readonly secretId?: string;
  readonly secretKeyArn?: string;
  readonly videoApiUrl?: string;
  readonly alarmTopicArn?: string;
  readonly requestTopicArn?: string;
  readonly eventTrigger?: boolean;
  readonly queueTrigger?: boolean;
  readonly roomEventTrigger?: boolean;
  readonly roomQueueTrigger?: boolean;
  readonly eventBus?: string;
  readonly resultBus?: string;
}

type Config = { readonly region: string } & NonNullable<
  ConstructorParameters<typeof SecretsManagerClient>[0] &
    ConstructorParameters<typeof DynamoDBClient>[0] &
    ConstructorParameters<typeof EventBridgeClient>[0]
>;

export interface ExamineOptions {
  /** For AWS clients; the region is the stack's. */
  readonly config: Config;
  readonly values: Values;
  /** What is wrong with the parameters. */
  readonly faults: readonly string[];
  readonly stackName: string;
  /** Of the deployed stack; throws what stands in the way of reading it, in words. */
  readonly readTableName: () => Promise<string | undefined>;
}

export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const { config, values, faults, stackName, readTableName } = options;
  const { secretId = '', secretKeyArn, issuer } = values;
  const secrets = new SecretsManagerClient(config);
  const credentials = once((signal) =>
    readCredentials({ secrets, secretId, secretKeyArn }, signal),
  );
  const looks = [
    check('parameters', async () => {
      if (faults.length > 0) throw new Trouble(faults.join('; '));
      return 'all can be deployed';
    }),
    check('secret', async (signal) => {
      const found = await credentials(signal);
      return `${secretId} in ${config.region} is that of the ${describeProject(found)}`;
    }),
    check('platform', async (signal) => {
      const found = await credentials(signal).catch(() => {
        throw new Trouble('not asked: the secret is needed for that');
      });
      return askPlatform(found, values.videoApiUrl);
    }),
    check('table', async (signal) => {
      const name = await readTableName();
      if (!name) throw new Trouble(`there is no stack ${stackName} in ${config.region} yet`);
      return checkTable(new DynamoDBClient(config), name, signal);
    }),
    check('bus', (signal) => checkBuses(new EventBridgeClient(config), findBuses(values), signal)),
    check('topics', async () => {
      const { alarmTopicArn, requestTopicArn } = values;
      const topics = [alarmTopicArn, requestTopicArn].filter((topic) => topic !== undefined);
      return checkTopics(topics, config.region);
    }),
    check('issuer', async (signal) =>
      issuer ? checkIssuer(issuer, signal) : `none with auth=${values.auth}`,
    ),
  ];
  return Promise.all(looks);
}

/** Reads once, for whoever asks first. */
function once<Result>(
  read: (signal: AbortSignal) => Promise<Result>,
): (signal: AbortSignal) => Promise<Result> {
  let reading: Promise<Result> | undefined;
  return (signal) => (reading ??= read(signal));
}

function findBuses({
  eventTrigger,
  queueTrigger,
  requestTopicArn,
  roomEventTrigger,
  roomQueueTrigger,
  eventBus,
  resultBus,
}: Values): readonly string[] {
  const listens = eventTrigger || roomEventTrigger;
  const answers = listens || queueTrigger || roomQueueTrigger || requestTopicArn;
  const buses = [...(listens ? [eventBus] : []), ...(answers ? [resultBus] : [])];
  return [...new Set(buses.filter((bus) => bus !== undefined))];
}
