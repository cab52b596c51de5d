/** AWS operations as a function sends them, signed for the account of the stand-ins. */

import type { Aws } from '../../lib/network/aws-operation.ts';
import { createNetwork } from '../../lib/wiring/network.ts';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';

/** Opens separate connections and reads nothing from this process's environment. */
export function createLocalAws(changed: Partial<Aws> = {}): Aws {
  const environment = localAwsEnvironment();
  return {
    ...createNetwork().aws,
    readEnvironment: () => ({
      region: environment['AWS_REGION'],
      accessKeyId: environment['AWS_ACCESS_KEY_ID'],
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'],
      sessionToken: undefined,
      traceId: undefined,
    }),
    ...changed,
  };
}

/** Much longer than any call takes; a test that hangs ends by the test runner's timeout. */
const NEVER_MS = 10 * 60 * 1000;

/**
 * The same without timeouts, for tests of what a table or a service decides. On a busy machine a call
 * can take longer than production allows, and a retried call is a different case from a single one.
 */
export function createPatientAws(changed: Partial<Aws> = {}): Aws {
  const { send, timing, ...rest } = createLocalAws(changed);
  return {
    ...rest,
    send: (request) => send({ ...request, timeoutMs: NEVER_MS }),
    timing: { ...timing, now: () => 0 },
  };
}
