/** EventBridge rules: for createSession with `eventTrigger=true`, for openRoom with `roomEventTrigger=true`. */
import { arnOf, readStackName, readValues } from './functions.js';
import { ruleNames } from './request-queues.js';

export async function stack(context) {
  const stackName = await readStackName(context);
  const values = await readValues(context);
  const { eventDetailType, roomEventDetailType } = values;
  return {
    Resources: {
      ...(values.eventTrigger && {
        SessionRequestedRule: buildRule(values, {
          stackName,
          queueId: 'SessionRequests',
          detailType: eventDetailType,
          description: 'Requests for sessions, to the queue of createSession',
        }),
      }),
      ...(values.roomEventTrigger && {
        RoomRequestedRule: buildRule(values, {
          stackName,
          queueId: 'RoomRequests',
          detailType: roomEventDetailType,
          description: 'Requests for rooms, to the queue of openRoom',
        }),
      }),
    },
  };
}

function buildRule({ eventBus, eventSource }, { stackName, queueId, detailType, description }) {
  return {
    Type: 'AWS::Events::Rule',
    // EventBridge must be allowed to send to both queues before the first event arrives.
    DependsOn: [`${queueId}Policy`, `${queueId}FailedPolicy`],
    Properties: {
      Name: `${stackName}-${ruleNames[queueId]}`,
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
