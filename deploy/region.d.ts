export declare function findRegion(options: {
  readonly commandLine: Readonly<Record<string, string | null | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readProfile: (profile: string | undefined) => Promise<string | undefined>;
}): Promise<string | undefined>;
export declare function region(context: {
  readonly options: Readonly<Record<string, string | null | undefined>>;
}): Promise<string | null>;
