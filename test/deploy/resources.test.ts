/** docs/resources.md, and the model of the stack that it is made from. */
import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import type { Template } from '../../tools/package-service.ts';
import { deployments } from '../../tools/rehearsal/deployments.ts';
import { describeResources } from '../../tools/resources-page.ts';
import { modelStack } from '../../tools/stack-model.ts';

const { template, fullTemplate } = inject('packaged');
type Typed = Readonly<Record<string, { readonly Type: string }>>;
const typesOf = (resources: Typed) =>
  Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]));

describe('the model of the stack', () => {
  it.each<[string, Template, Record<string, string>]>([
    ['nothing configured', template, deployments.iam],
    ['everything on', fullTemplate, deployments['jwt, everything on']],
  ])('has the resources of the packaged template with %s', async (_, packaged, params) => {
    const { resources } = await modelStack(params, 'dev');
    expect(typesOf(resources)).toEqual(typesOf(packaged.Resources));
  });

  it('has the properties that this project sets in the packaged template', async () => {
    const { resources } = await modelStack(deployments['jwt, everything on'], 'dev');
    const ours = ['AWS::SQS::Queue', 'AWS::CloudWatch::Alarm', 'AWS::Events::Rule'];
    for (const [id, { Type, Properties }] of Object.entries(fullTemplate.Resources)) {
      if (ours.includes(Type)) expect(resources[id]?.Properties, id).toMatchObject(Properties);
    }
  });
});

describe('docs/resources.md', () => {
  it('is what serverless.yml and deploy/ say (npm run docs:resources)', async () => {
    const page = await readFile(new URL('../../docs/resources.md', import.meta.url), 'utf8');
    expect(page).toBe(await describeResources());
  });
});
