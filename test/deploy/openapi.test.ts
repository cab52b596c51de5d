/** The document describes exactly the routes of the deployment. */
import { describe, expect, inject, it } from 'vitest';
import { buildDocument } from '../../tools/openapi/document.ts';
import type { Template } from '../../tools/package-service.ts';

const { template, fullTemplate } = inject('packaged');
const { paths } = buildDocument();
const documented = Object.entries(paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
);

function routesOf({ Resources }: Template): string[] {
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => Properties['RouteKey']);
}

describe('docs/openapi.json', () => {
  it('has the routes of a deployment with everything on, and the one for back ends only', () => {
    const all = [...routesOf(fullTemplate), 'POST /tokens/inspect'];
    expect(documented.sort()).toEqual(all.sort());
  });

  it('has every route of a deployment with nothing on', () => {
    expect(documented).toEqual(expect.arrayContaining(routesOf(template)));
  });

  it('is served only with `describe=true`, by a function that may only write its log', () => {
    expect(template.Resources).not.toHaveProperty('DescribeApiLambdaFunction');
    expect(fullTemplate.Resources).toHaveProperty('DescribeApiLambdaFunction');
    const [policy] = fullTemplate.Resources['DescribeApiRole']?.Properties['Policies'] ?? [];
    const allowed = policy.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    );
    expect(allowed.filter((action: string) => !action.startsWith('xray:'))).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });
});
