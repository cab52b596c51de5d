/** The runbook's copy of a restored table (docs/operations.md), against a table with the deployed keys. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { TABLE } from './start-rooms.ts';

const start = closedAfterEach(startDynamoDb);
const runbook = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const [, condition = '', names = ''] =
  /--condition-expression '([^']+)' --expression-attribute-names '([^']+)'/.exec(runbook) ?? [];

const room = (sessionId: string) => ({
  room: { S: 'standup' },
  item: { S: 'room' },
  sessionId: { S: sessionId },
});

describe('the copy of a restored table', () => {
  it('brings back what is missing, and keeps what was made since', async () => {
    const dynamoDb = await start({ tables: [TABLE] });
    const copy = (sessionId: string) =>
      dynamoDb.ask('PutItem', {
        TableName: TABLE,
        Item: room(sessionId),
        ConditionExpression: condition,
        ExpressionAttributeNames: JSON.parse(names),
      });
    await copy('missing');
    await expect(copy('old')).rejects.toThrow('ConditionalCheckFailedException');
    const { Items } = await dynamoDb.ask('Scan', { TableName: TABLE });
    expect(Items).toEqual([room('missing')]);
  });
});
