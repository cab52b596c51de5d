/**
 * serverless plugin: makes `serverless invoke local` work with ES modules.
 *
 * osls looks for a handler at `<name>`, `<name>.js` and `<name>.cjs` only (4.3.1,
 * lib/plugins/aws/invoke-local), so each bundle gets a CommonJS file that imports it. List the
 * plugin after serverless-esbuild, because the hooks of that one must run first.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';

export default class LocalRun {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    this.hooks = {
      // serverless-esbuild zips all files in its folder, also those of an earlier run.
      'before:package:cleanup': () => this.removeLeftovers(),
      'before:invoke:local:invoke': () => this.writeEntry(),
    };
  }

  async removeLeftovers() {
    await rm(join(this.serverless.serviceDir, '.esbuild'), { recursive: true, force: true });
  }

  async writeEntry() {
    const { handler } = this.serverless.service.getFunction(this.options.function);
    // `<folder>/<name>.<export>`, as if it were a file.
    const { dir, name, ext } = parse(handler);
    const exportName = ext.slice(1);
    // serverless-esbuild has made its build folder the service folder by now.
    await writeFile(
      join(this.serverless.serviceDir, dir, `${name}.cjs`),
      `exports.${exportName} = async (...args) => (await import('./${name}.mjs')).${exportName}(...args);\n`,
    );
  }
}
