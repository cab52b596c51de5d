/** Callbacks of the platform. `callbacks.test.ts` stores a room with a banned person, who has just connected. */
import { writeIdentity } from '../../lib/domain/identity.ts';
import { connectionCallback, sessionCallback, signCallback } from '../../stand-ins/callbacks.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { eventFaults } from '../../stand-ins/event-bridge.ts';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import {
  CALLBACK_SECRETS,
  callbackEvent,
  newSessionId,
  PROJECT_ID,
} from '../live/start-callbacks.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { always, type FaultCase, type Stage } from './fault-case.ts';

/** The session of the room. */
export const SESSION_ID = newSessionId();
/** The session of a room that is full. */
export const FULL_SESSION_ID = newSessionId();
export const BANNED_CONNECTION = '0b4e7f0a-8f43-4f4b-9a45-1a7d8f1f4a11';
export const BANNED_SUBJECT = 'mallory';

const [secret] = CALLBACK_SECRETS;
const session = { sessionId: SESSION_ID, projectId: PROJECT_ID };
const started = sessionCallback('sessionCreated', session);
const connected = connectionCallback('connectionCreated', session, {
  connectionId: BANNED_CONNECTION,
  createdAt: Date.now(),
  data: writeIdentity({ sub: BANNED_SUBJECT }),
});

const surplus = connectionCallback(
  'connectionCreated',
  { sessionId: FULL_SESSION_ID, projectId: PROJECT_ID },
  {
    connectionId: '6f2d4a52-51d0-4d0e-9a53-1d5b7a0f3c77',
    createdAt: Date.now(),
    data: writeIdentity({ sub: 'ada' }),
  },
);

const signed = (callback: object, by: string = secret) => {
  const body = JSON.stringify(callback);
  return {
    calls: 'receiveCallback' as const,
    event: callbackEvent(body, `Bearer ${signCallback(body, { secret: by })}`),
  };
};

/** The platform sends the callback again once the fault is over. */
const isAcceptedLater = async ({ platform, dynamoDb, call, ...stage }: Stage) => {
  platform.recover();
  dynamoDb?.recover();
  stage.eventBridge?.recover();
  if ((await call()) !== 200) throw new Error('The callback is not accepted later.');
};

export const callbackCases: readonly FaultCase[] = [
  {
    calls: 'receiveCallback',
    event: callbackEvent(JSON.stringify(started)),
    injected: 'a callback without signature',
    seen: { status: 503, type: 'callback-unsigned-error', retryAfterSeconds: 5 },
    logged: [{ level: 'info', fault: 'CallbackUnsignedError' }],
  },
  {
    ...signed(started, 'another-secret'),
    injected: 'a callback signed with another secret',
    seen: { status: 401, type: 'unauthenticated-error' },
    logged: [
      {
        level: 'info',
        fault: 'UnauthenticatedError',
        reason: 'a signature that none of callbackSecrets has made',
      },
    ],
  },
  {
    ...signed({ ...started, projectId: '87654321' }),
    injected: 'a signed callback of another project',
    seen: { status: 403, type: 'forbidden-error' },
    logged: [{ level: 'info', fault: 'ForbiddenError', reason: 'names another project' }],
  },
  {
    ...signed([]),
    injected: 'a signed body that is not a callback',
    seen: { status: 400, type: 'validation-error' },
    logged: [{ level: 'info', fault: 'ValidationError' }],
  },
  {
    ...signed(started),
    options: { secret: OPENTOK_SECRET },
    injected: 'the secret has no `callbackSecrets`',
    seen: { status: 503, type: 'configuration-error', retryAfterSeconds: 60 },
    logged: [{ level: 'error', fault: 'ConfigurationError', reason: 'callbackSecrets is missing' }],
  },
  {
    ...signed(started),
    inject: ({ dynamoDb }) => dynamoDb?.fail(dynamoFaults.throughputExceeded, always),
    injected: 'the table throttles every call for a callback',
    seen: { status: 503, type: 'room-store-unavailable-error', retryAfterSeconds: 1 },
    logged: [{ level: 'error', fault: 'RoomStoreUnavailableError' }],
    after: isAcceptedLater,
  },
  {
    ...signed(started),
    inject: ({ eventBridge }) => eventBridge?.fail(eventFaults.internal, always),
    injected: 'the bus fails for a callback',
    seen: { status: 503, type: 'result-publish-error', retryAfterSeconds: 1 },
    logged: [{ level: 'error', fault: 'ResultPublishError' }],
    after: isAcceptedLater,
  },
  {
    ...signed(connected),
    inject: ({ platform }) => platform.fail(platformFaults.unavailable, always),
    injected: 'the platform cannot disconnect a banned person who connects',
    seen: { status: 503, type: 'platform-unavailable-error', retryAfterSeconds: 5 },
    logged: [{ level: 'error', fault: 'PlatformUnavailableError' }],
    after: isAcceptedLater,
  },
  {
    ...signed(surplus),
    inject: ({ platform }) => platform.fail(platformFaults.unavailable, always),
    injected: 'the platform cannot disconnect a person who connects to a full room',
    seen: { status: 503, type: 'platform-unavailable-error', retryAfterSeconds: 5 },
    logged: [{ level: 'error', fault: 'PlatformUnavailableError' }],
    after: isAcceptedLater,
  },
  {
    ...signed(connected),
    inject: ({ platform }) => platform.leave(SESSION_ID, BANNED_CONNECTION),
    injected: 'a banned person who connects has left before they are disconnected',
    seen: { status: 200 },
  },
];
