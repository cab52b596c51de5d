/** The document has the routes of the deployment, all of them and no others. */
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
  it('has the routes of a deployment with everything on, and the one that end users never get', () => {
    const all = [...routesOf(fullTemplate), 'POST /tokens/inspect'];
    expect(documented.sort()).toEqual(all.sort());
  });

  it('has every route of a deployment with nothing on', () => {
    expect(documented).toEqual(expect.arrayContaining(routesOf(template)));
  });

  it('is served by a function of its own with `describe=true` alone, which may write its log and nothing else', () => {
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
