/** EventBridge rules: for createSession with `eventTrigger=true`, for openRoom with `roomEventTrigger=true`. */
import { arnOf, readStackName, readValues } from './functions.js';
import { ruleNames } from './request-queues.js';

/**
 * Returns the rules of a deployment.
 *
 * @returns {{ id: string, queueId: string, name: string, detailType: string, description: string }[]}
 */
export function findRules(values, stackName) {
  const rules = [
    {
      isOn: values.eventTrigger,
      id: 'SessionRequestedRule',
      queueId: 'SessionRequests',
      detailType: values.eventDetailType,
      description: 'Requests for sessions, to the queue of createSession',
    },
    {
      isOn: values.roomEventTrigger,
      id: 'RoomRequestedRule',
      queueId: 'RoomRequests',
      detailType: values.roomEventDetailType,
      description: 'Requests for rooms, to the queue of openRoom',
    },
  ];
  return rules
    .filter(({ isOn }) => isOn)
    .map(({ isOn, ...rule }) => ({ ...rule, name: `${stackName}-${ruleNames[rule.queueId]}` }));
}

/**
 * Returns the dimensions of a rule's metrics. Metrics of a rule on the default bus have its name only, of
 * any other bus also the name of the bus (EventBridge user guide, "EventBridge metrics").
 */
export function dimensionsOfRule(name, { eventBus }) {
  const busName = eventBus.split('event-bus/').at(-1);
  return [
    { Name: 'RuleName', Value: name },
    ...(busName === 'default' ? [] : [{ Name: 'EventBusName', Value: busName }]),
  ];
}

export async function stack(context) {
  const values = await readValues(context);
  const rules = findRules(values, await readStackName(context));
  return { Resources: Object.fromEntries(rules.map((rule) => [rule.id, buildRule(values, rule)])) };
}

function buildRule({ eventBus, eventSource }, { name, queueId, detailType, description }) {
  return {
    Type: 'AWS::Events::Rule',
    // EventBridge must be allowed to send to both queues before the first event arrives.
    DependsOn: [`${queueId}Policy`, `${queueId}FailedPolicy`],
    Properties: {
      Name: name,
      Description: description,
      EventBusName: eventBus,
      EventPattern: {
        'detail-type': [detailType],
        // Events of this service never request anything, whatever their detail type.
        source: eventSource ? [eventSource] : [{ 'anything-but': ['opentok-sessions'] }],
      },
      Targets: [
        {
          Id: queueId,
          // The whole event, because its id identifies the result.
          Arn: arnOf(queueId),
          DeadLetterConfig: { Arn: arnOf(`${queueId}Failed`) },
        },
      ],
    },
  };
}
