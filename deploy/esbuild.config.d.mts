import type { BuildOptions } from 'esbuild';

/** esbuild options for one handler; add `entryPoints: [file]` and `outdir`. Yields `<name>.mjs`. */
export declare const bundleOptions: BuildOptions;
