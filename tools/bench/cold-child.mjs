/**
 * One cold start, as Lambda's runtime does it: load the handler's file, await one invocation.
 * Arguments: the file, the event. Writes what it measured to file descriptor 3.
 */
// No built-in modules here: loading before the clock starts would not be measured.
import './lambda-console.mjs';

const [, , file, event] = process.argv;
const request = JSON.parse(event);
const context = {
  awsRequestId: '8f2e3f0c-6f0a-4d1c-9a57-0d6f3a1b2c4d',
  getRemainingTimeInMillis: () => 10_000,
};

const startedMs = performance.now();
const { handler } = file.endsWith('.mjs')
  ? await import(file)
  : process.getBuiltinModule('node:module').createRequire(import.meta.url)(file);
const importedMs = performance.now();
const usedBefore = process.cpuUsage();
const answer = await handler(request, context);
const used = process.cpuUsage(usedBefore);
const answeredMs = performance.now();

const { maxRSS } = process.resourceUsage();
const measured = {
  importMs: importedMs - startedMs,
  firstMs: answeredMs - importedMs,
  firstCpuMs: (used.user + used.system) / 1000,
  totalMs: answeredMs - startedMs,
  peakMb: maxRSS / 1024,
  answer,
};
process.getBuiltinModule('node:fs').writeSync(3, JSON.stringify(measured));
process.exit();
