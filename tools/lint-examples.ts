/**
 * `npm run lint:examples`: checks examples/sam, examples/cdk and examples/terraform with their own tools, and compares each
 * with the template that `serverless package` writes, with callers that sign and with end users. A setting of the two core
 * functions or their API that differs is an error.
 */
import { deepStrictEqual } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { prepareCdk, synthesize } from './examples/cdk.ts';
import { type Facts, type Json, readTemplate } from './examples/facts.ts';
import { parseTemplate } from './examples/parse-template.ts';
import { readTerraform } from './examples/terraform.ts';
import { copyService, packageService, skipBundling } from './package-service.ts';
import { findPython, MissingToolError } from './python.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

const HANDLERS = ['handlers/create-session.handler', 'handlers/issue-token.handler'];
const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:video/project-AbCdEf';
const issuer = 'https://login.example.com/';
const audience = ['web-client', 'app-client'];
const corsOrigins = ['https://app.example.com'];

/** One set of inputs per way to call, in the form of each tool. */
const INPUTS = {
  iam: {
    service: { secretId: secretArn },
    sam: { SecretArn: secretArn },
    cdk: ['-c', `secretArn=${secretArn}`],
    terraform: { secret_arn: secretArn, issuer: '', audience: [], cors_origins: [] },
  },
  jwt: {
    service: {
      ...{ secretId: secretArn, auth: 'jwt', issuer },
      ...{ audience: audience.join(), corsOrigins: corsOrigins.join() },
    },
    sam: { SecretArn: secretArn, Issuer: issuer, Audience: audience, CorsOrigins: corsOrigins },
    cdk: [
      ...['-c', `secretArn=${secretArn}`, '-c', `issuer=${issuer}`],
      ...['-c', `audience=${audience.join()}`, '-c', `corsOrigins=${corsOrigins.join()}`],
    ],
    terraform: { secret_arn: secretArn, issuer, audience, cors_origins: corsOrigins },
  },
};

const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-examples-'));
try {
  const python = await findPython();
  const empty = zipSync({});
  const cdk = await prepareCdk(join(folder, 'cdk'), { createSession: empty, issueToken: empty });
  const sam = parseTemplate(await readFile(join(root, 'examples/sam/template.yml'), 'utf8'));
  const hcl = await readHcl(python);
  await checkTerraformFormat();
  const synthesized: string[] = [];
  for (const [name, inputs] of Object.entries(INPUTS)) {
    const expected = await readService(inputs.service);
    const template = await synthesize(cdk, inputs.cdk, join(folder, `cdk-${name}`));
    synthesized.push(template);
    const cdkTemplate = JSON.parse(await readFile(template, 'utf8'));
    compare(`examples/sam (${name})`, readTemplate(sam, inputs.sam, HANDLERS), expected);
    compare(`examples/cdk (${name})`, readTemplate(cdkTemplate, {}, HANDLERS), expected);
    compare(`examples/terraform (${name})`, readTerraform(hcl, inputs.terraform), expected);
  }
  await runCfnLint(python, ['examples/sam/template.yml', ...synthesized]);
} catch (cause) {
  console.error(cause instanceof Error ? messageOf(cause) : cause);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function messageOf(error: Error & { readonly stdout?: string; readonly stderr?: string }): string {
  if (error instanceof MissingToolError) return error.message;
  return [error.message, error.stdout, error.stderr].filter(Boolean).join('\n');
}

function compare(example: string, actual: Facts, expected: Facts): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    throw new Error(`${example} differs from the service's own template.\n${error}`);
  }
  console.log(`${example}: the same functions, roles, routes and logs as the service's template`);
}

async function readService(params: Readonly<Record<string, string>>): Promise<Facts> {
  const service = await copyService();
  try {
    await skipBundling(service);
    const { template } = await packageService(service, params);
    const facts = readTemplate(template, {}, HANDLERS);
    // The service has more routes, so its pages may use more methods.
    return {
      ...facts,
      ...(facts.cors && { cors: { ...facts.cors, methods: ['OPTIONS', 'POST'] } }),
    };
  } finally {
    await service.remove();
  }
}

async function readHcl(python: string): Promise<Json> {
  const script = 'import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))';
  const { stdout } = await run(python, ['-c', script, join(root, 'examples/terraform/main.tf')]);
  return JSON.parse(stdout);
}

/**
 * Terraform is not in npm or PyPI, and its provider is in its own registry only. A job of the workflow `check` validates
 * the example; here, the format is checked where Terraform is installed.
 */
async function checkTerraformFormat(): Promise<void> {
  const options = { cwd: join(root, 'examples/terraform') };
  const isInstalled = await run('terraform', ['version'], options).then(
    () => true,
    () => false,
  );
  if (!isInstalled) {
    console.log('examples/terraform: format not checked, because terraform is not installed');
    return;
  }
  await run('terraform', ['fmt', '-check', '-diff'], options);
  console.log('examples/terraform: formatted');
}

async function runCfnLint(python: string, templates: readonly string[]): Promise<void> {
  await run(
    python,
    [
      join(dirname(python), 'cfn-lint'),
      // The CDK writes some DependsOn that a reference implies; they change nothing.
      ...['--ignore-checks', 'W3005', '--regions', 'ALL_REGIONS', '--'],
      ...templates,
    ],
    { cwd: root },
  );
  console.log(`cfn-lint: ${templates.length} templates of examples, no warnings in any region`);
}
