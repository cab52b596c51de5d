/**
 * `npm run soak -- --minutes 10`: the packaged functions under load while everything around them
 * fails in turn. Only loopback is used. Exits with 1 when one request got no answer or one outside
 * the contract, a token does not verify, or memory grew without bound.
 */
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { startPlatform } from '../../stand-ins/platform.ts';
import { startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { drive } from './drive.ts';
import { packageFunctions } from './functions.ts';
import { type Gateway, openGateway } from './open-gateway.ts';
import { readSoakOptions } from './options.ts';
import { type Phase, phases, type Surroundings } from './phases.ts';
import { createSecrets, SECRET_ID, SECRET_TTL_SECONDS } from './secrets.ts';
import { describeRun, findFaults, type PhaseResult } from './verdict.ts';

const { minutes, rate } = readSoakOptions(process.argv.slice(2));
const phaseMs = (minutes * 60_000) / phases.length;
const closers: (() => Promise<void>)[] = [];

async function run(): Promise<readonly string[]> {
  console.log('Packaging the functions …');
  const functions = await packageFunctions();
  closers.push(functions.remove);
  const secrets = createSecrets();
  const secretsManager = await startSecretsManager({
    secrets: { [SECRET_ID]: JSON.stringify(secrets.project()) },
  });
  closers.push(secretsManager.close);
  const platform = await startPlatform({ projects: [secrets.project()] });
  closers.push(platform.close);
  const gateway = await openGateway(functions, {
    ...localAwsEnvironment({ secretsManager: secretsManager.url }),
    SECRET_ID,
    SECRET_TTL_SECONDS: String(SECRET_TTL_SECONDS),
    VIDEO_API_URL: platform.url,
  });
  closers.push(gateway.close);
  const started = await gateway.measure();
  const results: PhaseResult[] = [];
  for (const phase of phases) {
    results.push(await runPhase(phase, gateway, { platform, secretsManager, secrets }));
    console.log(`${phase.name}: ${results.at(-1)?.requests} requests`);
  }
  const ended = await gateway.settle();
  console.log(`\n${describeRun(results, started)}\n`);
  return findFaults(results, ended);
}

async function runPhase(
  phase: Phase,
  gateway: Gateway,
  surroundings: Surroundings,
): Promise<PhaseResult> {
  const { platform, secretsManager, secrets } = surroundings;
  const readsBefore = secretsManager.counts.requests;
  const callsBefore = platform.counts.requests;
  const { sessions: sessionsBefore } = await gateway.measure();
  const end = phase.begin(surroundings, phaseMs);
  try {
    const driven = await drive({ url: gateway.url, durationMs: phaseMs, secrets, rate });
    // Calls that the end of the phase cut off come to their end, and are counted in it.
    const measures = await gateway.settle();
    const calls = platform.counts.requests - callsBefore;
    return {
      ...driven,
      phase,
      secretReads: secretsManager.counts.requests - readsBefore,
      retries: calls - (measures.sessions - sessionsBefore),
      measures,
    };
  } finally {
    end();
  }
}

try {
  const faults = await run();
  for (const fault of faults) console.error(`FAULT ${fault}`);
  console.log(faults.length === 0 ? 'Clean.' : `${faults.length} faults.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  for (const close of closers.reverse()) await close();
}
