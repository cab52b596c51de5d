/**
 * The vendor's client, loaded from the vendor when the first person joins, and only if the API serves a real
 * project.
 */
import { h } from '../elements.ts';
import type { Project } from '../project.ts';
import { type JoinCall, mayPublish, maySubscribe } from './call.ts';

/** Source: the vendor's web samples for both platforms. */
const SCRIPTS = {
  opentok: 'https://static.opentok.com/v2/js/opentok.min.js',
  vonage: 'https://video.standard.vonage.com/v2/js/opentok.min.js',
} as const;

type Done = (error?: Error) => void;

interface VendorSession {
  on(event: string, listener: (event: { stream: object; reason?: string }) => void): void;
  connect(token: string, done: Done): void;
  publish(publisher: object): void;
  subscribe(stream: object, element: HTMLElement, options: object, done: Done): void;
  disconnect(): void;
}

interface VendorLibrary {
  initSession(projectId: string, sessionId: string): VendorSession;
  initPublisher(element: HTMLElement, options: object, done: Done): object;
}

let loading: Promise<VendorLibrary> | undefined;

function load(kind: Project['kind']): Promise<VendorLibrary> {
  loading ??= new Promise((resolve, reject) => {
    const script = h('script', {
      src: SCRIPTS[kind],
      load: () => resolve((globalThis as unknown as { OT: VendorLibrary }).OT),
      error: () => {
        loading = undefined;
        reject(new Error(`The vendor’s library could not be loaded from ${SCRIPTS[kind]}.`));
      },
    });
    document.head.append(script);
  });
  return loading;
}

export function createVendorCall(project: Project): JoinCall {
  return async ({ person, token, stage, onEnd }) => {
    const library = await load(project.kind);
    const session = library.initSession(project.id, token.sessionId);
    const place = () => {
      const element = h('div', { class: 'tile' });
      stage.append(element);
      return element;
    };
    const options = { insertMode: 'append', width: '100%', height: '100%' };
    const complain: Done = (error) => {
      if (error) stage.append(h('p', { class: 'problem' }, error.message));
    };
    session.on('streamCreated', ({ stream }) => {
      if (maySubscribe(person.role)) session.subscribe(stream, place(), options, complain);
    });
    session.on('sessionDisconnected', ({ reason }) => {
      stage.replaceChildren();
      onEnd(`Disconnected: ${reason ?? 'no reason was given'}.`);
    });
    await new Promise<void>((resolve, reject) => {
      session.connect(token.token, (error) => (error ? reject(error) : resolve()));
    });
    if (mayPublish(person.role)) {
      const named = { ...options, name: person.name };
      session.publish(library.initPublisher(place(), named, complain));
    }
    return { leave: async () => session.disconnect() };
  };
}
