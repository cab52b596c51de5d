/**
 * Who calls. The API on this machine trusts every caller; a request with a JWT of an end user is handled as
 * that user's, whether the JWT is signed or not, so that the access rules can be tried.
 */
import { h, segmented } from '../elements.ts';
import { playUser } from './play-user.ts';

export interface Caller {
  readonly element: HTMLElement;
  /** Headers of this caller's requests. */
  headers(): Record<string, string>;
  /** The state, by names that `load` takes. */
  save(): Record<string, string>;
  load(values: Readonly<Record<string, string>>): void;
}

const ROLES = ['', 'subscriber', 'publisher', 'moderator', 'publisheronly'];

export function createCaller(onChange: () => void): Caller {
  const kind = segmented('Caller', { backend: 'Back end', user: 'End user' }, 'backend', () => {
    showClaims();
    onChange();
  });
  const subject = h('input', {
    ...{ value: 'ada', size: 10, autocomplete: 'off', spellcheck: 'false', input: onChange },
  });
  const role = h(
    'select',
    { change: onChange },
    ...ROLES.map((value) => h('option', { value }, value || 'none (publisher)')),
  );
  const claims = h(
    'div',
    { class: 'claims' },
    h('label', {}, h('span', {}, 'sub'), subject),
    h('label', {}, h('span', {}, 'opentok_role'), role),
  );
  const showClaims = () => {
    claims.hidden = kind.value !== 'user';
  };
  showClaims();
  return {
    element: h('div', { class: 'caller' }, kind.element, claims),
    headers: () =>
      kind.value === 'user'
        ? { authorization: `Bearer ${playUser(subject.value, role.value)}` }
        : {},
    save: () =>
      kind.value === 'user' ? { 'caller.sub': subject.value, 'caller.role': role.value } : {},
    load: (values) => {
      const sub = values['caller.sub'];
      kind.value = sub === undefined ? 'backend' : 'user';
      if (sub !== undefined) subject.value = sub;
      role.value = ROLES.find((one) => one === values['caller.role']) ?? '';
      showClaims();
    },
  };
}
