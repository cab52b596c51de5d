/** The vendor's library. Loaded when a person joins: it is larger than everything else on the page. */
import type OT from '@vonage/client-sdk-video';

export type Library = Pick<typeof OT, 'initSession' | 'initPublisher'>;
export type { OT };

/**
 * One library serves both environments: `@vonage/client-sdk-video` and `@opentok/client` contain the same
 * code, which finds its servers by the project's id.
 */
export async function loadLibrary(projectId: string): Promise<Library> {
  if (hasNoMedia(projectId)) return (await import('./no-media.ts')).noMedia;
  return (await import('@vonage/client-sdk-video')).default;
}

/** The made-up projects of `npm start`. No media server accepts their tokens. */
const MADE_UP_PROJECTS = ['12345678', '00000000-0000-4000-8000-000000000000'];

export const hasNoMedia = (projectId: string): boolean => MADE_UP_PROJECTS.includes(projectId);
