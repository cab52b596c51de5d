/** Values shared by many tests: a fixed time, two projects, and session ids from the vendor's SDKs. */

/** With milliseconds, so that a test fails if the clock is rounded instead of floored. */
export const NOW_MS = 1_700_000_000_999;
export const NOW_SECONDS = 1_700_000_000;
export const DAY_SECONDS = 24 * 60 * 60;

/** Request id of every invocation. */
export const REQUEST_ID = '8f5f7d0e-4f0c-4d0b-9a51-4d2a3f6d1c7e';

/** The vendor's fixture: 42 characters; real secrets have 40. */
export const OPENTOK_SECRET = {
  apiKey: '123456',
  apiSecret: '1234567890abcdef1234567890abcdef1234567890',
} as const;

export const APPLICATION_ID = '29f760f8-7ce1-46c9-ade3-f2dedee4ed5f';

/** Session ids from the vendor's SDKs, and what they decode to. */
export const sessionIds = {
  /** `1~123456~~Sat Mar 15 14:42:23 PDT 2014~0.49013025~` */
  openTok: '1_MX4xMjM0NTZ-flNhdCBNYXIgMTUgMTQ6NDI6MjMgUERUIDIwMTR-MC40OTAxMzAyNX4',
  /** `1~123456~12.34.56.78~Mon Mar 17 01:48:55 PDT 2014~0.3413431402295828~` */
  openTokWithLocation:
    '1_MX4xMjM0NTZ-MTIuMzQuNTYuNzh-TW9uIE1hciAxNyAwMTo0ODo1NSBQRFQgMjAxNH4wLjM0MTM0MzE0MDIyOTU4Mjh-',
  /** `1~27086612~~1547080500760~RMdbHMcf5hWyAAOg7bn4ITWu~~` */
  openTok2019: '2_MX4yNzA4NjYxMn5-MTU0NzA4MDUwMDc2MH5STWRiSE1jZjVoV3lBQU9nN2JuNElUV3V-fg',
  /** `1~47665971~~1739538894959~Q9mcXG1QrN3TIYu8y+ppx/gs~P~~` */
  openTok2025: '1_MX40NzY2NTk3MX5-MTczOTUzODg5NDk1OX5ROW1jWEcxUXJOM1RJWXU4eStwcHgvZ3N-UH5-',
  /** `1~29f760f8-7ce1-46c9-ade3-f2dedee4ed5f~~1726462588647~11xLa1bbhzPeGQGmXsmgxI0k~~~` */
  vonage:
    '1_MX4yOWY3NjBmOC03Y2UxLTQ2YzktYWRlMy1mMmRlZGVlNGVkNWZ-fjE3MjY0NjI1ODg2NDd-MTF4TGExYmJoelBlR1FHbVhzbWd4STBrfn5-',
} as const;

/** Encodes a text as a session id. */
export function toSessionId(decoded: string, prefix = '1_'): string {
  return prefix + Buffer.from(decoded, 'latin1').toString('base64url');
}
