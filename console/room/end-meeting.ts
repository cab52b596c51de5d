/** Ends a meeting for everyone, after a dialog that shows what happens. */
import { h, newId } from '../elements.ts';
import { toArguments } from './client-code.ts';
import type { HostActions } from './host-actions.ts';

export interface EndMeeting {
  /** The button. */
  readonly element: HTMLElement;
  /** Closes the dialog: an open one keeps the rest of the page from being used. */
  close(): void;
}

export function createEndMeeting(host: HostActions, names: () => readonly string[]): EndMeeting {
  const titleId = newId('end-meeting');
  // With the focus, so that a small screen shows the dialog from its start.
  const title = h('h3', { id: titleId, tabindex: -1, autofocus: true });
  const people = h('li');

  const end = async () => {
    dialog.close();
    const call = `endMeeting(${toArguments(host.room())})`;
    await host.clientFor(`${host.name()} ends the meeting`, call).endMeeting(host.room());
  };

  const dialog = h(
    'dialog',
    { 'aria-labelledby': titleId },
    title,
    h(
      'ol',
      {},
      h('li', {}, 'Only hosts can join from now on. The other rules stay.'),
      people,
      h('li', {}, 'Tokens stay valid until they expire. A client that has one can connect again.'),
    ),
    h(
      'div',
      { class: 'controls-row' },
      h(
        'button',
        { type: 'button', class: 'danger', click: () => host.act(end) },
        'End the meeting',
      ),
      h('button', { type: 'button', click: () => dialog.close() }, 'Cancel'),
    ),
  );

  const ask = () => {
    title.textContent = `End the meeting in ${host.room()}?`;
    people.textContent = `Everyone in the room is disconnected: ${names().join(', ') || 'no one at the moment'}.`;
    dialog.showModal();
  };
  return {
    element: h(
      'div',
      {},
      h('button', { type: 'button', class: 'danger', click: ask }, 'End the meeting …'),
      dialog,
    ),
    close: () => dialog.close(),
  };
}
