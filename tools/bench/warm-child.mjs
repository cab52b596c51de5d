/**
 * A warm container under load. Arguments: the file, the event, how many calls are in flight at once,
 * for how long it is warmed up and for how long it is measured in milliseconds, and how many calls
 * are made at most. Writes what it measured to file descriptor 3.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import './lambda-console.mjs';

const [, , file, event, ...limits] = process.argv;
const [inFlight, warmUpMs, measuredMs, mostCalls] = limits.map(Number);
const request = JSON.parse(event);
const context = {
  awsRequestId: '8f2e3f0c-6f0a-4d1c-9a57-0d6f3a1b2c4d',
  getRemainingTimeInMillis: () => 10_000,
};
const load = createRequire(import.meta.url);
const { handler } = file.endsWith('.mjs') ? await import(file) : load(file);

await run(warmUpMs);
const { calls, tookMs, latenciesMs } = await run(measuredMs);
const at = (share) => latenciesMs[Math.floor((calls - 1) * share)] * 1000;

writeSync(
  3,
  JSON.stringify({ calls, perSecond: (calls / tookMs) * 1000, p50Us: at(0.5), p99Us: at(0.99) }),
);
process.exit();

async function run(ms) {
  const latenciesMs = [];
  const startedMs = performance.now();
  const untilMs = startedMs + ms;
  const worker = async () => {
    let nowMs = performance.now();
    while (nowMs < untilMs && latenciesMs.length < mostCalls) {
      const calledMs = nowMs;
      await handler(request, context);
      nowMs = performance.now();
      latenciesMs.push(nowMs - calledMs);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  latenciesMs.sort((left, right) => left - right);
  return { calls: latenciesMs.length, tookMs: performance.now() - startedMs, latenciesMs };
}
