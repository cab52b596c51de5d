/** EventBridge rules: for createSession with `eventTrigger=true`, for openRoom with `roomEventTrigger=true`. */
import { arnOf, readValues } from './functions.js';

export async function stack(context) {
  const values = await readValues(context);
  const { eventDetailType, roomEventDetailType } = values;
  return {
    Resources: {
      ...(values.eventTrigger && {
        SessionRequestedRule: buildRule(values, {
          queueId: 'SessionRequests',
          detailType: eventDetailType,
          description: 'Requests for sessions, to the queue of createSession',
        }),
      }),
      ...(values.roomEventTrigger && {
        RoomRequestedRule: buildRule(values, {
          queueId: 'RoomRequests',
          detailType: roomEventDetailType,
          description: 'Requests for rooms, to the queue of openRoom',
        }),
      }),
    },
  };
}

function buildRule({ eventBus, eventSource }, { queueId, detailType, description }) {
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Description: description,
      EventBusName: eventBus,
      EventPattern: {
        'detail-type': [detailType],
        ...(eventSource && { source: [eventSource] }),
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
