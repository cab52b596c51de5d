/** A company's account, as docs/deployment.md describes it: boundary, customer key, CloudFormation's service role. */
import { readFile } from 'node:fs/promises';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { account, type Emulator } from './emulators.ts';

const page = new URL('../../docs/deployment.md', import.meta.url);

/** Reads the actions in the table of "A boundary must allow". */
export async function readBoundaryActions(): Promise<string[]> {
  const [, table = ''] =
    /\*\*A boundary\*\* must allow([\s\S]*?)\n\n\w/.exec(await readFile(page, 'utf8')) ?? [];
  return table.split('\n').flatMap((row) => {
    const [, cell = ''] = row.split('|');
    const names = [...cell.matchAll(/`([\w:-]+)`/g)].map(([, name = '']) => name);
    // The first action of a cell names the service of the others.
    const service = names[0]?.split(':')[0];
    return names.map((name) => (name.includes(':') ? name : `${service}:${name}`));
  });
}

/** Reads the statements of the key's policy in "A customer key for data", for the region eu-west-1. */
export async function readKeyStatements(): Promise<{ readonly Sid: string }[]> {
  const [, json = ''] = /```json\n(\[[\s\S]*?\n\])\n```/.exec(await readFile(page, 'utf8')) ?? [];
  return JSON.parse(json);
}

/**
 * Creates what the company requires.
 *
 * @param policies of CloudFormation's service role
 * @returns the parameters of a stage under these rules
 */
export async function createCompany(
  { clientConfig }: Emulator,
  policies: Readonly<Record<string, object>>,
): Promise<Record<string, string>> {
  const iam = new IAMClient(clientConfig);
  const createPolicy = async (name: string, document: object) => {
    const PolicyDocument = JSON.stringify(document);
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: name, PolicyDocument }),
    );
    return Policy?.Arn ?? '';
  };
  const permissionsBoundaryArn = await createPolicy(
    'boundary',
    toPolicy([{ Effect: 'Allow', Action: await readBoundaryActions(), Resource: '*' }]),
  );
  const RoleName = 'cloudformation';
  const trust = [
    {
      ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
      Principal: { Service: 'cloudformation.amazonaws.com' },
    },
  ];
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(toPolicy(trust)),
    }),
  );
  for (const [name, document] of Object.entries(policies)) {
    const PolicyArn = await createPolicy(`${RoleName}-${name}`, document);
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  const ofRoot = {
    ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` } },
    ...{ Action: 'kms:*', Resource: '*' },
  };
  const keyPolicy = JSON.stringify(toPolicy([ofRoot, ...(await readKeyStatements())]));
  const { KeyMetadata } = await new KMSClient(clientConfig).send(
    new CreateKeyCommand({
      Policy: keyPolicy.replaceAll('eu-west-1', clientConfig.region),
    }),
  );
  return {
    accountId: account,
    deploymentRoleArn: Role?.Arn ?? '',
    permissionsBoundaryArn,
    dataKeyArn: KeyMetadata?.Arn ?? '',
    vpcSubnetIds: 'subnet-0123456789abcdef0, subnet-0123456789abcdef1',
    vpcSecurityGroupIds: 'sg-0123456789abcdef0',
  };
}

function toPolicy(statements: readonly object[]) {
  return { Version: '2012-10-17', Statement: statements };
}
