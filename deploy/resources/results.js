/**
 * The bus to which createSession and openRoom publish results of messages, if one of their triggers is on.
 */
import { eventBridge } from './endpoints.js';
import { buildRolePolicy, readValues } from './functions.js';
import { findRequestQueues } from './request-queues.js';

/** Environment of createSession. */
export async function createSessionEnvironment(context) {
  return publishingEnvironment(await busName(context));
}

/** Environment of a function that publishes; empty values are removed (plugins/environment.js). */
export function publishingEnvironment(bus) {
  return { EVENT_BUS_NAME: bus, AWS_ENDPOINT_URL_EVENTBRIDGE: bus ? eventBridge : '' };
}

/** Bus of createSession's results; empty if none of its triggers is on. */
export async function busName(context) {
  return findBus(await readValues(context), 'createSession');
}

/** Bus of openRoom's results; empty if none of its triggers is on. */
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

/** Lets a function publish events on `resultBus`. */
export function buildPublishing(functionName, { resultBus: bus }) {
  const named = `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}`;
  return buildRolePolicy({
    functionName,
    policyName: 'publish-results',
    action: 'events:PutEvents',
    resource: bus.startsWith('arn:') ? bus : { 'Fn::Sub': named },
  });
}
