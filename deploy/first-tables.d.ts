import type { LossTemplate } from './losses.js';

export declare function findFirstTables(
  deployed: LossTemplate | undefined,
  next: LossTemplate,
): NonNullable<LossTemplate['Resources']>;
