export declare function readStageFile(
  content: unknown,
  stage: string,
): { readonly given: Readonly<Record<string, unknown>>; readonly faults: readonly string[] };
