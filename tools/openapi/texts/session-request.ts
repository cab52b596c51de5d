/** Texts for the fields of a request for a session. */

import {
  ARCHIVE_NAME_MAX_LENGTH,
  type SessionOptions,
} from '../../../lib/domain/session-request.ts';
import type { WordsOf } from './field-words.ts';

export const sessionRequestWords: WordsOf<SessionOptions> = {
  mediaMode: {
    description:
      "How streams travel. `relayed`: between clients directly, if their networks allow it. `routed`: through the platform's media router, which recording and end-to-end encryption require.",
  },
  archiveMode: {
    description:
      'When the platform records the session. `manual`: on request. `always`: from the first stream on; requires `mediaMode` `routed`.',
  },
  location: {
    description:
      'An IPv4 address near the clients. The platform chooses the server by it. Default: the platform chooses by the first client that connects.',
    examples: ['203.0.113.7'],
  },
  archiveName: {
    description: `Name of the recording. 1 to ${ARCHIVE_NAME_MAX_LENGTH} characters of well-formed Unicode; characters beyond U+FFFF, such as most emoji, count twice. Requires \`archiveMode\` \`always\`. Default: none.`,
    examples: ['standup'],
  },
  archiveResolution: {
    description:
      'Width and height of the recording in pixels. Requires `archiveMode` `always`. Default: `640x480`.',
  },
  e2ee: {
    description:
      'Whether streams are encrypted end to end. `true` requires `mediaMode` `routed` and `archiveMode` `manual`, because the platform cannot record encrypted media.',
  },
};
