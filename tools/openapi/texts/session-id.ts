/** Schema and text for session ids. */

import { SESSION_ID_MAX_LENGTH, SESSION_ID_PREFIX } from '../../../lib/domain/session-id.ts';
import type { JsonSchema } from './field-words.ts';

export const EXAMPLE_API_KEY = '12345678';
/** `npm start` issues tokens for it: it belongs to the project of its stand-ins. */
export const EXAMPLE_SESSION_ID = `1_${Buffer.from(
  `1~${EXAMPLE_API_KEY}~~1764000000000~Q9mcXG1QrN3TIYu8y+ppx/gs~P~~`,
).toString('base64url')}`;

export const sessionIdSchema: JsonSchema = {
  type: 'string',
  pattern: `${SESSION_ID_PREFIX.source}[A-Za-z0-9_-]+$`,
  maxLength: SESSION_ID_MAX_LENGTH,
  description: 'Id of the session, as returned by the platform.',
  examples: [EXAMPLE_SESSION_ID],
};
