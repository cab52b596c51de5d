/** The people in a room as its hosts see them, who remove and ban them and lift bans. */
import type { Participant, ParticipantDecision } from '../../client/index.ts';
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
  /** Forgets the people of another room. */
  clear(): void;
}

type Decide = (person: Person, decision: ParticipantDecision['decision']) => void;

/** A person in the room, or banned from it. */
interface Person {
  readonly participantId: string;
  readonly name: string;
}

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

  const decide: Decide = ({ participantId, name }, decision) =>
    host.act(async (signal) => {
      const verb = { remove: 'removes', ban: 'bans', allow: 'allows' }[decision];
      const call = `decideParticipant(${toArguments(host.room(), participantId, { decision })})`;
      const client = host.clientFor(`${host.name()} ${verb} ${name}`, call);
      await client.decideParticipant(host.room(), participantId, { decision });
      if (decision === 'ban') banned.show([...bans.set(participantId, name)].map(toPerson));
      if (decision === 'allow') {
        bans.delete(participantId);
        banned.remove(participantId);
      }
      host.say(`${name} ${PAST[decision]}.`);
      await refresh(signal);
    });

  const inRoom = createKeyedList<Participant>({
    label: 'People in the room',
    class: 'rows people',
    idOf: ({ participantId }) => participantId,
    create: (participant) => toRow(participant, host.name(), decide),
    focusAfter: () => refreshButton,
  });
  /** Names by participant id. */
  const bans = new Map<string, string>();
  const banned = createKeyedList<Person>({
    label: 'Banned people',
    class: 'rows people',
    idOf: ({ participantId }) => participantId,
    create: (person) => ({
      element: h(
        'li',
        {},
        h('div', {}, h('strong', {}, person.name), h('span', { class: 'tag banned' }, 'banned')),
        button('Allow', person.name, () => decide(person, 'allow')),
      ),
    }),
    focusAfter: () => refreshButton,
  });

  const show = (participants: readonly Participant[]) => {
    shown = participants;
    inRoom.show(participants);
    showCount();
  };

  const showCount = () => {
    count.textContent = max === null ? String(shown.length) : `${shown.length} of ${max}`;
  };

  const refresh = async (signal: AbortSignal | undefined) => {
    const { participants } = await host.quietClient().listParticipants(host.room(), { signal });
    if (!signal?.aborted) show(participants);
  };

  const list = async () => {
    const call = `listParticipants(${toArguments(host.room())})`;
    const client = host.clientFor(`${host.name()} lists the people`, call, '{ participants }');
    const { participants } = await client.listParticipants(host.room());
    show(participants);
    host.say(
      participants.length === 1 ? '1 person is in.' : `${participants.length} people are in.`,
    );
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
    names: () => shown.map((participant) => toName(participant)),
    clear: () => {
      show([]);
      bans.clear();
      banned.show([]);
    },
  };
}

const toPerson = ([participantId, name]: readonly [string, string]): Person => ({
  participantId,
  name,
});

const toName = ({ name, sub }: Participant) => name ?? sub ?? 'Unknown person';

function toRow(participant: Participant, host: string, decide: Decide): Row<Participant> {
  const { participantId, sub } = participant;
  const person = { participantId, name: toName(participant) };
  const facts = h('span', { class: 'help' });
  const isHost = sub === host;
  return {
    element: h(
      'li',
      {},
      h(
        'div',
        {},
        h('strong', { title: sub ?? participantId }, person.name),
        isHost && h('span', { class: 'tag' }, 'you'),
        facts,
      ),
      !isHost && button('Remove', person.name, () => decide(person, 'remove')),
      // A ban is of a person, so an unknown one can only be removed.
      !isHost &&
        sub !== null &&
        button('Ban', person.name, () => decide(person, 'ban'), 'danger small'),
    ),
    update: ({ since, connections }) => {
      const clients = connections.length === 1 ? '' : ` · ${connections.length} connections`;
      const text = `since ${new Date(since * 1000).toLocaleTimeString()}${clients}`;
      if (facts.textContent !== text) facts.textContent = text;
    },
  };
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
