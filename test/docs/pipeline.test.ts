/** The workflow that deploys, and the role that it assumes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, { readonly environment?: string; steps: Step[] }>>;
}

interface Step {
  readonly run?: string;
}

const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

describe('.github/workflows/deploy.yml', () => {
  const workflow: Workflow = parse(read('.github/workflows/deploy.yml'));

  it('starts by hand only, in the environment of the stage', () => {
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch']);
    expect(workflow.jobs['deploy']?.environment).toMatch(/^\$\{\{ inputs\.stage \}\}$/);
  });

  it('runs the commands that docs/pipeline.md lists, in that order', () => {
    const commands = stepsOf(workflow).flatMap(
      ({ run = '' }) => run.match(/npx serverless \w+/) ?? [],
    );
    const rows = [...read('docs/pipeline.md').matchAll(/^\| `(npx serverless \w+)` \|/gm)];
    expect(commands).toEqual(rows.map(([, command]) => command));
  });
});

describe('docs/deploy-role.yml', () => {
  // The tags !Ref and !GetAtt are CloudFormation's.
  const text = read('docs/deploy-role.yml').replaceAll(/!(?:Ref|GetAtt) /g, '');
  const { Parameters, Resources } = parse(text);
  const subject = new RegExp(Parameters.Subject.AllowedPattern);

  it.each([
    'repo:my-company/video:environment:prod',
    'repo:my-company@1234/video@5678:environment:prod',
  ])('accepts the subject %s', (claim) => {
    expect(claim).toMatch(subject);
  });

  it.each([
    'repo:my-company/*:environment:prod',
    'repo:my-company/video:*',
    'repo:my-company/video:ref:refs/heads/main',
    'my-company/video:environment:prod',
  ])('rejects the subject %s', (claim) => {
    expect(claim).not.toMatch(subject);
  });

  it('trusts only tokens with that subject and for AWS', () => {
    const [statement] = Resources.DeployRole.Properties.AssumeRolePolicyDocument.Statement;
    expect(statement.Condition).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': 'Subject',
      },
    });
  });
});
