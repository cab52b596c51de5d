import { describe, expect, it } from 'vitest';
import { createEnvironmentReader } from '../../lib/wiring/environment.ts';

const read = (value: string | undefined) => createEnvironmentReader({ NAME: value });

describe('a text variable', () => {
  it.each([
    ['x', 'x'],
    ['', undefined],
    [undefined, undefined],
  ])('that is %j reads %j', (value, expected) => {
    expect(read(value).text('NAME')).toBe(expected);
  });
});

describe('a URL variable', () => {
  it.each([
    ['https://api.example', 'https://api.example'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://api.example/', 'https://api.example'],
    ['https://api.example/base//', 'https://api.example/base'],
    ['HTTPS://api.example', 'HTTPS://api.example'],
    ['', undefined],
    [undefined, undefined],
  ])('that is %j reads %j', (value, expected) => {
    const reader = read(value);
    expect(reader.url('NAME')).toBe(expected);
    expect(reader.problems).toEqual([]);
  });

  it.each([
    'api.example',
    'localhost:8080',
    '//api.example',
    'ftp://api.example',
    'file:///etc/passwd',
    'xhttps://api.example',
    'https://',
    'https://api.example ',
    ' https://api.example',
    'https://api.example?region=eu',
    'https://api.example#x',
    'https://user:password@api.example',
    'https:api.example',
    'https:///api.example',
    'https://api.example\\base',
  ])('cannot be %j', (value) => {
    const reader = read(value);
    reader.url('NAME');
    expect(reader.problems).toEqual([
      'NAME must be an http: or https: URL without user, query and fragment',
    ]);
  });
});

describe('a number variable', () => {
  const count = (value: string | undefined, min = 1) => {
    const reader = read(value);
    return { value: reader.count('NAME', 'seconds', min, 300), problems: reader.problems };
  };

  it.each([
    ['1', 1, 1],
    ['300', 1, 300],
    ['0300', 1, 300],
    ['0', 0, 0],
    ['', 1, undefined],
    [undefined, 1, undefined],
  ])('that is %j reads, from %i on, %j', (value, min, expected) => {
    expect(count(value, min)).toEqual({ value: expected, problems: [] });
  });

  it.each([
    '0',
    '301',
    '-1',
    '+1',
    '1.0',
    '1e2',
    '0x10',
    ' 1',
    '1 ',
    'five',
    'NaN',
    'Infinity',
    '١',
  ])('from 1 to 300 cannot be %j', (value) => {
    const problems = ['NAME must be whole seconds from 1 to 300'];
    expect(count(value)).toEqual({ value: undefined, problems });
  });
});

describe('a variable of few words', () => {
  const oneOf = (value: string | undefined) => {
    const reader = read(value);
    return { value: reader.oneOf('NAME', ['iam', 'jwt']), problems: reader.problems };
  };

  it.each([
    ['iam', 'iam'],
    ['jwt', 'jwt'],
    ['', undefined],
    [undefined, undefined],
  ])('that is %j reads %j', (value, expected) => {
    expect(oneOf(value)).toEqual({ value: expected, problems: [] });
  });

  it.each(['IAM', 'none', 'iam,jwt', ' iam'])('cannot be %j', (value) => {
    expect(oneOf(value)).toEqual({ value: undefined, problems: ['NAME must be one of iam, jwt'] });
  });
});
