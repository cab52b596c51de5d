/**
 * Writes the log to the console: structured records, one per invocation.
 *
 * The fields are a closed list without a field for a secret, a token or connection data.
 */
export interface LogRecord {
  readonly message: string;
  readonly function?: string;
  readonly source?: string;
  readonly requestId?: string;
  readonly outcome?: 'succeeded' | 'failed';
  readonly status?: number;
  readonly durationMs?: number;
  readonly sessionId?: string;
  readonly role?: string;
  /** Event of a callback of the platform. */
  readonly event?: string;
  /** Number of sessions that the platform created for this invocation. */
  readonly sessionsCreated?: number;
  /** Number of participants that were removed from a room, by a host or because of a ban. */
  readonly participantsRemoved?: number;
  /** Number of rooms that were emptied after they closed. */
  readonly roomsClosed?: number;
  /** Number of closed rooms that could not be emptied yet. */
  readonly roomsNotClosed?: number;
  readonly messages?: MessageCounts;
  /** Name of the fault; in a batch of the first that was returned, else rejected. */
  readonly fault?: string;
  /** What happened, for the operator. */
  readonly reason?: string | undefined;
}

/** How the messages of one batch ended. */
export interface MessageCounts {
  readonly succeeded: number;
  /** Refused for good, and answered so. */
  readonly rejected: number;
  /** Left to be delivered again. */
  readonly returned: number;
}

export type LogLevel = 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, record: LogRecord) => void;

const REASON_MAX_LENGTH = 500;

/**
 * @param logFormat `AWS_LAMBDA_LOG_FORMAT`: under `JSON` Lambda's own console wraps an object in a
 *   line with time, level and request id; anywhere else the line is made here
 */
export function createLog(logFormat: string | undefined): Log {
  const isLambdaJson = logFormat === 'JSON';
  return (level, record) => {
    const bounded = record.reason
      ? { ...record, reason: record.reason.slice(0, REASON_MAX_LENGTH) }
      : record;
    console[level](isLambdaJson ? bounded : JSON.stringify({ level, ...bounded }));
  };
}
