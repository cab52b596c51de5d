/**
 * The network of a container. All calls to the platform and to AWS share its connections, clock and user
 * agent. Reads Lambda's own environment variables.
 */
import { setTimeout } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import type { Aws } from '../network/aws-operation.ts';
import { type AwsEnvironment, createSigningClock } from '../network/aws-signing.ts';
import type { Timing } from '../network/retry.ts';
import { createSender, type Sender } from '../network/send.ts';

export interface Network extends Sender {
  /** `opentok-sessions/<version>`, for the operators of the called services. */
  readonly userAgent: string;
  readonly timing: Timing;
  readonly aws: Aws;
}

/** Creates the network. Call it once per container. */
export function createNetwork(): Network {
  const sender = createSender(Date.now);
  const userAgent = `opentok-sessions/${manifest.version}`;
  const timing = { now: () => performance.now(), pause: setTimeout, random: Math.random };
  const aws = {
    send: sender.send,
    timing,
    signingClock: createSigningClock(Date.now),
    readEnvironment: () => readAwsEnvironment(process.env),
    userAgent,
  };
  return { ...sender, userAgent, timing, aws };
}

function readAwsEnvironment(environment: NodeJS.ProcessEnv): AwsEnvironment {
  return {
    region: environment['AWS_REGION'],
    accessKeyId: environment['AWS_ACCESS_KEY_ID'],
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'],
    sessionToken: environment['AWS_SESSION_TOKEN'],
    traceId: environment['_X_AMZN_TRACE_ID'],
  };
}
