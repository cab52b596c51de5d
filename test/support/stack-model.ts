import type { StackModel } from '../../tools/stack-model.ts';

export interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The statements of a role's own policies. */
export function statementsOf({ resources }: StackModel, roleId: string): Statement[] {
  const { Policies = [] } = resources[roleId]?.Properties ?? {};
  return Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) =>
      PolicyDocument.Statement,
  );
}
