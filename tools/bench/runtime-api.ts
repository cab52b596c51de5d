/**
 * Whole warm invocations, as Lambda has them: an event is fetched from the Runtime API, the answer is
 * posted back. All over loopback; each row in turn, round after round.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BuiltRow } from './build.ts';
import { eventFor, runChild } from './child.ts';
import { median } from './median.ts';
import type { Urls } from './stand-ins.ts';

const WARM_UP = 1_000;
const MEASURED = 2_000;

/** @returns for each row the median time from event to answer, in µs */
export async function measureInvocations(
  rows: readonly BuiltRow[],
  { rounds, urls }: { rounds: number; urls: Urls },
): Promise<Map<string, number>> {
  const medians = new Map(rows.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const row of rows) medians.get(row.name)?.push(await measureOne(row, urls));
  }
  return new Map([...medians].map(([name, all]) => [name, median(all)]));
}

async function measureOne(row: BuiltRow, urls: Urls): Promise<number> {
  const api = await startRuntimeApi(JSON.stringify(eventFor(row)), WARM_UP + MEASURED);
  try {
    await runChild({ script: 'runtime-client.mjs', row, args: [api.url] }, urls);
    return median(api.tookUs.slice(WARM_UP));
  } finally {
    await api.close();
  }
}

/** Hands out one event after the other; after the last one it tells the runtime to end. */
async function startRuntimeApi(event: string, count: number) {
  const tookUs: number[] = [];
  let sentMs = 0;
  const handOut = (response: ServerResponse) => {
    if (tookUs.length >= count) return response.writeHead(410).end();
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': `request-${tookUs.length}`,
      'lambda-runtime-deadline-ms': String(Date.now() + 10_000),
    });
    sentMs = performance.now();
    return response.end(event);
  };
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return handOut(response);
    await text(request);
    tookUs.push((performance.now() - sentMs) * 1000);
    return response.writeHead(202).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/2018-06-01/runtime/invocation`,
    tookUs,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
