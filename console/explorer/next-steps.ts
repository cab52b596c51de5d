/** What to do with a response: forms to continue with, and the values to fill in there. Pure: no I/O. */

export interface NextStep {
  readonly label: string;
  /** The operation to continue with. */
  readonly id: string;
  /** By the names of its fields. */
  readonly values: Readonly<Record<string, string>>;
}

/** The fields that are read. */
interface Content {
  readonly sessionId?: string;
  readonly token?: string;
  readonly invite?: string;
  readonly guest?: string;
  readonly knock?: string;
  readonly invites?: readonly ({ readonly inviteId: string } & Pick<Person, 'name'>)[];
  readonly knocks?: readonly ({ readonly knockId: string } & Person)[];
  readonly participants?: readonly ({ readonly participantId: string } & Person)[];
  readonly banned?: Content['participants'];
  readonly rooms?: readonly { readonly name: string }[];
  readonly next?: string | null;
}

interface Person {
  readonly sub: string | null;
  readonly name: string | null;
}

/** More buttons than this are a list to search, not steps to choose from. */
const MAX_STEPS = 20;

/**
 * @param sent The operation, and the room of its path; empty for none.
 * @param content Of the response; any value.
 * @param problemName Of a response that is not a success.
 */
export function toNextSteps(
  sent: { readonly id: string; readonly room: string },
  content: unknown,
  problemName?: string,
): readonly NextStep[] {
  const { sessionId, token, invite, guest, knock, ...lists }: Content = Object(content);
  const { invites, knocks, participants, banned, rooms, next } = lists;
  const { id, room: name } = sent;
  return [
    problemName === 'RoomNotFoundError' &&
      name !== '' &&
      step('Create this room', 'putRoom', { name }),
    sessionId && !token && step('Issue a token for this session', 'issueToken', { sessionId }),
    invite && step('Join with this invite', 'joinAsGuest', { invite }),
    guest && step('Come back as this guest', 'joinAsGuest', { guest }),
    knock && step('Ask again with this knock', id, { knock }),
    typeof next === 'string' && step('Next page', id, { after: next }),
    ...list(invites).map(({ inviteId, ...one }) =>
      step(`Revoke the invite ${one.name ?? inviteId}`, 'deleteInvite', { name, inviteId }),
    ),
    ...list(knocks).map(({ knockId, ...person }) =>
      step(`Decide about ${toName(person)}`, 'decideKnock', { name, knockId }),
    ),
    ...list(participants).map(({ participantId, ...person }) =>
      step(`Decide about ${toName(person)}`, 'decideParticipant', { name, participantId }),
    ),
    ...list(banned).map(({ participantId, ...person }) =>
      step(`Allow ${toName(person)}`, 'decideParticipant', {
        name,
        participantId,
        decision: 'allow',
      }),
    ),
    ...list(rooms).map((room) => step(`Show ${room.name}`, 'readRoom', { name: room.name })),
  ]
    .filter((one) => typeof one === 'object')
    .slice(0, MAX_STEPS);
}

const toName = ({ name, sub }: Person) => name ?? sub ?? 'an unknown person';

function step(label: string, id: string, values: NextStep['values']): NextStep {
  return { label, id, values };
}

function list<Item>(items: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(items) ? items : [];
}

/**
 * Values that the API makes, and the operations that make them: a form can have one made, or take it from
 * an earlier response.
 */
export const SOURCES: Readonly<Record<string, { readonly label: string; readonly id: string }>> = {
  sessionId: { label: 'Create a session', id: 'createSession' },
  invite: { label: 'Create an invite', id: 'createInvite' },
  inviteId: { label: 'Create an invite', id: 'createInvite' },
  token: { label: 'Issue a token', id: 'joinRoom' },
};

/** Returns the values of a response that other forms take. */
export function toKnownValues(content: unknown): Readonly<Record<string, string>> {
  const pairs = Object.entries(Object(content)).filter(
    (pair): pair is [string, string] => pair[0] in SOURCES && typeof pair[1] === 'string',
  );
  return Object.fromEntries(pairs);
}
