import { describe, expect, it } from 'vitest';
import { parseSessionRequest } from '../../lib/domain/session-request.ts';
import { catchFieldErrors, catchPointers } from '../support/faults.ts';

const archived = { mediaMode: 'routed', archiveMode: 'always' };
const defaults = { mediaMode: 'relayed', archiveMode: 'manual', e2ee: false };

describe('a session request', () => {
  it.each([
    ['no body', undefined],
    ['an empty object', {}],
  ])('gets the documented defaults for %s', (_scenario, input) => {
    expect(parseSessionRequest(input)).toEqual(defaults);
  });

  it.each<[scenario: string, input: object]>([
    ['relayed', { mediaMode: 'relayed' }],
    ['routed', { mediaMode: 'routed' }],
    ['archiveMode manual', { archiveMode: 'manual' }],
    ['archiveMode always', archived],
    ['e2ee false', { e2ee: false }],
    ['e2ee true in a routed session', { mediaMode: 'routed', e2ee: true }],
    ['e2ee false in an archived session', { ...archived, e2ee: false }],
    ['a location', { location: '203.0.113.7' }],
    ['the lowest IPv4 address', { location: '0.0.0.0' }],
    ['the highest IPv4 address', { location: '255.255.255.255' }],
    ['archiveName of 1 character', { ...archived, archiveName: 'a' }],
    ['archiveName of 80 characters', { ...archived, archiveName: 'a'.repeat(80) }],
    ['archiveName beyond ASCII', { ...archived, archiveName: 'Visite für Zoë 🎥' }],
    ['480x640', { ...archived, archiveResolution: '480x640' }],
    ['640x480', { ...archived, archiveResolution: '640x480' }],
    ['720x1280', { ...archived, archiveResolution: '720x1280' }],
    ['1280x720', { ...archived, archiveResolution: '1280x720' }],
    ['1080x1920', { ...archived, archiveResolution: '1080x1920' }],
    ['1920x1080', { ...archived, archiveResolution: '1920x1080' }],
    [
      'everything that goes together',
      { ...archived, location: '12.34.56.78', archiveName: 'x', archiveResolution: '1920x1080' },
    ],
  ])('accepts %s unchanged', (_scenario, input) => {
    expect(parseSessionRequest(input)).toEqual({ ...defaults, ...input });
  });

  it.each<[scenario: string, input: object, pointer: string]>([
    ['an unknown media mode', { mediaMode: 'p2p' }, '#/mediaMode'],
    ['a media mode in capitals', { mediaMode: 'ROUTED' }, '#/mediaMode'],
    ['the wire value in place of the mode', { mediaMode: 'enabled' }, '#/mediaMode'],
    ['mediaMode null', { mediaMode: null }, '#/mediaMode'],
    ['mediaMode as a list', { mediaMode: ['routed'] }, '#/mediaMode'],
    ['an unknown archive mode', { archiveMode: 'sometimes' }, '#/archiveMode'],
    ['archiveMode null', { archiveMode: null }, '#/archiveMode'],
    ['archiveMode true', { archiveMode: true }, '#/archiveMode'],
    ['e2ee null', { e2ee: null }, '#/e2ee'],
    ['e2ee as text', { e2ee: 'true' }, '#/e2ee'],
    ['e2ee as a number', { e2ee: 1 }, '#/e2ee'],
    ['location null', { location: null }, '#/location'],
    ['an empty location', { location: '' }, '#/location'],
    ['a host name', { location: 'localhost' }, '#/location'],
    ['a region', { location: 'eu' }, '#/location'],
    ['an IPv6 address', { location: '2001:db8::1' }, '#/location'],
    ['a short IPv4 address', { location: '127.1' }, '#/location'],
    ['an octet past 255', { location: '256.0.0.1' }, '#/location'],
    ['an octet with a leading zero', { location: '01.2.3.4' }, '#/location'],
    ['five octets', { location: '1.2.3.4.5' }, '#/location'],
    ['an address with a port', { location: '1.2.3.4:80' }, '#/location'],
    ['an address and a space', { location: '1.2.3.4 ' }, '#/location'],
    ['an address and a line break', { location: '1.2.3.4\n' }, '#/location'],
    ['two addresses', { location: '1.2.3.4,5.6.7.8' }, '#/location'],
    ['location as a number', { location: 16909060 }, '#/location'],
    ['an empty archiveName', { ...archived, archiveName: '' }, '#/archiveName'],
    ['archiveName of 81 characters', { ...archived, archiveName: 'a'.repeat(81) }, '#/archiveName'],
    ['archiveName null', { ...archived, archiveName: null }, '#/archiveName'],
    ['archiveName as a number', { ...archived, archiveName: 7 }, '#/archiveName'],
    ['half a surrogate pair', { ...archived, archiveName: 'a\ud83d' }, '#/archiveName'],
    [
      'an unlisted resolution',
      { ...archived, archiveResolution: '800x600' },
      '#/archiveResolution',
    ],
    ['a turned resolution', { ...archived, archiveResolution: '480 x 640' }, '#/archiveResolution'],
    ['archiveResolution null', { ...archived, archiveResolution: null }, '#/archiveResolution'],
  ])('rejects %s, and no other field', async (_scenario, input, pointer) => {
    expect(await catchPointers(() => parseSessionRequest(input))).toEqual([pointer]);
  });

  it.each<[scenario: string, input: object, pointer: string, detail: string]>([
    [
      'always in a session that is relayed by default',
      { archiveMode: 'always' },
      '#/archiveMode',
      'always requires mediaMode routed (the default is relayed)',
    ],
    [
      'always in a relayed session',
      { archiveMode: 'always', mediaMode: 'relayed' },
      '#/archiveMode',
      'always requires mediaMode routed (the default is relayed)',
    ],
    [
      'e2ee in a session that is relayed by default',
      { e2ee: true },
      '#/e2ee',
      'true requires mediaMode routed (the default is relayed)',
    ],
    [
      'e2ee in a relayed session',
      { e2ee: true, mediaMode: 'relayed' },
      '#/e2ee',
      'true requires mediaMode routed (the default is relayed)',
    ],
    [
      'e2ee in an archived session',
      { ...archived, e2ee: true },
      '#/e2ee',
      'must be false with archiveMode always: the platform cannot record encrypted media',
    ],
    [
      'archiveName without archiveMode',
      { archiveName: 'x' },
      '#/archiveName',
      'requires archiveMode always',
    ],
    [
      'archiveName with archiveMode manual',
      { archiveName: 'x', archiveMode: 'manual', mediaMode: 'routed' },
      '#/archiveName',
      'requires archiveMode always',
    ],
    [
      'archiveResolution without archiveMode',
      { archiveResolution: '640x480' },
      '#/archiveResolution',
      'requires archiveMode always',
    ],
    [
      'archiveResolution with archiveMode manual',
      { archiveResolution: '640x480', archiveMode: 'manual' },
      '#/archiveResolution',
      'requires archiveMode always',
    ],
  ])('rejects %s with the reason', async (_scenario, input, pointer, detail) => {
    expect(await catchFieldErrors(() => parseSessionRequest(input))).toEqual([{ pointer, detail }]);
  });

  it('lists the allowed values', async () => {
    const input = {
      mediaMode: 'p2p',
      archiveMode: 'no',
      e2ee: 0,
      location: 'eu',
      archiveResolution: 1,
    };
    expect(await catchFieldErrors(() => parseSessionRequest(input))).toEqual([
      { pointer: '#/mediaMode', detail: 'must be one of relayed, routed' },
      { pointer: '#/archiveMode', detail: 'must be one of manual, always' },
      {
        pointer: '#/location',
        detail: 'must be one IPv4 address, such as 203.0.113.7, or omitted',
      },
      {
        pointer: '#/archiveResolution',
        detail: 'must be one of 480x640, 640x480, 720x1280, 1280x720, 1080x1920, 1920x1080',
      },
      { pointer: '#/e2ee', detail: 'must be true or false' },
    ]);
  });

  it('reports all errors at once: unknown fields, wrong values and violated rules', async () => {
    const input = {
      mediamode: 'routed',
      archiveMode: 'always',
      e2ee: true,
      location: 'eu',
      archiveName: '',
      role: 'moderator',
    };
    expect((await catchPointers(() => parseSessionRequest(input))).sort()).toEqual([
      '#/archiveMode',
      '#/archiveName',
      '#/e2ee',
      '#/e2ee',
      '#/location',
      '#/mediamode',
      '#/role',
    ]);
  });

  it('checks a rule if its own fields are valid, whatever the others are', async () => {
    const input = { archiveMode: 'always', location: 'eu' };
    expect(await catchPointers(() => parseSessionRequest(input))).toEqual([
      '#/location',
      '#/archiveMode',
    ]);
  });

  it('does not check a rule with an invalid field', async () => {
    const input = { archiveMode: 'sometimes', archiveName: 'x', e2ee: true, mediaMode: 'routed' };
    expect(await catchPointers(() => parseSessionRequest(input))).toEqual(['#/archiveMode']);
  });
});
