/**
 * Checks the SNS topics: that they exist, and that alarms can reach theirs. CloudWatch reports a message
 * that SNS rejects in the history of the alarm only.
 *
 * Sources: AWS re:Post knowledge center, "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?"
 * (policy of the topic); SNS developer guide, "Enable compatibility between event sources from AWS services
 * and encrypted topics" (policy of the key; an AWS managed key cannot be used).
 */

import { allowService, findKeyFaults } from './keys.js';
import { look, warn } from './look.js';
import { judgeServiceAccess } from './service-access.js';

const service = 'cloudwatch.amazonaws.com';
const keyActions = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** @param {import('./look.js').Surroundings} surroundings */
export async function findTopicFaults(surroundings) {
  const { alarmTopicArn, ticketTopicArn, requestTopicArn } = surroundings.values;
  const alarmTopics = [alarmTopicArn, ticketTopicArn].filter(Boolean);
  const topics = [...new Set([...alarmTopics, requestTopicArn].filter(Boolean))];
  if (topics.length === 0) return [];
  const account = await surroundings.readAccount();
  const faults = topics.map((topicArn) =>
    findFaults(topicArn, alarmTopics.includes(topicArn), { ...surroundings, account }),
  );
  return (await Promise.all(faults)).flat();
}

async function findFaults(TopicArn, isForAlarms, surroundings) {
  const { config } = surroundings;
  const { GetTopicAttributesCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const sns = new SNSClient(config);
  return look(`The topic ${TopicArn}`, 'sns:GetTopicAttributes', async () => {
    let attributes;
    try {
      attributes = (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {};
    } catch (cause) {
      if (cause.name !== 'NotFoundException') throw cause;
      return describeMissing(TopicArn);
    }
    if (!isForAlarms) return [];
    return [
      ...findPolicyFaults(TopicArn, attributes.Policy, surroundings),
      ...(await findTopicKeyFaults(TopicArn, attributes.KmsMasterKeyId, surroundings)),
    ];
  });
}

function describeMissing(topicArn) {
  const [, , , region, , name] = topicArn.split(':');
  return [
    `The topic ${topicArn} does not exist. Create it:`,
    `  aws sns create-topic --region ${region} --name ${name}`,
  ];
}

/** Condition keys of what CloudWatch sends for an alarm of this stack. */
function contextOf(topicArn, { region, stackName, account }) {
  const [, partition] = topicArn.split(':');
  return {
    'aws:sourcearn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:${stackName}-alarm`,
    'aws:sourceaccount': account,
    'aws:sourceowner': account,
    'aws:securetransport': 'true',
    'aws:principalisawsservice': 'true',
    'aws:principalservicename': service,
  };
}

function ofAccount({ account }) {
  return { StringEquals: { 'aws:SourceAccount': account } };
}

function findPolicyFaults(topicArn, policy, surroundings) {
  if (!policy) return [];
  const context = contextOf(topicArn, surroundings);
  const action = 'sns:Publish';
  const verdict = judgeServiceAccess(policy, { service, action, resource: topicArn, context });
  if (verdict === 'unclear') {
    warn(
      `Whether the policy of the topic ${topicArn} lets CloudWatch publish is not certain. After the deployment, npx serverless doctor --ring shows it.`,
    );
  }
  if (verdict !== 'denied') return [];
  return [
    `The policy of the topic ${topicArn} does not let CloudWatch publish, so alarms would notify no one. Add this statement to it:`,
    `  ${JSON.stringify(allowService({ service, actions: [action], resource: topicArn, condition: ofAccount(surroundings) }))}`,
  ];
}

async function findTopicKeyFaults(topicArn, keyId, surroundings) {
  if (!keyId) return [];
  return findKeyFaults(
    {
      keyId,
      what: `The key ${keyId} of the topic ${topicArn}`,
      effect: 'so alarms would notify no one',
      uses: [
        {
          ...{ service, actions: keyActions },
          context: contextOf(topicArn, surroundings),
          condition: ofAccount(surroundings),
        },
      ],
    },
    surroundings,
  );
}
