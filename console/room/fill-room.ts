/** Fills a room to its capacity with simulated people. Only for the stand-in platform. */
import { createClient, ProblemError } from '../../client/index.ts';
import { h } from '../elements.ts';
import { toArguments } from './client-code.ts';
import { signInAs } from './get-token.ts';
import type { HostActions } from './host-actions.ts';
import { connectClient, type StandInClient } from './stand-in-clients.ts';

/** More people at once take too long to watch. */
const MAX_AT_ONCE = 50;

export interface FillRoom {
  readonly element: HTMLElement;
  /** Shows the button for a room with a capacity. */
  show(maxParticipants: number | null): void;
}

/** @param onChange Called when people have joined or left. */
export function createFillRoom(host: HostActions, onChange: () => void): FillRoom {
  const clients = new Set<StandInClient>();
  let count = 0;
  let isBusy = false;
  const fillButton = h(
    'button',
    { type: 'button', class: 'small', click: () => whileBusy(fill) },
    'Fill the room',
  );
  const emptyButton = h(
    'button',
    { type: 'button', class: 'small', hidden: true, click: () => whileBusy(empty) },
    'Simulated people leave',
  );

  const whileBusy = async (action: (signal: AbortSignal | undefined) => Promise<void>) => {
    if (isBusy) return;
    isBusy = true;
    fillButton.setAttribute('aria-disabled', 'true');
    await host.act(action);
    isBusy = false;
    fillButton.removeAttribute('aria-disabled');
    emptyButton.hidden = clients.size === 0;
    onChange();
  };

  const fill = async (signal: AbortSignal | undefined) => {
    const room = host.room();
    const fetch = host.fetchFor(
      'Simulated people join',
      `joinRoom(${toArguments(room)})`,
      '{ token }',
    );
    let added = 0;
    try {
      for (; added < MAX_AT_ONCE && !signal?.aborted; added += 1) {
        count += 1;
        const headers = signInAs(`Person ${count}`, 'publisher');
        const joined = await createClient({ url: '', headers, fetch }).joinRoom(room);
        if (!('token' in joined)) {
          throw new Error('The room has a waiting room. Let everyone join, then fill it.');
        }
        clients.add(await connectClient(joined.token));
      }
    } catch (cause) {
      if (!(cause instanceof ProblemError) || cause.name !== 'RoomFullError') throw cause;
      host.say(`${toPeople(added)} joined, and the next one got RoomFullError: the room is full.`);
      return;
    }
    if (!signal?.aborted) host.say(`${toPeople(added)} joined. Fill the room again for more.`);
  };

  const empty = async () => {
    const leaving = [...clients];
    clients.clear();
    // A host may have removed some.
    const wereThere = await Promise.all(leaving.map((client) => client.isConnected()));
    await Promise.all(leaving.map((client) => client.disconnect()));
    host.say(`${toPeople(wereThere.filter(Boolean).length)} left.`);
    if (document.activeElement === emptyButton) fillButton.focus();
  };

  const element = h('div', { class: 'controls-row', hidden: true }, fillButton, emptyButton);
  return {
    element,
    show: (maxParticipants) => {
      element.hidden = maxParticipants === null && clients.size === 0;
    },
  };
}

const toPeople = (count: number) => (count === 1 ? '1 person' : `${count} people`);
