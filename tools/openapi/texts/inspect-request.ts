/** Texts for the fields of a request to inspect a token. */
import type { WordsOf } from './field-words.ts';

/** Belongs to no project, so it cannot be used. */
export const EXAMPLE_INSPECTED_TOKEN =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiIxMjM0NTYiLCJpc3QiOiJwcm9qZWN0Iiwic2NvcGUiOiJzZXNzaW9uLmNvbm5lY3QifQ.c2lnbmF0dXJl';

export const inspectRequestWords: WordsOf<{ token: string }> = {
  token: {
    description:
      'The token as issued to a client: a JWT of either kind of project, or T1, without white space, quotes or `Bearer` around it. A text that cannot be decoded is rejected.',
    examples: [EXAMPLE_INSPECTED_TOKEN],
  },
};
