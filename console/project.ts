/** The project that the API on this machine serves, which is written into the page. */
export interface Project {
  readonly kind: 'opentok' | 'vonage';
  /** API key or application id. */
  readonly id: string;
  /** Whether sessions are created on the real platform, or by its stand-in. */
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
  const noun = kind === 'vonage' ? 'Vonage application' : 'OpenTok project';
  return `${isReal ? 'Real' : 'Made-up'} ${noun} ${id}`;
}
