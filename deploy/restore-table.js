/**
 * Restores a deleted table under its old name, with the settings that DynamoDB does not restore.
 *
 * A table with point-in-time recovery leaves a system backup for 35 days when it is deleted. A restored table
 * has neither TTL nor point-in-time recovery nor deletion protection. Source: DynamoDB developer guide,
 * "Point-in-time recovery: Before you begin" and "Backup and restore: how it works".
 */
import {
  DescribeTableCommand,
  ListBackupsCommand,
  RestoreTableFromBackupCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';

const restoreSeconds = 3600;

/**
 * @param {import('@aws-sdk/client-dynamodb').DynamoDBClient} client
 * @param {string} TableName
 * @returns {Promise<{ backup?: { arn: string, createdAt: string } } | undefined>} undefined if the table exists
 */
export async function findDeletedTable(client, TableName) {
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return undefined;
  } catch (cause) {
    if (cause.name !== 'ResourceNotFoundException') throw cause;
  }
  const { BackupSummaries = [] } = await client.send(
    new ListBackupsCommand({ TableName, BackupType: 'ALL' }),
  );
  const [newest] = BackupSummaries.filter(({ BackupStatus }) => BackupStatus === 'AVAILABLE').sort(
    (one, other) => Number(other.BackupCreationDateTime) - Number(one.BackupCreationDateTime),
  );
  if (!newest?.BackupArn) return {};
  const createdAt = newest.BackupCreationDateTime?.toISOString() ?? 'unknown date';
  return { backup: { arn: newest.BackupArn, createdAt } };
}

/**
 * @param {import('@aws-sdk/client-dynamodb').DynamoDBClient} client
 * @param {{ tableName: string, backupArn: string, properties: Record<string, any> }} options `properties`
 *   of the table in the template
 */
export async function restoreTable(client, { tableName: TableName, backupArn, properties }) {
  await client.send(
    new RestoreTableFromBackupCommand({ TargetTableName: TableName, BackupArn: backupArn }),
  );
  await waitUntilTableExists(
    { client, maxWaitTime: restoreSeconds, minDelay: 1, maxDelay: 20 },
    { TableName },
  );
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification, DeletionProtectionEnabled } =
    properties;
  if (TimeToLiveSpecification) {
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  }
  if (PointInTimeRecoverySpecification) {
    await client.send(
      new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
    );
  }
  if (DeletionProtectionEnabled) {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled }));
  }
}
