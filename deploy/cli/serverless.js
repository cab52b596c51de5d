#!/usr/bin/env node
/**
 * The serverless command that `npx serverless` runs here: osls, except for `serverless doctor`, which is
 * this project's.
 *
 * osls handles a built-in `doctor` (its deprecations) before it loads any plugin (4.3.1,
 * scripts/serverless.js), so the word is replaced by the command that deploy/plugins/doctor.js defines.
 * Why npx finds this and not osls's own: .npmrc.
 */
import { createRequire } from 'node:module';

if (process.argv[2] === 'doctor') process.argv[2] = 'examine';

createRequire(import.meta.url)('serverless/bin/serverless.js');
