/**
 * On what condition an item of a room is written. Pure: no I/O.
 */
import type { AttributeValue, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Room } from '../domain/room.ts';

type Condition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

export const onlyIfThereIsNone: Condition = {
  ConditionExpression: 'attribute_not_exists(#room)',
  ExpressionAttributeNames: { '#room': 'room' },
};

/** It is that session's: a room under whatever rules, or what belongs to it. */
export function onlyIfOf(sessionId: AttributeValue): Condition {
  return {
    ConditionExpression: 'sessionId = :sessionId',
    ExpressionAttributeValues: { ':sessionId': sessionId },
  };
}

/** The room is the one that was read: the same session, under the same rules. */
export function onlyIfStill({ sessionId, revision }: Room): Condition {
  const { ConditionExpression: isSession, ExpressionAttributeValues: session } = onlyIfOf({
    S: sessionId,
  });
  if (revision === undefined) {
    return {
      ConditionExpression: `${isSession} AND attribute_not_exists(revision)`,
      ExpressionAttributeValues: session,
    };
  }
  return {
    ConditionExpression: `${isSession} AND revision = :revision`,
    ExpressionAttributeValues: { ...session, ':revision': { S: revision } },
  };
}
