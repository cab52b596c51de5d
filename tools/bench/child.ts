/** Starts a measured process with Lambda's environment and reads what it measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { testCertificatePath } from '../../stand-ins/test-certificate.ts';
import type { BuiltRow } from './build.ts';
import { apiKey, applicationId } from './project.ts';
import type { StandInsReady } from './stand-ins.ts';

const ids = {
  opentok: mintSessionId({ projectId: apiKey }),
  vonage: mintSessionId({ projectId: applicationId }),
};

/** API Gateway's event (payload 2.0) for a row. */
export function eventFor({ makes, project }: Pick<BuiltRow, 'makes' | 'project'>): object {
  const isSession = makes === 'session';
  const path = isSession ? '/sessions' : `/sessions/${ids[project]}/tokens`;
  const routeKey = isSession ? 'POST /sessions' : 'POST /sessions/{sessionId}/tokens';
  const body = isSession
    ? { mediaMode: 'routed' }
    : { role: 'moderator', data: 'name=Ada Lovelace;seat=12' };
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip, deflate, br',
      'content-length': '58',
      'content-type': 'application/json',
      host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'x-amzn-trace-id': 'Root=1-68f0c0de-0123456789abcdef01234567',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '000000000000',
      apiId: 'abcdefghij',
      authorizer: {
        iam: {
          accessKey: 'ASIAEXAMPLE',
          accountId: '000000000000',
          callerId: 'AROAEXAMPLE:booking',
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: 'arn:aws:sts::000000000000:assumed-role/booking/booking',
          userId: 'AROAEXAMPLE:booking',
        },
      },
      domainName: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'abcdefghij',
      http: {
        method: 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey,
      stage: '$default',
      time: '23/Nov/2026:12:00:00 +0000',
      timeEpoch: 1795435200000,
    },
    ...(isSession ? {} : { pathParameters: { sessionId: ids[project] } }),
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

/** What Lambda sets for a function, and where the stand-ins are. */
function environmentFor(project: BuiltRow['project'], standIns: StandInsReady) {
  return {
    ...localAwsEnvironment({ secretsManager: standIns.secretsManagerUrl }),
    AWS_SESSION_TOKEN: 'local-session-token',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _X_AMZN_TRACE_ID: 'Root=1-68f0c0de-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: process.env['PATH'],
    SECRET_ID: project,
    AUTH: 'iam',
    VIDEO_API_URL: standIns.platformUrl,
    NODE_EXTRA_CA_CERTS: testCertificatePath,
  };
}

export interface ChildRun {
  readonly script: string;
  readonly row: Pick<BuiltRow, 'file' | 'makes' | 'project' | 'name'>;
  readonly args?: readonly string[];
}

/** @returns what the script wrote to file descriptor 3; what it logs goes nowhere */
export async function runChild<Measured>(
  { script, row, args = [] }: ChildRun,
  standIns: StandInsReady,
): Promise<Measured> {
  const scriptPath = new URL(script, import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [scriptPath, row.file, JSON.stringify(eventFor(row)), ...args],
    { env: environmentFor(row.project, standIns), stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const closed = once(child, 'close');
  const [measured, errors] = await Promise.all([
    text(child.stdio[3] as Readable),
    text(child.stdio[2] as Readable),
  ]);
  const [code] = await closed;
  if (code !== 0 || measured === '') throw new Error(`${row.name} ended with ${code}: ${errors}`);
  return JSON.parse(measured);
}
