/**
 * Checks customer keys: that they can be used, and that their policies let AWS services use them. What the services
 * need is in docs/deployment.md, "A customer key for data".
 */
import { look } from './look.js';
import { judgeServiceAccess } from './service-access.js';

/**
 * What a service calls, with the condition keys of its requests in lower case; a statement that allows it has
 * `condition`.
 *
 * @typedef {{ service: string, actions: string[], context: Record<string, string>, condition?: object }} KeyUse
 */

/**
 * Finds why services cannot use a key.
 *
 * @param {object} key
 * @param {string} key.keyId id, ARN or alias
 * @param {string} key.what the subject of a sentence about it
 * @param {string} key.effect what happens otherwise, as the end of a sentence
 * @param {readonly KeyUse[]} key.uses
 * @param {import('./look.js').Surroundings} surroundings
 * @returns {Promise<string[]>}
 */
export function findKeyFaults({ keyId, what, effect, uses }, { config }) {
  return look(what, 'kms:DescribeKey and kms:GetKeyPolicy', async () => {
    const { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } = await import(
      '@aws-sdk/client-kms'
    );
    const kms = new KMSClient(config);
    let metadata;
    try {
      metadata = (await kms.send(new DescribeKeyCommand({ KeyId: keyId }))).KeyMetadata ?? {};
    } catch (cause) {
      if (cause.name !== 'NotFoundException') throw cause;
      return [`${what} does not exist, ${effect}.`];
    }
    const { Arn = '', KeyManager, KeyState, KeySpec = 'SYMMETRIC_DEFAULT' } = metadata;
    if (KeyManager === 'AWS') {
      return [
        `${what} is managed by AWS, and other services cannot use it, ${effect}. Use a customer managed key.`,
      ];
    }
    if (KeyState !== 'Enabled') return [`${what} is ${KeyState}, ${effect}. Enable it.`];
    if (KeySpec !== 'SYMMETRIC_DEFAULT') {
      return [`${what} is of the kind ${KeySpec}, ${effect}. Use a symmetric key.`];
    }
    const { Policy = '{}' } = await kms.send(
      new GetKeyPolicyCommand({ KeyId: Arn, PolicyName: 'default' }),
    );
    const denied = uses.filter(({ service, actions, context }) =>
      actions
        .map((action) => judgeServiceAccess(Policy, { service, action, resource: Arn, context }))
        .includes('denied'),
    );
    return denied.flatMap(({ service, actions, condition }) => [
      `The policy of ${Arn} does not let ${service} use the key, ${effect}. Add this statement to it:`,
      `  ${JSON.stringify(allowService({ service, actions, resource: '*', condition }))}`,
    ]);
  });
}

/** Builds the statement of a resource's policy that allows a service these actions. */
export function allowService({ service, actions, resource, condition }) {
  return {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: actions,
    Resource: resource,
    ...(condition && { Condition: condition }),
  };
}

/**
 * Checks `dataKeyArn`. CloudWatch Logs uses it for log groups, EventBridge and SNS for messages to the queues.
 *
 * @param {import('./look.js').Surroundings} surroundings
 */
export async function findDataKeyFaults(surroundings) {
  const { values, region, stackName } = surroundings;
  const { dataKeyArn, eventTrigger, roomEventTrigger, requestTopicArn } = values;
  if (!dataKeyArn) return [];
  const [, partition] = dataKeyArn.split(':');
  const account = await surroundings.readAccount();
  const logGroups = `arn:${partition}:logs:${region}:${account}:log-group:`;
  const logContext = 'kms:EncryptionContext:aws:logs:arn';
  const toQueues = { actions: ['kms:GenerateDataKey', 'kms:Decrypt'], context: {} };
  return findKeyFaults(
    {
      keyId: dataKeyArn,
      what: `The key ${dataKeyArn} of dataKeyArn`,
      effect: 'so the deployment would fail or lose messages',
      uses: [
        {
          service: `logs.${region}.amazonaws.com`,
          actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
          context: {
            [logContext.toLowerCase()]: `${logGroups}/aws/lambda/${stackName}-createSession`,
          },
          condition: { ArnLike: { [logContext]: `${logGroups}*` } },
        },
        ...(eventTrigger || roomEventTrigger
          ? [{ service: 'events.amazonaws.com', ...toQueues }]
          : []),
        ...(requestTopicArn ? [{ service: 'sns.amazonaws.com', ...toQueues }] : []),
      ],
    },
    surroundings,
  );
}
