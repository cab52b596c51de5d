/**
 * In place of the vendor's library where `npm start` stands in for the platform. Connects to the stand-in, which
 * checks the token, and shows everyone who joins the session in this browser as a tile with a name. Delete
 * this file in your app.
 */
import type { Library } from './library.ts';
import { url } from './sign-in.ts';

interface Stream {
  readonly streamId: string;
  readonly name: string;
}

/** What the tabs of one session send to each other. */
interface Message {
  readonly kind: 'joined' | 'present' | 'left';
  readonly stream: Stream;
}

interface Events {
  streamCreated?: (event: { readonly stream: Stream }) => void;
  sessionDisconnected?: (event: { readonly reason: string }) => void;
}

const POLL_MS = 2000;
const clients = `${url}/stand-in/clients`;
const tiles = new Map<string, HTMLElement>();

function addTile({ streamId, name }: Stream, parent: HTMLElement, note = ''): void {
  const tile = Object.assign(document.createElement('div'), { className: 'tile' });
  tile.textContent = `${name}${note}`;
  tiles.set(streamId, tile);
  parent.append(tile);
}

function removeTile(streamId: string): void {
  tiles.get(streamId)?.remove();
  tiles.delete(streamId);
}

function initPublisher(parent: HTMLElement, { name }: { name: string }, done: () => void) {
  const stream = { streamId: crypto.randomUUID(), name };
  addTile(stream, parent, ' (you)');
  // The vendor's library calls back when the camera has started.
  queueMicrotask(done);
  return {
    stream,
    publishAudio() {},
    publishVideo: (isOn: boolean) => tiles.get(stream.streamId)?.classList.toggle('off', !isOn),
    destroy: () => removeTile(stream.streamId),
  };
}

function initSession(_projectId: string, sessionId: string) {
  const channel = new BroadcastChannel(sessionId);
  const events: Events = {};
  const others = new Set<string>();
  let own: Stream | undefined;
  let connectionId: string | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  const send = (kind: Message['kind']) => own && channel.postMessage({ kind, stream: own });
  const receive = ({ data: { kind, stream } }: MessageEvent<Message>) => {
    if (kind === 'left') removeTile(stream.streamId);
    else if (!others.has(stream.streamId)) events.streamCreated?.({ stream });
    if (kind === 'joined') send('present');
    others.add(stream.streamId);
  };

  const end = (reason: string) => {
    if (!connectionId) return;
    clearInterval(timer);
    send('left');
    channel.close();
    for (const streamId of others) removeTile(streamId);
    // `keepalive` sends it also when the page is closed.
    void fetch(`${clients}/${connectionId}`, { method: 'DELETE', keepalive: true }).catch(() => {});
    connectionId = undefined;
    events.sessionDisconnected?.({ reason });
  };

  /** A host can have removed the person meanwhile. */
  const watch = async () => {
    const response = await fetch(`${clients}/${connectionId}`).catch(() => undefined);
    if (response?.ok && (await response.json()).state === 'Disconnected') end('forceDisconnected');
  };

  const connect = async (token: string) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token });
    const response = await fetch(clients, { method: 'POST', headers, body });
    const client = await response.json();
    if (!response.ok) {
      throw Object.assign(new Error(client.detail), { name: 'OT_AUTHENTICATION_ERROR' });
    }
    connectionId = client.connectionId;
    channel.addEventListener('message', receive);
    addEventListener('pagehide', () => end('clientDisconnected'), { once: true });
    timer = setInterval(watch, POLL_MS);
    await watch();
  };

  return {
    on: (event: keyof Events, listener: () => void) => Object.assign(events, { [event]: listener }),
    connect: { promise: connect },
    publish: ({ stream }: { stream: Stream }) => {
      own = stream;
      send('joined');
    },
    subscribe: (stream: Stream, parent: HTMLElement) => addTile(stream, parent),
    disconnect: () => end('clientDisconnected'),
  };
}

export const noMedia = { initSession, initPublisher } as unknown as Library;
