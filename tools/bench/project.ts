/** The made-up projects that everything measured works for. */
export const apiKey = '12345678';
export const apiSecret = '0123456789abcdef0123456789abcdef01234567';
export const applicationId = '29f760f8-7ce1-46c9-ade3-f2dedee4ed5f';
/** Signs callbacks of the OpenTok project. */
export const callbackSecret = 'callback-secret';
/** A room that is there. */
export const room = 'standup';
/** An invite to it, with places for all who are measured. */
export const invite = { id: 'bench-bench-bench'.slice(0, 16), secret: 'b'.repeat(43) };
