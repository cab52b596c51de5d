/** Lists the rooms as a host sees them, to choose one. */
import type { Client, ListedRoom, RoomPage } from '../../client/index.ts';
import { describeError } from '../describe-error.ts';
import { h } from '../elements.ts';
import { createPopover } from '../popover.ts';
import { toArguments } from './client-code.ts';

export interface RoomPickerOptions {
  /** A client for the requests of one step, which are shown beside the panes. */
  readonly clientFor: (call: string) => Client;
  readonly onPick: (room: string) => void;
}

const PAGE: RoomPage = { limit: 20 };

export function createRoomPicker({ clientFor, onPick }: RoomPickerOptions): HTMLElement {
  const list = h('ul', { class: 'rows rooms', 'aria-label': 'Rooms' });
  const status = h('p', { role: 'status', class: 'help' });
  const moreButton = h('button', { type: 'button', class: 'small', hidden: true }, 'More rooms');
  let next: string | null = null;
  let reading = 0;

  const read = async (page: RoomPage) => {
    reading += 1;
    const turn = reading;
    status.className = 'help';
    status.textContent = 'Loading …';
    moreButton.hidden = true;
    try {
      const found = await clientFor(`listRooms(${toArguments(page)})`).listRooms(page);
      // The list may have been opened again meanwhile.
      if (turn !== reading) return;
      const items = found.rooms.map((room) => toItem(room, pick));
      list.append(...items);
      next = found.next;
      moreButton.hidden = next === null;
      status.textContent = list.children.length > 0 ? '' : 'No rooms yet. Join one to create it.';
      // The button for more rooms had the focus.
      if (page.after) (items[0]?.querySelector('button') ?? summary)?.focus();
    } catch (cause) {
      if (turn !== reading) return;
      status.className = 'problem';
      status.textContent = describeError(cause);
    }
  };

  const pick = (room: string) => {
    popover.close();
    onPick(room);
  };

  const popover = createPopover(
    {
      class: 'picker',
      label: 'All rooms',
      onOpen: () => {
        list.replaceChildren();
        void read(PAGE);
      },
    },
    list,
    status,
    moreButton,
  );
  const summary = popover.element.querySelector('summary');
  moreButton.addEventListener('click', () => void read({ ...PAGE, after: next }));
  return popover.element;
}

const ADMISSIONS = { open: 'everyone', knock: 'ask to join', closed: 'hosts only' } as const;

function toItem(room: ListedRoom, pick: (room: string) => void): HTMLElement {
  const { name, admission, closesAt, maxParticipants, reference } = room;
  const facts = [
    ADMISSIONS[admission],
    maxParticipants !== null && `for ${maxParticipants}`,
    closesAt !== null && `closes ${new Date(closesAt * 1000).toLocaleString()}`,
    reference,
  ];
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: 'entry', click: () => pick(name) },
      h('strong', {}, name),
      h('span', { class: 'help' }, facts.filter(Boolean).join(' · ')),
    ),
  );
}
