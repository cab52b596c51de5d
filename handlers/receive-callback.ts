/**
 * `POST /callbacks`: receives the platform's callbacks, and publishes them as events. Part of a deployment with
 * `liveRooms=true`.
 */

import { parseCallbackVerifier } from '../lib/credentials/callback-verifier.ts';
import { createHandler } from '../lib/events/handler.ts';
import { readBodyBytes } from '../lib/events/http-request.ts';
import {
  parseDirectCallback,
  readCallbackRequest,
  toCallbackLogFields,
} from '../lib/live/routes/callback-route.ts';
import { createReceiveCallback } from '../lib/live/use-cases/receive-callback.ts';
import { createCallbackDeps } from '../lib/wiring/callbacks.ts';
import { readTableConfig } from '../lib/wiring/config.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const tableConfig = readTableConfig(environment);
const runtime = createRuntime(environment, parseCallbackVerifier);

export const handler = createHandler(runtime, {
  name: 'receiveCallback',
  // The route has no authorizer: the signature identifies the platform.
  isPublic: true,
  readBody: readBodyBytes,
  fromHttp: readCallbackRequest,
  fromDirect: parseDirectCallback,
  toStatus: () => 200,
  toBody: () => ({}),
  run: createReceiveCallback(createCallbackDeps(runtime, tableConfig)),
  toLogFields: toCallbackLogFields,
});

await warmUp(runtime, { toFirstUrl: () => tableConfig.dynamoDbUrl });
