import { styleText } from 'node:util';

/** Text as it is to look on a terminal. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Where there are no colours. */
export const plain: Style = (_format, text) => text;

/** Colours where a stream has them: a terminal, unless `NO_COLOR` is set, or whatever has `FORCE_COLOR`. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (format, text) => styleText(format, text, { stream });
}
