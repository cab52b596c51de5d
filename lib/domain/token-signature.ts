/**
 * The result of verifying a token's signature with the project's secret:
 *
 * - `valid`: signed by the project.
 * - `wrong-secret`: signed with another secret or key, or changed after signing.
 * - `wrong-algorithm`: in a format, or with an algorithm in its header, that the project does not use.
 * - `other-project`: issued for another project, which this deployment has no secret for.
 */
export const SIGNATURES = ['valid', 'wrong-secret', 'wrong-algorithm', 'other-project'] as const;
export type Signature = (typeof SIGNATURES)[number];
