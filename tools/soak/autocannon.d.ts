/** The part of autocannon that is used here; the package has no types. */
declare module 'autocannon' {
  export interface Request {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  export interface RequestOptions<Context> extends Request {
    readonly setupRequest?: (request: Request, context: Context) => Request;
    readonly onResponse?: (status: number, body: string, context: Context) => void;
  }
  export interface Options<Context> {
    readonly url: string;
    readonly connections: number;
    /** In seconds. */
    readonly duration: number;
    /** In seconds. */
    readonly timeout: number;
    /** Requests per second of all connections together. */
    readonly overallRate: number;
    readonly requests: readonly RequestOptions<Context>[];
  }
  export interface Result {
    readonly errors: number;
    readonly timeouts: number;
    /** In milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly requests: { readonly total: number };
  }
  export default function autocannon<Context>(options: Options<Context>): Promise<Result>;
}
