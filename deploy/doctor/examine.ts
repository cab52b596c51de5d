/**
 * The checks of `serverless doctor`, in the order of its output.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DeployedStack } from '../deployed-stack.js';
import { checkCallbacks } from './callbacks.ts';
import { CheckFailure, type Finding, runCheck } from './check.ts';
import { examineStack } from './examine-stack.ts';
import { checkIssuer } from './issuer.ts';
import { once } from './once.ts';
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
  readonly ticketTopicArn?: string;
  readonly requestTopicArn?: string;
  readonly eventTrigger?: boolean;
  readonly queueTrigger?: boolean;
  readonly roomEventTrigger?: boolean;
  readonly roomQueueTrigger?: boolean;
  readonly eventBus?: string;
  readonly resultBus?: string;
  readonly liveRooms?: boolean;
  readonly guests?: boolean;
}

export type Config = { readonly region: string } & NonNullable<
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
  /** Throws an error for the operator if the stack cannot be read. */
  readonly readStack: () => Promise<DeployedStack | undefined>;
  /** Also calls the API, and examines mappings, alarms and drift. */
  readonly isCalling?: boolean;
  /** Sign-in token of an end user, for `isCalling`. */
  readonly token?: string | undefined;
  /** Also rings an alarm of each topic. */
  readonly isRinging?: boolean;
}

export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const { config, values, faults, stackName } = options;
  const { secretId = '', secretKeyArn, issuer } = values;
  const secrets = new SecretsManagerClient(config);
  const credentials = once((signal: AbortSignal) =>
    readCredentials({ secrets, secretId, secretKeyArn }, signal),
  );
  const readStack = once(options.readStack);
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
      const stack = await readStack();
      const tableName = stack?.outputs['RoomsTableName'];
      if (!tableName)
        throw new CheckFailure(`the stack ${stackName} does not exist in ${config.region}`);
      const { region } = config;
      const dynamoDb = new DynamoDBClient(config);
      const liveRooms = values.liveRooms === true;
      return checkTable({ dynamoDb, tableName, region, liveRooms }, signal);
    }),
    runCheck('bus', (signal) =>
      checkBuses(new EventBridgeClient(config), findBuses(values), signal),
    ),
    runCheck('topics', async () => {
      const { alarmTopicArn, ticketTopicArn, requestTopicArn } = values;
      const topics = [alarmTopicArn, ticketTopicArn, requestTopicArn];
      return checkTopics(
        topics.filter((topic) => topic !== undefined),
        config.region,
      );
    }),
    runCheck('issuer', async (signal) =>
      issuer ? checkIssuer(issuer, signal) : `none with auth=${values.auth}`,
    ),
    ...(values.liveRooms
      ? [
          runCheck('callbacks', async (signal) => {
            const { RoomsTableName: tableName, HttpApiUrl: apiUrl } =
              (await readStack())?.outputs ?? {};
            const dynamoDb = new DynamoDBClient(config);
            return checkCallbacks({ secrets, secretId, dynamoDb, tableName, apiUrl }, signal);
          }),
        ]
      : []),
    ...(options.isCalling || options.isRinging ? examineStack({ ...options, readStack }) : []),
  ];
  return (await Promise.all(checks)).flat();
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
