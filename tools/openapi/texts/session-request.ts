/** What the API's document says of the fields of a request for a session. */

import {
  ARCHIVE_NAME_MAX_LENGTH,
  type SessionOptions,
} from '../../../lib/domain/session-request.ts';
import type { WordsOf } from './field-words.ts';

export const sessionRequestWords: WordsOf<SessionOptions> = {
  mediaMode: {
    description:
      "How streams travel: `relayed` from client to client where their networks let them, `routed` through the platform's media router, which recording and end-to-end encryption need.",
  },
  archiveMode: {
    description:
      'Whether the platform records the session: `manual` when told to, `always` from the first stream on. `always` needs `mediaMode` `routed`.',
  },
  location: {
    description:
      'An IPv4 address near the first client, by which the platform chooses where the session is served. Left out, the platform chooses by the first client that connects.',
    examples: ['203.0.113.7'],
  },
  archiveName: {
    description: `Name of the recording, 1 to ${ARCHIVE_NAME_MAX_LENGTH} characters, of which those beyond U+FFFF, such as most emoji, count twice, in well-formed Unicode. Only with \`archiveMode\` \`always\`. Left out, the recording has no name.`,
    examples: ['standup'],
  },
  archiveResolution: {
    description:
      'Width and height of the recording in pixels. Only with `archiveMode` `always`; left out, it is then `640x480`.',
  },
  e2ee: {
    description:
      'Whether streams are encrypted from end to end. `true` needs `mediaMode` `routed` and excludes `archiveMode` `always`: the platform cannot record what it cannot read.',
  },
};
