/**
 * `protectRooms=true`: how the table is first created, and that nothing removes it.
 */
import { describe, expect, inject, it } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const { template, fullTemplate } = inject('packaged');
const startAws = closedAfterEach(startFakeAws);
const isProtected = ({ Resources }: { Resources: Record<string, { Properties: object }> }) =>
  (Resources['RoomsTable']?.Properties as { DeletionProtectionEnabled?: boolean })
    ?.DeletionProtectionEnabled;

async function prepare(operations: Operations, next = fullTemplate) {
  const aws = await startAws(operations);
  const plugin = await drivePlugin('protect-rooms', { aws, next });
  await plugin.run('before:deploy:deploy');
  return plugin.service.provider;
}

describe('a deployment with a protected table', () => {
  it('creates it with the stack, and protects it afterwards', async () => {
    const { coreCloudFormationTemplate, compiledCloudFormationTemplate } = await prepare(noStack);
    expect(Object.keys(coreCloudFormationTemplate.Resources)).toEqual([
      'ServerlessDeploymentBucket',
      'RoomsTable',
    ]);
    expect(isProtected(coreCloudFormationTemplate)).toBe(false);
    expect(isProtected(compiledCloudFormationTemplate)).toBe(true);
  });

  it('creates it with the stack only if there is no stack', async () => {
    const { coreCloudFormationTemplate } = await prepare(runningStack(fullTemplate));
    expect(coreCloudFormationTemplate.Resources).not.toHaveProperty('RoomsTable');
  });
});

describe("the stack's own protection", () => {
  it.each([
    ['is switched off with that of the table', fullTemplate, template, false],
    ['stays as an operator set it if the table was never protected', template, template, undefined],
    ['stays on while the table is protected', fullTemplate, fullTemplate, undefined],
  ])('%s', async (_, deployed, next, expected) => {
    const { deletionProtection } = await prepare(runningStack(deployed), next);
    expect(deletionProtection).toBe(expected);
  });
});

describe('serverless remove', () => {
  const table = (DeletionProtectionEnabled: boolean) => ({
    DescribeTable: () => ({ Table: { TableName: 'rooms', DeletionProtectionEnabled } }),
  });
  const remove = async (operations: Operations) => {
    const aws = await startAws(operations);
    const plugin = await drivePlugin('protect-rooms', { aws });
    return plugin.run('before:remove:remove');
  };
  const outputs = { RoomsTableName: 'rooms' };
  /** CloudFormation has no template before the first change set is executed. */
  const noTemplate = { GetTemplate: () => ({ TemplateBody: '' }) };

  it.each([
    ['by the template', { ...runningStack(fullTemplate, outputs), ...table(false) }],
    ['by hand', { ...runningStack(template, outputs), ...table(true) }],
  ])('stops before it deletes anything when the table is protected: %s', async (_, operations) => {
    await expect(remove(operations)).rejects.toThrow(
      /nothing was deleted.*table rooms.*--param="accept=protectRooms"/s,
    );
  });

  it.each([
    ['without protection', { ...runningStack(template, outputs), ...table(false) }],
    ['without a table', runningStack(template, outputs)],
    [
      'that uses a protected table of another stack',
      { ...runningStack({}, outputs), ...table(true) },
    ],
    ['that does not exist', noStack],
    ['in REVIEW_IN_PROGRESS', { ...runningStack({}, {}, 'REVIEW_IN_PROGRESS'), ...noTemplate }],
    ['in ROLLBACK_COMPLETE', runningStack(fullTemplate, {}, 'ROLLBACK_COMPLETE')],
  ])('continues with a stack %s', async (_, operations) => {
    await expect(remove(operations)).resolves.toBeUndefined();
  });
});
