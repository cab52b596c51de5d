/**
 * The two kinds of project that own sessions: an OpenTok project, identified by its API key, and a Vonage
 * application, identified by its id. Pure: no I/O.
 */
export interface Project {
  readonly kind: 'opentok' | 'vonage';
  /** API key (digits) or application id (lower-case UUID). */
  readonly id: string;
}

export type ProjectField = { readonly apiKey: string } | { readonly applicationId: string };

/** Returns the project's id in the field that clients pass to `OT.initSession`. */
export function toProjectField({ kind, id }: Project): ProjectField {
  return kind === 'opentok' ? { apiKey: id } : { applicationId: id };
}
