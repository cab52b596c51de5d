/**
 * Checks before a deployment creates anything. The rehearsal (tools/rehearsal) proves that the whole command
 * stops there.
 */
import { describe, expect, inject, it, vi } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const { template, fullTemplate } = inject('packaged');
const startAws = closedAfterEach(startFakeAws);
const refuse = (name: string, message: string) => () => {
  throw new AwsError(name, message);
};
const secret: Operations = { DescribeSecret: () => ({ Name: 'video/prod' }) };

async function deploy({
  operations,
  next = template,
  accept = [],
  recorded = {},
  hook = 'before:deploy:deploy',
}: {
  operations: Operations;
  next?: typeof template;
  accept?: readonly string[];
  recorded?: object;
  hook?: string;
}) {
  const aws = await startAws(operations);
  const plugin = await drivePlugin('guard-deployment', {
    aws,
    parameters: { values: { accept, auth: 'iam' }, recorded },
    next,
    environment: { SECRET_ID: 'video/prod' },
  });
  const said = await plugin.run(hook).then(
    () => '',
    (cause: Error) => cause.message,
  );
  return { said, calls: aws.calls() };
}

describe('the secret', () => {
  it('stops a deployment if it is missing, with the command that creates it in that region', async () => {
    const { said, calls } = await deploy({
      operations: { DescribeSecret: refuse('ResourceNotFoundException', 'not found') },
    });
    expect(said).toContain('nothing was created');
    expect(said).toContain('The secret video/prod does not exist in eu-west-1.');
    expect(said).toContain('aws secretsmanager create-secret --region eu-west-1 --name video/prod');
    expect(calls).toEqual(['DescribeSecret']);
  });

  it('stops a deployment if it is scheduled for deletion, with the command that restores it', async () => {
    const { said } = await deploy({
      operations: { DescribeSecret: () => ({ DeletedDate: 1_700_000_000 }) },
    });
    expect(said).toContain(
      'aws secretsmanager restore-secret --region eu-west-1 --secret-id video/prod',
    );
  });

  it('only warns if it may not be described', async () => {
    const warn = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { said, calls } = await deploy({
      operations: { DescribeSecret: refuse('AccessDeniedException', 'not allowed'), ...noStack },
    });
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      'The secret video/prod in eu-west-1 was not checked: not allowed',
    );
    expect(said).toBe('');
    expect(calls).toContain('DescribeStacks');
  });

  it('stops a deployment for any other error of AWS', async () => {
    const { said } = await deploy({
      operations: { DescribeSecret: refuse('UnrecognizedClientException', 'who are you') },
    });
    expect(said).toContain('who are you');
  });
});

describe('the stack that runs', () => {
  it('stops a deployment that takes something away, by each name and with what differs', async () => {
    const { said } = await deploy({
      operations: {
        ...secret,
        ...runningStack(fullTemplate, { Parameters: '{"auth":"jwt","queueTrigger":"true"}' }),
      },
      recorded: { auth: 'iam' },
    });
    expect(said).toContain('nothing was created');
    expect(said).toContain('\n  - auth: iam instead of jwt');
    expect(said).toContain('\n  - SessionRequests: the queue, with the messages in it');
    expect(said).toContain('\n  - protectRooms: RoomsTable can be deleted');
    expect(said).toContain('\n  queueTrigger: true becomes nothing');
    expect(said).toContain('stages/prod.yml');
  });

  it('lets it go on with the consent that the refusal spells out, and not with less', async () => {
    const operations = { ...secret, ...runningStack(fullTemplate) };
    const { said } = await deploy({ operations });
    const [, names = ''] = /--param="accept=([^"]+)"/.exec(said) ?? [];
    const [first, ...others] = names.split(',');
    expect(await deploy({ operations, accept: names.split(',') })).toMatchObject({ said: '' });
    const partly = await deploy({ operations, accept: others });
    expect(partly.said.match(/^ {2}- (\w+)/gm)).toEqual([`  - ${first}`]);
  });

  it.each([
    ['is not there yet', noStack],
    ['has all of it', runningStack(template)],
    ['was not made by this project’s template', runningStack({ Resources: {} })],
  ])('lets it go on when it %s', async (_, stack) => {
    const { said } = await deploy({ operations: { ...secret, ...stack } });
    expect(said).toBe('');
  });

  it('stops a change between simple and failover records, which accept cannot allow', async () => {
    const failover = structuredClone(fullTemplate);
    const record = failover.Resources['HttpApiDomainRecord'] ?? expect.fail();
    record.Properties['SetIdentifier'] = 'eu-west-1';
    const withoutRecords = structuredClone(fullTemplate);
    for (const id of ['HttpApiDomainRecord', 'HttpApiDomainRecordV6']) {
      delete (withoutRecords.Resources as Record<string, unknown>)[id];
    }
    const change = async (from: typeof template, to: typeof template, accept: string[] = []) =>
      (await deploy({ operations: { ...secret, ...runningStack(from) }, next: to, accept })).said;
    for (const [from, to] of [
      [fullTemplate, failover],
      [failover, fullTemplate],
    ] as const) {
      expect(await change(from, to)).toContain('the two kinds cannot coexist. Deploy twice:');
      expect(await change(from, to, ['hostedZoneId'])).toContain('cannot coexist');
    }
    expect(await change(failover, failover)).toBe('');
    expect(await change(fullTemplate, withoutRecords)).toContain(
      `- hostedZoneId: the DNS records of video.example.com in the zone Z0123456789ABCDEFGHIJ`,
    );
    expect(await change(fullTemplate, withoutRecords, ['hostedZoneId'])).toBe('');
    expect(await change(withoutRecords, failover)).toBe('');
  });

  it('refuses consent to what is not lost, so that none is left in a script', async () => {
    const { said } = await deploy({
      operations: { ...secret, ...runningStack(template) },
      accept: ['auth'],
    });
    expect(said).toContain('accept names auth, which this deployment does not remove');
  });

  it.each(['DescribeStacks', 'GetTemplate'])(
    'stops it when %s is not allowed, and says what is missing',
    async (operation) => {
      const { said } = await deploy({
        operations: {
          ...secret,
          ...runningStack(template),
          [operation]: refuse('AccessDenied', 'no policy allows that'),
        },
      });
      expect(said).toContain('nothing was created');
      expect(said).toContain('cloudformation:DescribeStacks and cloudformation:GetTemplate');
      expect(said).toContain('no policy allows that');
    },
  );
});

describe('a stack that CloudFormation does not update', () => {
  const remove = 'npx serverless remove --stage prod --region eu-west-1';

  it.each([
    ['REVIEW_IN_PROGRESS', remove],
    ['ROLLBACK_COMPLETE', remove],
    ['ROLLBACK_FAILED', remove],
    ['DELETE_FAILED', remove],
    [
      'UPDATE_ROLLBACK_FAILED',
      'aws cloudformation continue-update-rollback --region eu-west-1 --stack-name opentok-sessions-prod',
    ],
    ['UPDATE_IN_PROGRESS', 'Wait until it has finished'],
    ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'Wait until it has finished'],
  ])('stops in %s and prints the way out, not what would be removed', async (status, wayOut) => {
    const { said } = await deploy({
      operations: { ...secret, ...runningStack(fullTemplate, {}, status) },
    });
    expect(said).toContain('nothing was created');
    expect(said).toContain(`The stack opentok-sessions-prod is ${status}.`);
    expect(said).toContain(wayOut);
    expect(said).not.toContain('take away');
  });

  it.each(['CREATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])(
    'is none that is %s',
    async (status) => {
      const operations = { ...secret, ...runningStack(template, {}, status) };
      expect(await deploy({ operations })).toMatchObject({ said: '' });
    },
  );
});

describe('a function deployed alone', () => {
  const hook = 'before:deploy:function:initialize';
  const running = (auth: string) => runningStack(template, { Parameters: `{"auth":"${auth}"}` });

  it('is stopped when it would take its callers for others', async () => {
    const { said } = await deploy({ operations: running('jwt'), hook });
    expect(said).toContain('- auth: iam instead of jwt, behind routes of jwt');
    expect(await deploy({ operations: running('jwt'), hook, accept: ['auth'] })).toMatchObject({
      said: '',
    });
  });

  it('goes on with the parameter of its stack', async () => {
    expect(await deploy({ operations: running('iam'), hook })).toMatchObject({ said: '' });
  });
});
