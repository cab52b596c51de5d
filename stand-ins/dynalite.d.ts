declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An HTTP server that speaks the protocol of DynamoDB and keeps its tables in memory. */
  export default function dynalite(options?: {
    /** For how long a new table is in state CREATING. Default 500. */
    readonly createTableMs?: number;
  }): Server;
}
