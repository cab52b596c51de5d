/** The last requests of this page, to restore with one click. They are kept in memory only: responses have tokens. */
import { h } from '../elements.ts';
import type { Operation } from '../operations.ts';
import type { Outcome } from './send-request.ts';

const MAX_ENTRIES = 20;

export interface Entry {
  readonly operation: Operation;
  /** What was filled in, as forms save it. */
  readonly values: Readonly<Record<string, string>>;
  readonly caller: Readonly<Record<string, string>>;
  readonly path: string;
  readonly outcome: Outcome;
  readonly at: Date;
}

export interface History {
  readonly element: HTMLElement;
  add(entry: Entry): void;
}

export function createHistory(restore: (entry: Entry) => void): History {
  const list = h('ol', { class: 'history' });
  const count = h('span', { class: 'tag' }, '0');
  const empty = h('p', { class: 'help' }, 'Requests that you send are listed here.');
  const element = h(
    'details',
    { class: 'block' },
    h('summary', {}, 'History ', count),
    empty,
    list,
  );
  return {
    element,
    add: (entry) => {
      empty.hidden = true;
      list.prepend(
        h(
          'li',
          {},
          toButton(entry, () => restore(entry)),
        ),
      );
      while (list.children.length > MAX_ENTRIES) list.lastElementChild?.remove();
      count.textContent = String(list.children.length);
    },
  };
}

function toButton({ operation, path, outcome, at }: Entry, click: () => void): HTMLElement {
  const { method } = operation;
  const status = String(outcome.response?.status ?? '—');
  return h(
    'button',
    { type: 'button', class: 'entry', click },
    h('span', { class: `method ${method.toLowerCase()}` }, method),
    ' ',
    h('span', { class: 'entry-path' }, path),
    ' ',
    h('span', { class: outcome.problem ? 'status failed' : 'status succeeded' }, status),
    ' ',
    h('time', { datetime: at.toISOString() }, at.toLocaleTimeString()),
  );
}
