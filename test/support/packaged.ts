/**
 * Runs once before all tests: packages the service as for a deployment and unpacks each zip into an
 * empty folder outside the repo. Tests get the result with `inject('packaged')`.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import {
  copyService,
  packageService,
  type Template,
  temporaryFolderOf,
} from '../../tools/package-service.ts';
import { deployments } from '../../tools/rehearsal/deployments.ts';
import { unzip } from '../../tools/unzip.ts';

export interface PackagedFunction {
  /** The zip that would be uploaded. */
  readonly zipFile: string;
  /** The files in it. */
  readonly files: readonly string[];
  /** The unpacked entry point: import it and call its `handler`. */
  readonly handlerFile: string;
}

export interface Packaged {
  /** By function name, as in serverless.yml. */
  readonly functions: Readonly<Record<string, PackagedFunction>>;
  /** Functions that are off by default. */
  readonly optionalFunctions: Readonly<Record<string, PackagedFunction>>;
  /** Compile cache of the unpacked functions; removed with them. */
  readonly compileCache: string;
  /** Template with the default parameters. */
  readonly template: Template;
  /** Template with `auth=jwt` and every option on. */
  readonly fullTemplate: Template;
  /** Names of the files that packaging left in the temporary folder. */
  readonly temporaryFiles: readonly string[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    packaged: Packaged;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [service, fullService] = await Promise.all([copyService(), copyService()]);
  // Outside the copies: their node_modules would hide a missing dependency of a bundle.
  const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-bundles-'));
  const teardown = async () => {
    await rm(folder, { recursive: true, force: true });
    await Promise.all([service.remove(), fullService.remove()]);
  };
  try {
    const [{ zipFolder, template }, full] = await Promise.all([
      packageService(service, deployments.iam),
      packageService(fullService, deployments['jwt, everything on']),
    ]);
    const functions = await unpackAll({ folder, zipFolder, template });
    const all = await unpackAll({ folder: join(folder, 'full'), ...full });
    const optionalFunctions = Object.fromEntries(
      Object.entries(all).filter(([name]) => !(name in functions)),
    );
    const { template: fullTemplate } = full;
    const temporaryFiles = await readdir(temporaryFolderOf(service.folder));
    const compileCache = join(folder, 'compiled');
    project.provide('packaged', {
      ...{ functions, optionalFunctions, compileCache, template, fullTemplate, temporaryFiles },
    });
  } catch (cause) {
    await teardown();
    throw cause;
  }
  return teardown;
}

async function unpackAll({
  folder,
  zipFolder,
  template,
}: {
  readonly folder: string;
  readonly zipFolder: string;
  readonly template: Template;
}): Promise<Record<string, PackagedFunction>> {
  const functions: Record<string, PackagedFunction> = {};
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const zipName: string = Properties['Code'].S3Key.split('/').at(-1);
    const name = zipName.replace(/\.zip$/, '');
    const unpackedFolder = join(folder, name);
    const zipFile = join(zipFolder, zipName);
    const files = await unzip(zipFile, unpackedFolder);
    const modulePath = Properties['Handler'].replace(/\.[^.]+$/, '.mjs');
    functions[name] = { zipFile, files, handlerFile: join(unpackedFolder, modulePath) };
  }
  return functions;
}
