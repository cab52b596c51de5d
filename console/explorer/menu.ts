/** The list of operations, grouped by topic, with a filter. */
import { toHash } from '../address.ts';
import { h, newId } from '../elements.ts';
import type { Operation } from '../operations.ts';

export interface Menu {
  readonly element: HTMLElement;
  select(id: string): void;
}

export function createMenu(operations: readonly Operation[]): Menu {
  const id = newId('filter');
  const filter = h('input', {
    ...{ id, type: 'search', placeholder: 'Filter operations' },
    ...{ autocomplete: 'off', spellcheck: 'false', input: () => show() },
  });
  const links = operations.map((operation) => ({ operation, element: toLink(operation) }));
  const topics = [...new Set(operations.map(({ topic }) => topic))].map((topic) => {
    const here = links.filter(({ operation }) => operation.topic === topic);
    const titleId = newId('topic');
    const element = h(
      'div',
      { class: 'topic' },
      h('h3', { id: titleId }, topic),
      h('ul', { 'aria-labelledby': titleId }, ...here.map((link) => h('li', {}, link.element))),
    );
    return { element, here };
  });
  const none = h('p', { class: 'help', role: 'status' });
  const current = h('span', { class: 'menu-current' });

  const show = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { operation, element } of links) {
      const text = toText(operation);
      element.parentElement?.toggleAttribute('hidden', !words.every((word) => text.includes(word)));
    }
    const isHidden = (link: HTMLElement) => link.parentElement?.hidden;
    for (const { element, here } of topics) {
      element.hidden = here.every((link) => isHidden(link.element));
    }
    const isEmpty = links.every((link) => isHidden(link.element));
    none.textContent = isEmpty ? `No operation matches “${filter.value}”.` : '';
  };

  /** Open where there is room for it beside the form; style.css has the same width. */
  const isWide = matchMedia('(min-width: 60rem)');
  const element = h(
    'details',
    { class: 'menu', open: isWide.matches },
    h('summary', {}, h('span', {}, 'Operations'), current),
    h(
      'nav',
      { 'aria-label': 'Operations' },
      h('label', { for: id, class: 'hidden' }, 'Filter operations'),
      filter,
      none,
      ...topics.map((topic) => topic.element),
    ),
  );
  isWide.addEventListener('change', () => {
    element.open = isWide.matches;
  });
  return {
    element,
    select: (selected) => {
      for (const link of links) {
        if (link.operation.id !== selected) link.element.removeAttribute('aria-current');
        else {
          link.element.setAttribute('aria-current', 'page');
          current.textContent = link.operation.summary;
        }
      }
      // Closing it would lose the focus of a keyboard.
      if (!isWide.matches && !element.contains(document.activeElement)) element.open = false;
    },
  };
}

function toText({ summary, method, path, id, topic }: Operation): string {
  return `${summary} ${method} ${path} ${id} ${topic}`.toLowerCase();
}

function toLink({ id, summary, method, path }: Operation): HTMLElement {
  return h(
    'a',
    { href: toHash({ view: 'api', operation: id, values: {} }), title: `${method} ${path}` },
    h('span', { class: `method ${method.toLowerCase()}` }, method),
    h('span', {}, summary),
  );
}
