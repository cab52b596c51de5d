/**
 * What a project's secret says of a token's signature:
 *
 * - `valid`: the project has signed the token.
 * - `wrong-secret`: another secret or key has, or the token was changed afterwards.
 * - `wrong-algorithm`: it is of a form, or its header names an algorithm, that the project does not sign with.
 * - `other-project`: it names another project, whose secret is not known here.
 */
export const SIGNATURES = ['valid', 'wrong-secret', 'wrong-algorithm', 'other-project'] as const;
export type Signature = (typeof SIGNATURES)[number];
