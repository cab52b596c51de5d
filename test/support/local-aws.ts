/** Calls to AWS as a function makes them, for the stand-ins' made-up account. */

import type { Aws } from '../../lib/network/aws-operation.ts';
import { createNetwork } from '../../lib/wiring/network.ts';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';

/** Connections of its own, and nothing of this process's environment. */
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
