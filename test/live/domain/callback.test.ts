import { describe, expect, it } from 'vitest';
import { toPersonId, toUnknownPersonId, writeIdentity } from '../../../lib/domain/identity.ts';
import { assertOfProject, parseCallback, toLiveEvent } from '../../../lib/live/domain/callback.ts';
import {
  archiveCallback,
  connectionCallback,
  sessionCallback,
  streamCallback,
} from '../../../stand-ins/callbacks.ts';
import { mintSessionId } from '../../../stand-ins/session-id.ts';

const projectId = '12345678';
const sessionId = mintSessionId({ projectId });
const session = { sessionId, projectId, timestamp: 1_700_000_000_123 };
const createdAt = 1_699_999_999_000;
const ada = {
  connectionId: 'c-1',
  createdAt,
  data: writeIdentity({ sub: 'ada', name: 'Ada', data: 'x' }),
};
const stranger = { connectionId: 'c-2', createdAt, data: '{"name":"Eve"}' };

const parse = (body: unknown) => parseCallback(Buffer.from(JSON.stringify(body)));
const toEvent = (body: unknown, room: string | null = null, reference: string | null = null) =>
  toLiveEvent(parse(body), { room, reference });

describe('toLiveEvent', () => {
  const common = {
    ...{ sessionId, room: 'ward', reference: null, timestamp: session.timestamp },
  };

  it.each([
    ['sessionCreated', 'OpenTok Live Session Started', {}],
    ['sessionDestroyed', 'OpenTok Live Session Ended', { reason: 'serverRotation' }],
    ['sessionNotification', 'OpenTok Live Session Notification', { reason: 'x' }],
  ] as const)('turns %s into %s', (event, type, more) => {
    const body = sessionCallback(event, session, more);
    expect(toEvent(body, 'ward')).toEqual({ type, detail: { ...common, ...more } });
  });

  it.each([
    ['connectionCreated', 'OpenTok Connection Created', {}],
    ['connectionDestroyed', 'OpenTok Connection Destroyed', { reason: 'clientDisconnected' }],
  ] as const)('turns %s into %s, with the person', (event, type, more) => {
    expect(toEvent(connectionCallback(event, session, ada), 'ward')).toEqual({
      type,
      detail: {
        ...common,
        participantId: toPersonId('ada'),
        connection: { id: 'c-1', createdAt, sub: 'ada', name: 'Ada', data: 'x' },
        ...more,
      },
    });
  });

  it('has the reference of the room', () => {
    const body = sessionCallback('sessionCreated', session, {});
    expect(toEvent(body, 'ward', 'appointment-4711').detail).toEqual({
      ...common,
      reference: 'appointment-4711',
    });
  });

  it('passes on data that is not ours, with sub and name null', () => {
    expect(toEvent(connectionCallback('connectionCreated', session, stranger)).detail).toEqual({
      ...common,
      room: null,
      participantId: toUnknownPersonId('c-2'),
      connection: { id: 'c-2', createdAt, sub: null, name: null, data: stranger.data },
    });
  });

  it.each([
    ['streamCreated', 'OpenTok Stream Created'],
    ['streamDestroyed', 'OpenTok Stream Destroyed'],
  ] as const)('turns %s into %s, with the publisher', (event, type) => {
    const body = streamCallback(event, session, ada);
    expect(toEvent(body)).toMatchObject({
      type,
      detail: {
        participantId: toPersonId('ada'),
        connection: { id: 'c-1', sub: 'ada' },
        stream: (body as { stream: object }).stream,
      },
    });
  });

  it('passes on every other callback with its body', () => {
    const body = archiveCallback({ sessionId, projectId: Number(projectId) });
    expect(toEvent(body, 'ward')).toEqual({
      type: 'OpenTok Callback Received',
      detail: { sessionId, room: 'ward', reference: null, body },
    });
  });

  it('passes on a callback without event, timestamp and session', () => {
    const body = { projectId, status: 'ringing' };
    expect(toEvent(body)).toEqual({
      type: 'OpenTok Callback Received',
      detail: { sessionId: null, room: null, reference: null, body },
    });
  });

  it.each(['constructor', '__proto__', 'toString'])('treats event %j as any other', (event) => {
    expect(toEvent({ sessionId, event }).type).toBe('OpenTok Callback Received');
  });
});

describe('parseCallback', () => {
  const deep = (levels: number) =>
    `{"sessionId":"${sessionId}","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  it.each([
    ['an empty body', ''],
    ['text', 'callback'],
    ['a number', '7'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['a byte order mark', '\ufeff{}'],
    ['a live event without session', JSON.stringify({ event: 'sessionCreated', projectId })],
    ['a session id that is a number', JSON.stringify({ sessionId: 7, projectId })],
    ['a session id of 256 characters', JSON.stringify({ sessionId: 'x'.repeat(256), projectId })],
    [
      'a connection without id',
      JSON.stringify({ event: 'connectionCreated', sessionId, connection: {} }),
    ],
    ['no connection', JSON.stringify({ event: 'connectionDestroyed', sessionId })],
    [
      'a connection id of 256 characters',
      JSON.stringify({
        event: 'connectionCreated',
        sessionId,
        connection: { id: 'x'.repeat(256) },
      }),
    ],
    [
      'a stream without connection',
      JSON.stringify({ event: 'streamCreated', sessionId, stream: {} }),
    ],
    ['more levels than EventBridge accepts', deep(1_000)],
    ['as many levels as the body has space for', deep(16_000)],
  ])('rejects %s', (_what, body) => {
    expect(() => parseCallback(Buffer.from(body))).toThrow(
      expect.objectContaining({ name: 'ValidationError' }),
    );
  });

  it('accepts a body of some hundred levels', () => {
    expect(parseCallback(Buffer.from(deep(890))).event).toBe('other');
  });
});

describe('assertOfProject', () => {
  const own = { kind: 'opentok', id: projectId } as const;
  const other = mintSessionId({ projectId: '123456789' });
  const uuid = '0F1E2D3C-0000-4000-8000-000000000000';
  const application = { kind: 'vonage', id: uuid.toLowerCase() } as const;

  it.each([
    ['as text', { projectId, sessionId }, own],
    ['as a number', { projectId: 12345678, sessionId }, own],
    ['by the session alone', { sessionId }, own],
    ['by an empty projectId and the session', { projectId: '', sessionId }, own],
    ['without a session', { projectId }, own],
    ['with an unreadable session id', { projectId, sessionId: '2_x' }, own],
    [
      'as a UUID in upper case',
      { projectId: uuid, sessionId: mintSessionId({ projectId: uuid }) },
      application,
    ],
  ])('accepts this project %s', (_what, body, project) => {
    expect(() => assertOfProject(parse(body), project)).not.toThrow();
  });

  it.each([
    ['another project', { projectId: '123456789', sessionId: other }],
    ['a session of another project', { sessionId: other }],
    ['this project, with a session of another one', { projectId, sessionId: other }],
    ['another project, with a session of this one', { projectId: '1', sessionId }],
    ['no project, with an unreadable session id', { sessionId: '2_x' }],
  ])('rejects %s', (_what, body) => {
    expect(() => assertOfProject(parse(body), own)).toThrow(
      expect.objectContaining({ name: 'ForbiddenError', status: 403 }),
    );
  });
});
