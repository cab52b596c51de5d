/**
 * One request of nobody's, answered before Lambda ends the initialization, so that the first caller's
 * request is the second one to run: its code is compiled and the threads that sign are started, on a
 * whole processor instead of the fraction of one that an invocation gets. Its token goes nowhere.
 *
 * Once the secret is there and not while it is on its way: the answer would find the thread busy, and
 * the start as a whole take a tenth longer (docs/benchmarks.md).
 */

import type { Project } from '../domain/project.ts';
import type { LambdaHandler } from '../events/handler.ts';
import type { Runtime } from './runtime.ts';

/** @param open makes the handler; it gets a runtime that logs nothing and lets in whom IAM let in */
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
