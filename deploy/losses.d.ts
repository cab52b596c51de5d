/** A CloudFormation template, as far as losses are looked for in it. */
export interface LossTemplate {
  readonly Resources?: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: object }>
  >;
}
export interface Loss {
  readonly name: string;
  readonly what: string;
}
export declare function findLosses(deployed: LossTemplate, next: LossTemplate): readonly Loss[];
export declare function compareConsent(
  losses: readonly Loss[],
  accepted: readonly string[],
): { readonly refused: readonly Loss[]; readonly unneeded: readonly string[] };
