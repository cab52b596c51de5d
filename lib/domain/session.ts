/**
 * The public view of a session. Pure: no I/O.
 */
import { type Project, type ProjectField, toProjectField } from './project.ts';
import type { SessionOptions } from './session-request.ts';

/** The resolution in which the platform records if none is requested. */
export const DEFAULT_ARCHIVE_RESOLUTION = '640x480';

export type Session = Readonly<{
  sessionId: string;
  mediaMode: SessionOptions['mediaMode'];
  archiveMode: SessionOptions['archiveMode'];
  location: string | null;
  e2ee: boolean;
  /** Only with `archiveMode: always`, like the resolution. `null`: no name. */
  archiveName?: string | null;
  archiveResolution?: string;
}> &
  ProjectField;

export function toSession(sessionId: string, options: SessionOptions, project: Project): Session {
  const archive =
    options.archiveMode === 'always'
      ? {
          archiveName: options.archiveName ?? null,
          archiveResolution: options.archiveResolution ?? DEFAULT_ARCHIVE_RESOLUTION,
        }
      : {};
  return {
    sessionId,
    mediaMode: options.mediaMode,
    archiveMode: options.archiveMode,
    location: options.location ?? null,
    e2ee: options.e2ee,
    ...archive,
    ...toProjectField(project),
  };
}
