/**
 * The checks of `serverless doctor --call` and `--ring`, which need a running stack.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { readPhysicalIds } from '../deployed-stack.js';
import {
  type ApiCredentials,
  callAsGuest,
  callAsPlatform,
  callSigned,
  callUnsigned,
  callWithToken,
} from './call.ts';
import { type Check, CheckFailure, type Finding, runCheck } from './check.ts';
import { checkAlarms, checkDrift, checkMappings } from './deployed.ts';
import type { Config, ExamineOptions } from './examine.ts';
import { once } from './once.ts';
import { ring } from './ring.ts';

/** Detecting drift of 200 resources takes minutes. */
const DRIFT_MS = 300_000;
const RING_MS = 60_000;

export function examineStack(options: ExamineOptions): Promise<readonly Finding[]>[] {
  const { config, values, stackName, token } = options;
  const readStack = async () => {
    const stack = await options.readStack();
    if (!stack?.template.Resources)
      throw new CheckFailure(`the stack ${stackName} is not deployed in ${config.region}`);
    return stack;
  };
  const readApiUrl = async () => {
    const { HttpApiUrl: apiUrl } = (await readStack()).outputs;
    if (!apiUrl) throw new CheckFailure(`the stack ${stackName} has no output HttpApiUrl`);
    return apiUrl;
  };
  const readParts = once(async () => ({
    template: (await readStack()).template,
    physicalIds: await readPhysicalIds(config, stackName),
  }));
  const cloudWatch = new CloudWatchClient(config);
  const callAsCaller: Check = async (signal) => {
    const apiUrl = await readApiUrl();
    if (values.auth === 'jwt') return callWithToken({ apiUrl, token }, signal);
    const credentials = await resolveCredentials(config.credentials);
    return callSigned({ apiUrl, region: config.region, credentials }, signal);
  };
  const withoutCredentials =
    (call: (apiUrl: string, signal: AbortSignal) => Promise<string>): Check =>
    async (signal) =>
      call(await readApiUrl(), signal);
  const calls: readonly Check[] = [
    withoutCredentials(callUnsigned),
    callAsCaller,
    ...(values.guests ? [withoutCredentials(callAsGuest)] : []),
    ...(values.liveRooms ? [withoutCredentials(callAsPlatform)] : []),
  ];
  const examineCalled = () => [
    ...calls.map((check) => runCheck('call', check)),
    runCheck('mappings', async (signal) =>
      checkMappings(new LambdaClient(config), await readParts(), signal),
    ),
    runCheck('alarms', async (signal) => checkAlarms(cloudWatch, await readParts(), signal)),
    runCheck(
      'drift',
      async () => {
        await readStack();
        return checkDrift(new CloudFormationClient(config), stackName, DRIFT_MS);
      },
      // Its own error says more.
      DRIFT_MS + RING_MS,
    ),
  ];
  const examined = options.isCalling ? examineCalled() : [];
  const ringAlarms: Check = async (signal) => {
    const [{ status }, stack] = await Promise.all([readStack(), readParts()]);
    return ring({ cloudWatch, sns: new SNSClient(config), stack, status }, signal);
  };
  // Last, so that the check of the alarms does not find what this rings.
  const rung = options.isRinging
    ? [Promise.all(examined).then(() => runCheck('ring', ringAlarms, RING_MS))]
    : [];
  return [...examined, ...rung];
}

async function resolveCredentials(credentials: Config['credentials']): Promise<ApiCredentials> {
  const found = typeof credentials === 'function' ? await credentials() : credentials;
  if (!found) throw new CheckFailure('there are no credentials to sign with');
  return found;
}
