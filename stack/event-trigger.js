/** createSession from EventBridge: `eventTrigger=true`. */
import { arnOf, buildInvokePermission, functionArn, readValues } from './functions.js';

export async function stack(context) {
  const values = await readValues(context);
  if (!values.eventTrigger) return {};
  return {
    Resources: {
      SessionRequestedRule: buildRule(values),
      SessionRequestedRulePermission: buildInvokePermission({
        functionName: 'createSession',
        service: 'events.amazonaws.com',
        sourceArn: arnOf('SessionRequestedRule'),
      }),
    },
  };
}

function buildRule({ eventBus, eventSource, eventDetailType }) {
  return {
    Type: 'AWS::Events::Rule',
    Properties: {
      Description: 'Requests for sessions, to createSession',
      EventBusName: eventBus,
      EventPattern: {
        'detail-type': [eventDetailType],
        ...(eventSource && { source: [eventSource] }),
      },
      Targets: [
        {
          Id: 'createSession',
          Arn: functionArn('createSession'),
          // What EventBridge could not hand over at all goes where Lambda's failures go.
          DeadLetterConfig: { Arn: arnOf('FailedEvents') },
        },
      ],
    },
  };
}
