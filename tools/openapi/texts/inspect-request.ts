/** What the API's document says of the fields of a request to inspect a token. */
import type { WordsOf } from './field-words.ts';

/** Of no project, so that nobody can use it. */
export const EXAMPLE_INSPECTED_TOKEN =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiIxMjM0NTYiLCJpc3QiOiJwcm9qZWN0Iiwic2NvcGUiOiJzZXNzaW9uLmNvbm5lY3QifQ.c2lnbmF0dXJl';

export const inspectRequestWords: WordsOf<{ token: string }> = {
  token: {
    description:
      'The token as a client gets it: a JWT of either kind of project, or T1, without white space, quotes or `Bearer` around it. What has the form of one and cannot be taken apart is refused too.',
    examples: [EXAMPLE_INSPECTED_TOKEN],
  },
};
