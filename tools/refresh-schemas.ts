/**
 * Writes test/cloudformation/schemas.json from a folder of CloudFormation registry schemas.
 *
 * Usage: `node tools/refresh-schemas.ts <folder> [type …]`. The folder holds one JSON file per resource
 * type, under any name. Types that are already in the file stay; types on the command line are added.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The parts of a registry schema that the tests compare with. */
export interface ResourceSchema {
  /** JSON pointers of properties that replace the resource when they change. */
  readonly createOnlyProperties?: readonly string[];
  /** JSON pointers of properties that replace the resource in some cases when they change. */
  readonly conditionalCreateOnlyProperties?: readonly string[];
  /** IAM actions that each handler needs; absent for types that are not in the registry. */
  readonly handlers?: Readonly<Record<string, readonly string[]>>;
  readonly tagging?: {
    /** Whether tags of the stack are put on the resource. */
    readonly taggable: boolean;
    readonly permissions: readonly string[];
  };
}

const file = fileURLToPath(new URL('../test/cloudformation/schemas.json', import.meta.url));

const [folder, ...added] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node tools/refresh-schemas.ts <folder of schemas> [type …]');
  process.exit(1);
}
const known: Record<string, ResourceSchema> = JSON.parse(await readFile(file, 'utf8'));
const wanted = [...new Set([...Object.keys(known), ...added])].sort();
const found = await readSchemas(folder);
const missing = wanted.filter((type) => !found.has(type));
if (missing.length > 0) {
  console.error(`${folder} has no schema for ${missing.join(', ')}. Nothing was written.`);
  process.exit(1);
}
const schemas = Object.fromEntries(wanted.map((type) => [type, found.get(type)]));
await writeFile(file, `${JSON.stringify(schemas, null, 2)}\n`);
console.log(`${wanted.length} schemas written. Run npm run format.`);

async function readSchemas(from: string): Promise<Map<string, ResourceSchema>> {
  const schemas = new Map<string, ResourceSchema>();
  for (const name of await readdir(from)) {
    if (!name.endsWith('.json')) continue;
    const schema = JSON.parse(await readFile(join(from, name), 'utf8'));
    if (typeof schema.typeName === 'string') schemas.set(schema.typeName, pick(schema));
  }
  return schemas;
}

// biome-ignore lint/suspicious/noExplicitAny: the schema's shape is CloudFormation's
function pick(schema: Record<string, any>): ResourceSchema {
  const { createOnlyProperties, conditionalCreateOnlyProperties, handlers, tagging } = schema;
  const permissionsByHandler = Object.entries<{ permissions?: string[] }>(handlers ?? {})
    // Updates of a stack and drift detection do not list.
    .filter(([handler]) => handler !== 'list')
    .map(([handler, { permissions = [] }]) => [handler, [...new Set(permissions)].sort()]);
  return {
    ...(createOnlyProperties && { createOnlyProperties }),
    ...(conditionalCreateOnlyProperties && { conditionalCreateOnlyProperties }),
    ...(handlers && { handlers: Object.fromEntries(permissionsByHandler) }),
    ...(tagging && {
      tagging: {
        taggable: tagging.taggable === true,
        permissions: [...(tagging.permissions ?? [])].sort(),
      },
    }),
  };
}
