/** What an answer is good for: forms to go on with, and what is filled in there. Pure. */

export interface NextStep {
  readonly label: string;
  /** The operation to go on with. */
  readonly id: string;
  /** By the names of its fields. */
  readonly values: Readonly<Record<string, string>>;
}

/** As far as it is read. */
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
 * @param asked the operation that was answered, and the room that it was about, if it was about one
 * @param content of the answer; anything
 */
export function toNextSteps(
  asked: { readonly id: string; readonly room: string },
  content: unknown,
): readonly NextStep[] {
  const { sessionId, token, invite, guest, knock, invites, knocks }: Content = Object(content);
  const { id, room: name } = asked;
  return [
    sessionId && !token && step('Issue a token for this session', 'issueToken', { sessionId }),
    invite && step('Join with this invite', 'joinAsGuest', { invite }),
    guest && step('Come back as this guest', 'joinAsGuest', { guest }),
    knock && step('Ask again with this knock', id, { knock }),
    ...list(invites).map(({ inviteId, ...one }) =>
      step(`Take the invite ${one.name ?? inviteId} back`, 'deleteInvite', { name, inviteId }),
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
