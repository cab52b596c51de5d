/** The people in a room as its hosts see them, who remove and ban them and lift bans. */
import type { Ban, Participant, ParticipantDecision, ParticipantList } from '../../client/index.ts';
import { h, newId } from '../elements.ts';
import { createKeyedList, type Row } from '../keyed-list.ts';
import { toArguments } from './client-code.ts';
import type { HostActions } from './host-actions.ts';

export interface People {
  readonly element: HTMLElement;
  /** Reads who is in, and shows it. Not recorded as a request of the demo. */
  refresh(signal: AbortSignal): Promise<void>;
  /** @param limit How many fit into the room; `null` for no limit. */
  setLimit(limit: number | null): void;
  /** Names of the people shown last. */
  names(): readonly string[];
  /** Removes the people of another room. */
  clear(): void;
}

type Decide = (person: Participant | Ban, decision: ParticipantDecision['decision']) => void;

const PAST: Readonly<Record<ParticipantDecision['decision'], string>> = {
  remove: 'was removed and can join again',
  ban: 'is banned',
  allow: 'can join again',
};

export function createPeople(host: HostActions): People {
  const titleId = newId('people');
  const count = h('span', { class: 'help' });
  const refreshButton = h(
    'button',
    { type: 'button', class: 'small', click: () => host.act(list) },
    'Refresh',
  );
  let shown: readonly Participant[] = [];
  let max: number | null = null;

  const decide: Decide = (person, decision) =>
    host.act(async (signal) => {
      const name = toName(person);
      const verb = { remove: 'removes', ban: 'bans', allow: 'allows' }[decision];
      const path = [host.room(), person.participantId] as const;
      const call = `decideParticipant(${toArguments(...path, { decision })})`;
      await host
        .clientFor(`${host.name()} ${verb} ${name}`, call)
        .decideParticipant(...path, { decision });
      await refresh(signal);
      host.say(`${name} ${PAST[decision]}.`);
    });

  const inRoom = createKeyedList<Participant>({
    label: 'People in the room',
    class: 'rows people',
    idOf: ({ participantId }) => participantId,
    create: (participant) => toRow(participant, host.name(), decide),
    focusAfter: () => refreshButton,
  });
  const banned = createKeyedList<Ban>({
    label: 'Banned people',
    class: 'rows people',
    idOf: ({ participantId }) => participantId,
    create: (ban) => toBanRow(ban, decide),
    focusAfter: () => refreshButton,
  });

  const show = (list: ParticipantList) => {
    shown = list.participants;
    inRoom.show(list.participants);
    banned.show(list.banned);
    showCount();
  };

  const showCount = () => {
    count.textContent = max === null ? String(shown.length) : `${shown.length} of ${max}`;
  };

  const refresh = async (signal: AbortSignal | undefined) => {
    const found = await host.quietClient().listParticipants(host.room(), { signal });
    if (!signal?.aborted) show(found);
  };

  const list = async () => {
    const call = `listParticipants(${toArguments(host.room())})`;
    const client = host.clientFor(
      `${host.name()} lists the people`,
      call,
      '{ participants, banned }',
    );
    const found = await client.listParticipants(host.room());
    show(found);
    const count = found.participants.length;
    host.say(count === 1 ? '1 person is in.' : `${count} people are in.`);
  };

  return {
    element: h(
      'section',
      { class: 'people-panel', 'aria-labelledby': titleId },
      h(
        'div',
        { class: 'row-head' },
        h('h4', { id: titleId }, 'People in the room'),
        count,
        refreshButton,
      ),
      inRoom.element,
      banned.element,
    ),
    refresh,
    setLimit: (limit) => {
      max = limit;
      showCount();
    },
    names: () => shown.map(toName),
    clear: () => show({ participants: [], banned: [] }),
  };
}

const toName = ({ name, sub }: Participant | Ban) => name ?? sub ?? 'Unknown person';

function toRow(participant: Participant, host: string, decide: Decide): Row<Participant> {
  const { participantId, sub } = participant;
  const name = toName(participant);
  const facts = h('span', { class: 'help' });
  const isHost = sub === host;
  return {
    element: h(
      'li',
      {},
      h(
        'div',
        {},
        h('strong', { title: sub ?? participantId }, name),
        isHost && h('span', { class: 'tag' }, 'you'),
        facts,
      ),
      !isHost && button('Remove', name, () => decide(participant, 'remove')),
      // A ban is of a person, so an unknown one can only be removed.
      !isHost &&
        sub !== null &&
        button('Ban', name, () => decide(participant, 'ban'), 'danger small'),
    ),
    update: ({ since, connections }) => {
      const clients = connections.length === 1 ? '' : ` · ${connections.length} connections`;
      const text = `since ${toMoment(since)}${clients}`;
      if (facts.textContent !== text) facts.textContent = text;
    },
  };
}

function toBanRow(ban: Ban, decide: Decide): Row<Ban> {
  const name = toName(ban);
  return {
    element: h(
      'li',
      {},
      h(
        'div',
        {},
        h('strong', { title: ban.sub ?? ban.participantId }, name),
        h('span', { class: 'tag banned' }, 'banned'),
        h('span', { class: 'help' }, `since ${toMoment(ban.since)}`),
        ban.inviteId !== null &&
          h(
            'p',
            { class: 'help' },
            'Came by an invite. Revoke it so that they cannot come as another guest: ',
            h('code', {}, ban.inviteId),
          ),
      ),
      button('Allow', name, () => decide(ban, 'allow')),
    ),
  };
}

/** The time today, or the date and the time. */
function toMoment(seconds: number): string {
  const moment = new Date(seconds * 1000);
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? moment.toLocaleTimeString() : moment.toLocaleString();
}

/** Shows the verb alone; screen readers also read the name. */
function button(verb: string, name: string, click: () => void, style = 'small'): HTMLElement {
  return h(
    'button',
    { type: 'button', class: style, click },
    verb,
    h('span', { class: 'hidden' }, ` ${name}`),
  );
}
