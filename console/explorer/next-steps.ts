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
  readonly invites?: readonly { readonly inviteId: string; readonly name: string | null }[];
  readonly knocks?: readonly {
    readonly knockId: string;
    readonly sub: string;
    readonly name: string | null;
  }[];
}

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
  const { sessionId, token, invite, guest, knock, invites, knocks }: Content = Object(content);
  const { id, room: name } = sent;
  return [
    problemName === 'RoomNotFoundError' &&
      name !== '' &&
      step('Create this room', 'putRoom', { name }),
    sessionId && !token && step('Issue a token for this session', 'issueToken', { sessionId }),
    invite && step('Join with this invite', 'joinAsGuest', { invite }),
    guest && step('Come back as this guest', 'joinAsGuest', { guest }),
    knock && step('Ask again with this knock', id, { knock }),
    ...list(invites).map(({ inviteId, ...one }) =>
      step(`Revoke the invite ${one.name ?? inviteId}`, 'deleteInvite', { name, inviteId }),
    ),
    ...list(knocks).map(({ knockId, sub, ...one }) =>
      step(`Decide about ${one.name ?? sub}`, 'decideKnock', { name, knockId }),
    ),
  ].filter((one) => typeof one === 'object');
}

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
