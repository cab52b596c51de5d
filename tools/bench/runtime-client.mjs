/**
 * Lambda's side of a container: fetches an event, calls the handler and posts the response, until it
 * receives the end. Arguments: the file, an event that is not used, the URL of invocations. Writes to file
 * descriptor 3 that it has ended.
 */
import { writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import './lambda-console.mjs';

const [, , file, , url] = process.argv;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const load = createRequire(import.meta.url);
const { handler } = file.endsWith('.mjs') ? await import(file) : load(file);

for (;;) {
  const { status, headers, body } = await call('GET', `${url}/next`);
  if (status !== 200) break;
  const awsRequestId = headers['lambda-runtime-aws-request-id'];
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  const context = { awsRequestId, getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  const answer = await handler(JSON.parse(body), context);
  await call('POST', `${url}/${awsRequestId}/response`, JSON.stringify(answer));
}
writeSync(3, '{}');
process.exit();

function call(method, target, body) {
  return new Promise((resolve, reject) => {
    const sent = request(target, { method, agent }, (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        received += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: received }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
