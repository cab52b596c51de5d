#!/usr/bin/env node
/**
 * The serverless command, as `npx serverless` finds it here: osls, but for `serverless doctor`, which
 * is this project's.
 *
 * osls answers a `doctor` of its own (its deprecations) before it loads any plugin (4.3.1,
 * scripts/serverless.js), so the word is turned into the one that deploy/plugins/doctor.js listens to.
 * Why npx finds this and not osls's own: .npmrc.
 */
import { createRequire } from 'node:module';

if (process.argv[2] === 'doctor') process.argv[2] = 'examine';

createRequire(import.meta.url)('serverless/bin/serverless.js');
