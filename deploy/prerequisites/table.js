/**
 * Checks the table of `roomsTableName`, which the stack does not create: keys, the indexes that the functions
 * query, its encryption key, and what protects its items.
 */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { indexesOf, tableKeys, timeToLive } from '../resources/rooms.js';
import { look, warn } from './look.js';

/** @param {import('./look.js').Surroundings} surroundings */
export async function findTableFaults(surroundings) {
  const { values, config, region } = surroundings;
  const TableName = values.roomsTableName;
  if (!TableName) return [];
  const dynamoDb = new DynamoDBClient(config);
  const what = `The table ${TableName}`;
  const faults = await look(what, 'dynamodb:DescribeTable', async () => {
    try {
      const { Table = {} } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
      const found = describeTableFaults(Table, { values, region });
      return found.length > 0 ? found : findKeyFaults(Table, surroundings);
    } catch (cause) {
      if (cause.name !== 'ResourceNotFoundException') throw cause;
      return [
        `${what} of roomsTableName does not exist in ${region}. docs/operations.md, "A second region", creates it.`,
      ];
    }
  });
  if (faults.length > 0) return faults;
  await look(`TTL of the table ${TableName}`, 'dynamodb:DescribeTimeToLive', async () => {
    const { TimeToLiveDescription: ttl } = await dynamoDb.send(
      new DescribeTimeToLiveCommand({ TableName }),
    );
    const isOn = /^ENABL/.test(ttl?.TimeToLiveStatus ?? '');
    if (!isOn || ttl?.AttributeName !== timeToLive.AttributeName) {
      warn(
        `${what} does not delete expired items. Switch TTL on for ${timeToLive.AttributeName}: aws dynamodb update-time-to-live --region ${region} --table-name ${TableName} --time-to-live-specification Enabled=true,AttributeName=${timeToLive.AttributeName}. A table with strong consistency between regions cannot have it (docs/operations.md).`,
      );
    }
    return [];
  });
  await look(
    `Recovery of the table ${TableName}`,
    'dynamodb:DescribeContinuousBackups',
    async () => {
      const { ContinuousBackupsDescription: backups } = await dynamoDb.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      );
      if (backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus !== 'ENABLED') {
        warn(
          `${what} cannot be restored. Switch point-in-time recovery on: aws dynamodb update-continuous-backups --region ${region} --table-name ${TableName} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
        );
      }
      return [];
    },
  );
  return [];
}

/**
 * Compares a table with the one that the stack would create.
 *
 * @param {import('@aws-sdk/client-dynamodb').TableDescription} table
 * @param {{ values: Record<string, any>, region: string }} deployment
 * @returns {string[]}
 */
export function describeTableFaults(table, { values, region }) {
  const { TableName, TableStatus = 'missing', KeySchema, GlobalSecondaryIndexes = [] } = table;
  if (!['ACTIVE', 'UPDATING'].includes(TableStatus))
    return [`The table ${TableName} is ${TableStatus}.`];
  const types = new Map(
    table.AttributeDefinitions?.map(({ AttributeName, AttributeType }) => [
      AttributeName,
      AttributeType,
    ]),
  );
  const describeFound = (schema) => describeKeys(schema, (key) => types.get(key));
  const describeNeeded = (schema) => describeKeys(schema, () => 'S');
  const keys = describeFound(KeySchema);
  if (keys !== describeNeeded(tableKeys)) {
    return [
      `The table ${TableName} has the keys ${keys} instead of ${describeNeeded(tableKeys)}. Keys cannot be changed: create another table.`,
    ];
  }
  return indexesOf(values).flatMap((needed) => {
    const found = GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === needed.IndexName);
    if (!found) return describeMissingIndex(needed, { TableName, region });
    const name = `The index ${needed.IndexName} of the table ${TableName}`;
    const projection = found.Projection?.ProjectionType;
    const isComplete = [needed.Projection.ProjectionType, 'ALL'].includes(projection ?? '');
    if (describeFound(found.KeySchema) !== describeNeeded(needed.KeySchema) || !isComplete) {
      return [
        `${name} has the keys ${describeFound(found.KeySchema)} and the projection ${projection} instead of ${describeNeeded(needed.KeySchema)} and ${needed.Projection.ProjectionType}. Delete it, then create it again.`,
      ];
    }
    const isUnusable = ['CREATING', 'DELETING'].includes(found.IndexStatus ?? '');
    return isUnusable ? [`${name} is ${found.IndexStatus}. Wait until it is ACTIVE.`] : [];
  });
}

/**
 * @param {import('@aws-sdk/client-dynamodb').KeySchemaElement[] | undefined} schema
 * @param {(key: string | undefined) => string | undefined} typeOf
 */
function describeKeys(schema, typeOf) {
  return (schema ?? [])
    .map(({ AttributeName, KeyType }) => `${AttributeName} (${KeyType}, ${typeOf(AttributeName)})`)
    .join(' and ');
}

function describeMissingIndex(index, { TableName, region }) {
  const attributes = index.KeySchema.map(
    ({ AttributeName }) => `AttributeName=${AttributeName},AttributeType=S`,
  );
  return [
    `The table ${TableName} has no index ${index.IndexName}, which the functions query. Create it, and wait until it is ACTIVE:`,
    `  aws dynamodb update-table --region ${region} --table-name ${TableName} --attribute-definitions ${attributes.join(' ')} --global-secondary-index-updates '${JSON.stringify([{ Create: index }])}'`,
  ];
}

/**
 * The roles of the functions may use `dataKeyArn` and no other customer key.
 *
 * @param {import('@aws-sdk/client-dynamodb').TableDescription} table
 */
async function findKeyFaults({ TableName, SSEDescription }, { values, config }) {
  const keyArn = SSEDescription?.KMSMasterKeyArn;
  if (!keyArn || keyArn === values.dataKeyArn) return [];
  const { DescribeKeyCommand, KMSClient } = await import('@aws-sdk/client-kms');
  return look(`The key of the table ${TableName}`, 'kms:DescribeKey', async () => {
    const { KeyMetadata } = await new KMSClient(config).send(
      new DescribeKeyCommand({ KeyId: keyArn }),
    );
    // Roles need no permission for the key that AWS manages.
    if (KeyMetadata?.KeyManager === 'AWS') return [];
    return [
      `The table ${TableName} is encrypted with the customer key ${keyArn}, and the functions may use ${values.dataKeyArn ? `only ${values.dataKeyArn}` : 'none'}. Set dataKeyArn to the key of the table.`,
    ];
  });
}
