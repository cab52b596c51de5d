/** The packaged functions of one test file, side by side, with one table. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type FunctionName, type Lambda, startLambda } from '../support/lambda.ts';

export interface PackagedFunctions {
  readonly dynamoDb: () => DynamoDb;
  readonly use: (name: FunctionName) => Lambda;
  /** Every line that any of them has logged. */
  readonly logged: () => readonly string[];
  /** Starts one more container, which the test closes. */
  readonly start: (name: FunctionName, environment?: Record<string, string>) => Promise<Lambda>;
}

/**
 * Starts them before the tests of the file and closes them afterwards. End users come with a JWT and get
 * tokens by room alone, so that rooms may have any rules.
 */
export function usePackagedFunctions(
  names: readonly FunctionName[],
  settings: Readonly<Record<string, string>> = {},
): PackagedFunctions {
  let dynamoDb: DynamoDb;
  const functions = new Map<FunctionName, Lambda>();
  const start: PackagedFunctions['start'] = (name, environment = {}) =>
    startLambda(name, {
      environment: {
        ...{ AUTH: 'jwt', ROOMS_ONLY: 'true', ROOMS_TABLE: 'Rooms' },
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
        ...settings,
        ...environment,
      },
    });
  beforeAll(async () => {
    dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
    for (const name of names) functions.set(name, await start(name));
  }, 60_000);
  afterAll(async () => {
    for (const lambda of functions.values()) await lambda.close();
    await dynamoDb.close();
  });
  return {
    dynamoDb: () => dynamoDb,
    use: (name) => functions.get(name) ?? expect.fail(name),
    logged: () => [...functions.values()].flatMap(({ logged }) => logged),
    start,
  };
}
