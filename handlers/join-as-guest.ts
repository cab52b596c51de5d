/** `POST /invites/tokens`, and direct invocations: lets people without an account join, by an invite. */

import { createHandler } from '../lib/events/handler.ts';
import {
  parseDirectGuestRequest,
  readGuestRoute,
  toGuestStatus,
} from '../lib/rooms/routes/guest-route.ts';
import { createJoinAsGuest } from '../lib/rooms/use-cases/join-as-guest.ts';
import { createTokenSigner } from '../lib/use-cases/issue-token.ts';
import { readGuestConfig } from '../lib/wiring/config.ts';
import { createEnvironmentReader } from '../lib/wiring/environment.ts';
import { createGuestTable } from '../lib/wiring/guests.ts';
import { newRandomText, newTokenIds } from '../lib/wiring/random.ts';
import { createRuntime } from '../lib/wiring/runtime.ts';
import { warmUp } from '../lib/wiring/warm-up.ts';

const environment = createEnvironmentReader(process.env);
const guestConfig = readGuestConfig(environment);
const runtime = createRuntime(environment);
const { projectSecret, now } = runtime;

export const handler = createHandler(runtime, {
  name: 'joinAsGuest',
  // The route has no authorizer: the invite identifies the caller.
  isPublic: true,
  fromHttp: readGuestRoute,
  fromDirect: parseDirectGuestRequest,
  toStatus: toGuestStatus,
  run: createJoinAsGuest({
    ...createGuestTable(runtime, guestConfig),
    projectSecret,
    signToken: createTokenSigner({ now, newTokenIds }),
    newRandomText,
    now,
  }),
  toLogFields: (answer) =>
    'status' in answer
      ? { message: 'caller waits' }
      : { message: 'room joined', sessionId: answer.sessionId, role: answer.role },
});

await warmUp(runtime, { toFirstUrl: () => guestConfig.dynamoDbUrl });
