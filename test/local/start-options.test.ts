import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { madeUpProject, readStartOptions, StartError } from '../../local/start-options.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-options-'));
  writeFileSync(join(folder, 'key.pem'), 'key from a file');
});

afterAll(() => rm(folder, { recursive: true }));

const openTok = { OPENTOK_API_KEY: '47665971', OPENTOK_API_SECRET: 'real' };
const vonage = { VONAGE_APPLICATION_ID: 'id', VONAGE_PRIVATE_KEY: 'first line\\nsecond line' };

describe('what npm start starts', () => {
  it('is a made-up project on port 3000 when nothing is set', () => {
    expect(readStartOptions({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      project: madeUpProject,
      usesRealPlatform: false,
      variables: {},
      videoApiUrl: undefined,
    });
  });

  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['', '127.0.0.1'],
  ])('is at the address that HOST names: %j', (HOST, host) => {
    expect(readStartOptions({ HOST }).host).toBe(host);
  });

  it('is on the platform that VIDEO_API_URL names, with a real project alone', () => {
    const VIDEO_API_URL = 'https://video.example.com';
    expect(readStartOptions({ ...openTok, VIDEO_API_URL }).videoApiUrl).toBe(VIDEO_API_URL);
    expect(readStartOptions({ VIDEO_API_URL }).videoApiUrl).toBeUndefined();
  });

  it('is a made-up Vonage application with --vonage', () => {
    const { project, usesRealPlatform } = readStartOptions({}, ['--vonage']);
    expect(usesRealPlatform).toBe(false);
    if (!('privateKey' in project)) throw new Error('no Vonage application');
    expect(createPrivateKey(project.privateKey).asymmetricKeyType).toBe('rsa');
  });

  it('is on the port that PORT names', () => {
    expect(readStartOptions({ PORT: '8080' }).port).toBe(8080);
  });

  it('is on the real platform with the OpenTok pair', () => {
    expect(readStartOptions(openTok)).toMatchObject({
      project: { apiKey: '47665971', apiSecret: 'real' },
      usesRealPlatform: true,
    });
  });

  it('is on the real platform with the Vonage pair, with line breaks in the key', () => {
    expect(readStartOptions(vonage)).toMatchObject({
      project: { applicationId: 'id', privateKey: 'first line\nsecond line' },
      usesRealPlatform: true,
    });
  });

  it('reads the Vonage key from a file', () => {
    const options = readStartOptions({
      VONAGE_APPLICATION_ID: 'id',
      VONAGE_PRIVATE_KEY_FILE: join(folder, 'key.pem'),
    });
    expect(options.project).toMatchObject({ privateKey: 'key from a file' });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['no API secret', { OPENTOK_API_KEY: '1' }, /^OPENTOK_API_SECRET is not set/],
    ['no API key', { OPENTOK_API_SECRET: '1' }, /^OPENTOK_API_KEY is not set/],
    ['no application id', { VONAGE_PRIVATE_KEY: '1' }, /^VONAGE_APPLICATION_ID is not set/],
    ['no private key', { VONAGE_APPLICATION_ID: '1' }, /^VONAGE_PRIVATE_KEY or .* is not set/],
    [
      'a key file that is not there',
      { VONAGE_APPLICATION_ID: '1', VONAGE_PRIVATE_KEY_FILE: '/no/such/file' },
      /^VONAGE_PRIVATE_KEY_FILE names \/no\/such\/file, which cannot be read/,
    ],
    ['both vendors', { ...openTok, ...vonage }, /unset one of them/],
    ['a port in words', { PORT: 'http' }, /^PORT must be a number/],
    ['port 0', { PORT: '0' }, /^PORT must be a number/],
    ['a port too high', { PORT: '65536' }, /^PORT must be a number/],
  ])('is nothing with %s', (_title, environment, message) => {
    const read = () => readStartOptions(environment);
    expect(read).toThrow(StartError);
    expect(read).toThrow(message);
  });

  it.each(['--opentok', '', '--JSON'])('is nothing with an unknown argument: %j', (arg) => {
    expect(() => readStartOptions({}, ['--vonage', arg])).toThrow(
      `Unknown argument ${JSON.stringify(arg)}. Allowed: --vonage, --json, --help.`,
    );
  });

  it('is the same with --json, which changes the output only', () => {
    expect(readStartOptions({}, ['--json'])).toEqual(readStartOptions({}));
  });
});
