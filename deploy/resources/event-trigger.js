/** From EventBridge: createSession with `eventTrigger=true`, openRoom with `roomEventTrigger=true`. */
import { arnOf, buildInvokePermission, functionArn, readValues } from './functions.js';

export async function stack(context) {
  const values = await readValues(context);
  const { eventDetailType, roomEventDetailType } = values;
  return {
    Resources: {
      ...(values.eventTrigger &&
        buildTrigger(values, {
          functionName: 'createSession',
          id: 'SessionRequestedRule',
          detailType: eventDetailType,
          description: 'Requests for sessions, to createSession',
        })),
      ...(values.roomEventTrigger &&
        buildTrigger(values, {
          functionName: 'openRoom',
          id: 'RoomRequestedRule',
          detailType: roomEventDetailType,
          description: 'Requests for rooms, to openRoom',
        })),
    },
  };
}

function buildTrigger(values, { functionName, id, detailType, description }) {
  return {
    [id]: buildRule(values, { functionName, detailType, description }),
    [`${id}Permission`]: buildInvokePermission({
      functionName,
      service: 'events.amazonaws.com',
      sourceArn: arnOf(id),
    }),
  };
}

function buildRule({ eventBus, eventSource }, { functionName, detailType, description }) {
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
          Id: functionName,
          Arn: functionArn(functionName),
          // What EventBridge could not hand over at all goes where Lambda's failures go.
          DeadLetterConfig: { Arn: arnOf('FailedEvents') },
        },
      ],
    },
  };
}
