/** A list that is shown again and again: items that stay keep their place, so that no button moves under a pointer. */
import { h } from './elements.ts';

export interface KeyedListOptions<Item> {
  /** For screen readers. */
  readonly label: string;
  readonly class: string;
  readonly idOf: (item: Item) => string;
  readonly create: (item: Item) => Row<Item>;
  /** Gets the focus if the item that has it disappears. */
  readonly focusAfter: () => HTMLElement;
}

export interface Row<Item> {
  readonly element: HTMLElement;
  /** Shows what may have changed about the item. */
  readonly update?: (item: Item) => void;
}

export interface KeyedList<Item> {
  readonly element: HTMLElement;
  readonly size: number;
  show(items: readonly Item[]): void;
  remove(id: string): void;
}

export function createKeyedList<Item>(options: KeyedListOptions<Item>): KeyedList<Item> {
  const rows = new Map<string, Row<Item>>();
  const element = h('ul', { class: options.class, 'aria-label': options.label });

  const remove = (id: string) => {
    const row = rows.get(id)?.element;
    rows.delete(id);
    if (row?.contains(document.activeElement)) options.focusAfter().focus();
    row?.remove();
  };

  return {
    element,
    get size() {
      return rows.size;
    },
    show: (items) => {
      const ids = new Set(items.map(options.idOf));
      for (const id of rows.keys()) if (!ids.has(id)) remove(id);
      for (const item of items) {
        const id = options.idOf(item);
        const row = rows.get(id) ?? options.create(item);
        row.update?.(item);
        if (rows.has(id)) continue;
        rows.set(id, row);
        element.append(row.element);
      }
    },
    remove,
  };
}
