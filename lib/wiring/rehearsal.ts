/**
 * Handles one synthetic request during initialization, so the first real request runs warm code: it is
 * compiled and the signing threads are started, on a whole processor instead of the fraction of one that
 * an invocation gets. The token is discarded.
 *
 * It runs after the secret has arrived. In parallel with the read it would occupy the thread when the
 * response arrives, and the initialization would take a tenth longer (docs/benchmarks.md).
 */

import type { Project } from '../domain/project.ts';
import type { LambdaHandler } from '../events/handler.ts';
import type { Runtime } from './runtime.ts';

/** @param open creates the handler, from a runtime that logs nothing and trusts IAM callers */
export async function rehearse(
  runtime: Runtime,
  open: (runtime: Runtime) => LambdaHandler,
  { id }: Project,
): Promise<void> {
  const config = { ...runtime.config, auth: 'iam' } as const;
  const handler = open({ ...runtime, config, log: () => undefined });
  await handler(buildEvent(id), { awsRequestId: 'rehearsal' });
}

function buildEvent(projectId: string): object {
  const sessionId = `1_${Buffer.from(`1~${projectId}~~0~rehearsal`).toString('base64url')}`;
  return {
    rawPath: '/sessions/rehearsal/tokens',
    requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: 'rehearsal' } } },
    headers: { 'content-type': 'application/json' },
    pathParameters: { sessionId },
    body: JSON.stringify({ role: 'publisher', data: 'rehearsal' }),
  };
}
