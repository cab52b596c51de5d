/** Content that a summary opens, and that Escape and a click elsewhere close. */
import { type Child, h } from './elements.ts';

export interface PopoverOptions {
  readonly class: string;
  readonly label: string;
  /** Called each time it opens. */
  readonly onOpen?: () => void;
}

export interface Popover {
  readonly element: HTMLElement;
  close(): void;
}

export function createPopover(
  { class: name, label, onOpen }: PopoverOptions,
  ...children: Child[]
): Popover {
  const element = h(
    'details',
    {
      class: `popover ${name}`,
      toggle: () => {
        if (element.open) onOpen?.();
      },
    },
    h('summary', {}, label),
    h('div', { class: 'popover-content' }, ...children),
  );
  document.addEventListener('click', ({ target }) => {
    if (!element.contains(target as Node)) element.open = false;
  });
  element.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !element.open) return;
    element.open = false;
    element.querySelector('summary')?.focus();
  });
  return {
    element,
    close: () => {
      element.open = false;
    },
  };
}
