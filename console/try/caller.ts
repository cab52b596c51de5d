/**
 * Who calls. The API on this machine trusts every caller; one who comes with a token of an end user
 * is taken for that user, whoever signed it, so that the access rules can be seen working.
 */
import { h, newId } from '../elements.ts';
import { playUser } from './play-user.ts';

export interface Caller {
  readonly element: HTMLElement;
  /** The headers that a call of this caller has. */
  headers(): Record<string, string>;
}

const ROLES = ['', 'subscriber', 'publisher', 'moderator', 'publisheronly'];

export function createCaller(onChange: () => void): Caller {
  const name = newId('caller');
  const trusted = h('input', { type: 'radio', name, checked: true, change: onChange });
  const user = h('input', { type: 'radio', name, change: onChange });
  const subject = h('input', { value: 'ada', size: 10, input: onChange });
  const role = h(
    'select',
    { change: onChange },
    ...ROLES.map((value) => h('option', { value }, value || 'none (publisher)')),
  );
  const claims = h(
    'div',
    { class: 'claims' },
    h('label', {}, h('span', {}, 'sub '), subject),
    h('label', {}, h('span', {}, 'opentok_role '), role),
  );
  const element = h(
    'fieldset',
    { class: 'caller' },
    h('legend', {}, 'Who calls'),
    h('label', {}, trusted, ' a trusted back end'),
    h('label', {}, user, ' an end user'),
    claims,
  );
  return {
    element,
    headers: () =>
      user.checked ? { authorization: `Bearer ${playUser(subject.value, role.value)}` } : {},
  };
}
