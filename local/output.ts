/**
 * What the functions write: kept while the API starts, shown once it has.
 */
export interface Output {
  readonly write: (line: string) => void;
  /** Passes on what comes from now on. */
  show(): void;
  /** Why the last invocation failed, in one line; `undefined` when none has. */
  explainFailure(): string | undefined;
}

export function createOutput(print: (line: string) => void): Output {
  const kept: string[] = [];
  let isShown = false;
  return {
    write: (line) => void (isShown ? print(line) : kept.push(line)),
    show: () => {
      isShown = true;
    },
    explainFailure: () => {
      const failed = kept.map(readRecord).findLast(({ outcome }) => outcome === 'failed');
      return failed && [failed.message, failed.reason].filter(Boolean).join(': ');
    },
  };
}

interface PrintedRecord {
  readonly outcome?: string;
  readonly message?: string;
  readonly reason?: string;
}

function readRecord(line: string): PrintedRecord {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
