/**
 * Reads environment variables as typed values. Pure: the environment is an argument. An empty variable counts
 * as unset, because an empty parameter of the template produces one.
 */

/** Paths are appended as text, so the URL must be exact: the URL parser would repair white space and slashes. */
const BASE_URL = /^https?:\/\/[^\s?#@/\\][^\s?#@\\]*$/i;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentReader {
  readonly text: (name: string) => string | undefined;
  /** Returns an `http:` or `https:` URL without trailing slashes. */
  readonly url: (name: string) => string | undefined;
  /** Returns a whole number of `unit` from `min` to `max`. */
  readonly count: (name: string, unit: string, min: number, max: number) => number | undefined;
  readonly oneOf: <const Word extends string>(
    name: string,
    words: readonly Word[],
  ) => Word | undefined;
  /** The problems found so far. Each names its variable. */
  readonly problems: string[];
}

export function createEnvironmentReader(environment: Environment): EnvironmentReader {
  const problems: string[] = [];
  const text = (name: string): string | undefined => environment[name] || undefined;

  return {
    problems,
    text,
    url: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!BASE_URL.test(value) || !URL.canParse(value)) {
        problems.push(`${name} must be an http: or https: URL without user, query and fragment`);
      }
      return value.replace(/\/+$/, '');
    },
    count: (name, unit, min, max) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const count = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (count >= min && count <= max) return count;
      problems.push(`${name} must be whole ${unit} from ${min} to ${max}`);
      return undefined;
    },
    oneOf: (name, words) => {
      const value = text(name);
      const word = words.find((candidate) => candidate === value);
      if (value !== undefined && !word) problems.push(`${name} must be one of ${words.join(', ')}`);
      return word;
    },
  };
}
