/**
 * Parses and validates a request for a session. Pure: no I/O.
 * Source: OpenTok REST API reference, "Create a session". Every SDK enforces only some of these rules;
 * the platform then creates a session other than the requested one.
 */
import * as v from 'valibot';
import { oneOf, parseFields, wellFormedText } from './request-fields.ts';

export const ARCHIVE_NAME_MAX_LENGTH = 80;
export const ARCHIVE_RESOLUTIONS = [
  '480x640',
  '640x480',
  '720x1280',
  '1280x720',
  '1080x1920',
  '1920x1080',
] as const;

const archiveNameRule = `must be 1 to ${ARCHIVE_NAME_MAX_LENGTH} characters`;

const sessionFields = v.object({
  mediaMode: v.optional(oneOf(['relayed', 'routed']), 'relayed'),
  archiveMode: v.optional(oneOf(['manual', 'always']), 'manual'),
  location: v.optional(
    v.pipe(
      v.string('must be a string'),
      v.ipv4('must be one IPv4 address, such as 203.0.113.7, or omitted'),
    ),
  ),
  archiveName: v.optional(
    v.pipe(
      wellFormedText,
      v.minLength(1, archiveNameRule),
      v.maxLength(ARCHIVE_NAME_MAX_LENGTH, archiveNameRule),
    ),
  ),
  archiveResolution: v.optional(oneOf(ARCHIVE_RESOLUTIONS)),
  e2ee: v.optional(v.boolean('must be true or false'), false),
});

export const sessionRequest = v.pipe(
  sessionFields,
  v.forward(
    v.partialCheck(
      [['mediaMode'], ['archiveMode']],
      ({ mediaMode, archiveMode }) => archiveMode === 'manual' || mediaMode === 'routed',
      'always requires mediaMode routed (the default is relayed)',
    ),
    ['archiveMode'],
  ),
  v.forward(
    v.partialCheck(
      [['mediaMode'], ['e2ee']],
      ({ mediaMode, e2ee }) => !e2ee || mediaMode === 'routed',
      'true requires mediaMode routed (the default is relayed)',
    ),
    ['e2ee'],
  ),
  v.forward(
    v.partialCheck(
      [['archiveMode'], ['e2ee']],
      ({ archiveMode, e2ee }) => !e2ee || archiveMode === 'manual',
      'must be false with archiveMode always: the platform cannot record encrypted media',
    ),
    ['e2ee'],
  ),
  v.forward(
    v.partialCheck(
      [['archiveMode'], ['archiveName']],
      ({ archiveMode, archiveName }) => archiveName === undefined || archiveMode === 'always',
      'requires archiveMode always',
    ),
    ['archiveName'],
  ),
  v.forward(
    v.partialCheck(
      [['archiveMode'], ['archiveResolution']],
      ({ archiveMode, archiveResolution }) =>
        archiveResolution === undefined || archiveMode === 'always',
      'requires archiveMode always',
    ),
    ['archiveResolution'],
  ),
);

/** A valid request with defaults filled in. */
export type SessionOptions = Readonly<v.InferOutput<typeof sessionRequest>>;

/**
 * Parses the body of a request for a session.
 *
 * @param input `undefined` for no body
 * @throws Fault `ValidationError` that lists every invalid field
 */
export function parseSessionRequest(input: unknown): SessionOptions {
  return parseFields(sessionRequest, input);
}
