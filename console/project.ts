/** The project that the API on this machine serves, as the page was told when it was made. */
export interface Project {
  readonly kind: 'opentok' | 'vonage';
  /** API key or application id. */
  readonly id: string;
  /** Whether sessions are made on the real platform, or by its stand-in. */
  readonly isReal: boolean;
}

export function readProject({ dataset }: HTMLElement): Project {
  return {
    kind: dataset['projectKind'] === 'vonage' ? 'vonage' : 'opentok',
    id: dataset['projectId'] ?? '',
    isReal: dataset['platform'] === 'real',
  };
}

export function describeProject({ kind, id, isReal }: Project): string {
  const what = kind === 'vonage' ? 'Vonage application' : 'OpenTok project';
  return `${what} ${id}, ${isReal ? 'on the real platform' : 'made up, with a stand-in for the platform'}`;
}
