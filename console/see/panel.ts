/** Two people who join one room, each with a pane of their own, and the door that a host has to it. */
import { find, h } from '../elements.ts';
import type { Project } from '../project.ts';
import { createDoor } from './door.ts';
import { takeInvite } from './invite-link.ts';
import { createPane } from './pane.ts';
import { createStandInCall } from './stand-in-call.ts';
import { createVendorCall } from './vendor-call.ts';

/** @param inspect shows the token that somebody joined with to the inspector */
export function openSee(project: Project, inspect: (token: string) => void): void {
  const join = project.isReal ? createVendorCall(project) : createStandInCall(project);
  const room = h('input', { value: 'standup', spellcheck: 'false', autocomplete: 'off' });
  const tools = { join, inspect, room: () => room.value };
  const host = createPane({ name: 'Ada', role: 'publisher' }, tools);
  const other = createPane({ name: 'Grace', role: 'moderator' }, tools);
  const door = createDoor({ room: tools.room, onInvite: other.invite });
  room.addEventListener('change', door.look);
  host.element.append(door.element);
  const joinBoth = () => Promise.all([host.join(), other.join()]);
  find('see').append(
    h(
      'p',
      { class: 'steps' },
      h('label', {}, 'Room ', room),
      h('button', { type: 'button', class: 'primary', click: joinBoth }, 'Join both'),
    ),
    h('div', { class: 'panes' }, host.element, other.element),
  );
  takeInvite((invite) => {
    other.invite(invite);
    other.element.scrollIntoView();
  });
}
