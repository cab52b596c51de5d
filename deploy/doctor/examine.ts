/**
 * The checks of `serverless doctor`, in the order of its output.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { checkCallbacks } from './callbacks.ts';
import { CheckFailure, type Finding, runCheck } from './check.ts';
import { checkIssuer } from './issuer.ts';
import { checkPlatform, describeProject, readCredentials } from './secret.ts';
import { checkBuses, checkTable, checkTopics } from './stack.ts';

/** Values of the deployment's parameters that the checks use. */
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
  readonly liveRooms?: boolean;
}

type Config = { readonly region: string } & NonNullable<
  ConstructorParameters<typeof SecretsManagerClient>[0] &
    ConstructorParameters<typeof DynamoDBClient>[0] &
    ConstructorParameters<typeof EventBridgeClient>[0]
>;

export interface ExamineOptions {
  /** Configuration of AWS clients, in the stack's region. */
  readonly config: Config;
  readonly values: Values;
  /** Faults of the parameters. */
  readonly faults: readonly string[];
  readonly stackName: string;
  /** Reads the name from the deployed stack; throws an error for the operator if it cannot be read. */
  readonly readTableName: () => Promise<string | undefined>;
  /** Reads the API's base URL in the same way. */
  readonly readApiUrl: () => Promise<string | undefined>;
}

export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const { config, values, faults, stackName, readTableName, readApiUrl } = options;
  const { secretId = '', secretKeyArn, issuer } = values;
  const secrets = new SecretsManagerClient(config);
  const credentials = once((signal) =>
    readCredentials({ secrets, secretId, secretKeyArn }, signal),
  );
  const checks = [
    runCheck('parameters', async () => {
      if (faults.length > 0) throw new CheckFailure(faults.join('; '));
      return 'all are valid';
    }),
    runCheck('secret', async (signal) => {
      const found = await credentials(signal);
      return `${secretId} in ${config.region} belongs to the ${describeProject(found)}`;
    }),
    runCheck('platform', async (signal) => {
      const found = await credentials(signal).catch(() => {
        throw new CheckFailure('not checked, because the secret cannot be used');
      });
      return checkPlatform(found, values.videoApiUrl);
    }),
    runCheck('table', async (signal) => {
      const name = await readTableName();
      if (!name)
        throw new CheckFailure(`the stack ${stackName} does not exist in ${config.region}`);
      return checkTable(new DynamoDBClient(config), name, signal);
    }),
    runCheck('bus', (signal) =>
      checkBuses(new EventBridgeClient(config), findBuses(values), signal),
    ),
    runCheck('topics', async () => {
      const { alarmTopicArn, requestTopicArn } = values;
      const topics = [alarmTopicArn, requestTopicArn].filter((topic) => topic !== undefined);
      return checkTopics(topics, config.region);
    }),
    runCheck('issuer', async (signal) =>
      issuer ? checkIssuer(issuer, signal) : `none with auth=${values.auth}`,
    ),
    ...(values.liveRooms
      ? [
          runCheck('callbacks', async (signal) => {
            const [tableName, apiUrl] = await Promise.all([readTableName(), readApiUrl()]);
            const dynamoDb = new DynamoDBClient(config);
            return checkCallbacks({ secrets, secretId, dynamoDb, tableName, apiUrl }, signal);
          }),
        ]
      : []),
  ];
  return Promise.all(checks);
}

/** Reads once, for all checks that need the result. */
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
  liveRooms,
  eventBus,
  resultBus,
}: Values): readonly string[] {
  const listens = eventTrigger || roomEventTrigger;
  const answers = listens || queueTrigger || roomQueueTrigger || requestTopicArn || liveRooms;
  const buses = [...(listens ? [eventBus] : []), ...(answers ? [resultBus] : [])];
  return [...new Set(buses.filter((bus) => bus !== undefined))];
}
