/** What just happened: each request of the demo, as `curl` and as the code that an app needs for it. */
import type { Fetch } from '../../client/index.ts';
import { codeBlock } from '../copy.ts';
import { h } from '../elements.ts';
import { toCurl } from '../explorer/request-text.ts';

export interface Step {
  /** Such as `Ada joins`. */
  readonly title: string;
  /** What an app does, with the client in `client/`. */
  readonly code: string;
}

export interface Trace {
  readonly element: HTMLElement;
  /** Returns a `fetch` that records one step: polling and retries repeat its request. */
  fetchFor(step: Step): Fetch;
}

interface Entry {
  readonly step: Step;
  /** The latest request, if the step repeats it. */
  curl: string;
  readonly element: HTMLButtonElement;
  readonly result: HTMLElement;
}

const MAX_ENTRIES = 20;

export function createTrace(): Trace {
  const entries: Entry[] = [];
  let shown: Entry | undefined;
  const list = h('ol', { class: 'trace', 'aria-label': 'Requests' });
  const title = h('p', { class: 'trace-title' });
  const code = codeBlock({ client: 'Client', curl: 'curl' });
  const empty = h(
    'p',
    { class: 'empty' },
    'Nothing yet. Join, and the request and the code for your app appear here.',
  );
  const selected = h('div', { class: 'trace-code', hidden: true }, title, code.element);

  const show = (entry: Entry) => {
    shown?.element.removeAttribute('aria-current');
    shown = entry;
    entry.element.setAttribute('aria-current', 'true');
    empty.hidden = true;
    selected.hidden = false;
    title.textContent = entry.step.title;
    code.write({ client: entry.step.code, curl: entry.curl });
  };

  const add = (step: Step, method: string, path: string): Entry => {
    const result = h('span', { class: 'status' }, '…');
    const element = h(
      'button',
      { type: 'button', class: 'entry', click: () => show(entry) },
      h('span', {}, step.title),
      h(
        'span',
        { class: 'entry-request' },
        h('span', { class: `method ${method.toLowerCase()}` }, method),
        ' ',
        h('span', { class: 'entry-path' }, path),
        ' ',
        result,
      ),
    );
    const entry: Entry = { step, curl: '', element, result };
    entries.unshift(entry);
    list.prepend(h('li', {}, element));
    if (entries.length > MAX_ENTRIES) entries.pop()?.element.parentElement?.remove();
    return entry;
  };

  return {
    element: h(
      'section',
      { class: 'trace-panel', 'aria-labelledby': 'trace-title' },
      h('h3', { id: 'trace-title' }, 'What just happened'),
      empty,
      selected,
      list,
    ),
    fetchFor: (step) => {
      let entry: Entry | undefined;
      return async (path, init) => {
        const { method, headers, body } = init;
        const isFirst = entry === undefined;
        entry ??= add(step, method, path);
        entry.curl = toCurl({ method, url: `${location.origin}${path}`, headers, body });
        // A poll does not replace the code that the person reads.
        if (isFirst || entry === shown) show(entry);
        const say = (text: string, outcome: string) => {
          result.textContent = text;
          result.className = `status ${outcome}`;
        };
        const { result } = entry;
        try {
          const response = await fetch(path, init);
          say(String(response.status), response.ok ? 'succeeded' : 'failed');
          return response;
        } catch (cause) {
          say('no response', 'failed');
          throw cause;
        }
      };
    },
  };
}
