/**
 * Where createSession and openRoom leave what came of a request that nobody waits for: on a bus. Only
 * with a trigger switched on.
 */
import { buildRolePolicy, readValues } from './functions.js';
import { findRequestQueues } from './request-queues.js';

/** `EVENT_BUS_NAME` of createSession; empty while none of its triggers is on. */
export async function busName(context) {
  return findBus(await readValues(context), 'createSession');
}

/** `EVENT_BUS_NAME` of openRoom; empty while none of its triggers is on. */
export async function roomBusName(context) {
  return findBus(await readValues(context), 'openRoom');
}

function findBus(values, functionName) {
  const isOn = findRequestQueues(values).some((queue) => queue.functionName === functionName);
  return isOn ? values.resultBus : '';
}

export async function stack(context) {
  const values = await readValues(context);
  const ids = { createSession: 'PublishResults', openRoom: 'PublishRoomResults' };
  return {
    Resources: Object.fromEntries(
      findRequestQueues(values).map(({ functionName }) => [
        ids[functionName],
        buildPublishing(functionName, values),
      ]),
    ),
  };
}

function buildPublishing(functionName, { resultBus: bus }) {
  const named = `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`;
  return buildRolePolicy({
    functionName,
    policyName: 'publish-results',
    action: 'events:PutEvents',
    resource: bus.startsWith('arn:') ? bus : { 'Fn::Sub': named },
  });
}
