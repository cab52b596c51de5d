/** The token inspector: takes a pasted token apart, and says whether the platform will accept it. */
import type { Token } from '../../lib/domain/decode-token.ts';
import type { Signature } from '../../lib/domain/token-signature.ts';
import { copyButton } from '../copy.ts';
import { find, h, newId } from '../elements.ts';
import type { Project } from '../project.ts';
import { checkToken } from './check-token.ts';
import { type Recognized, recognize } from './recognize.ts';
import type { Finding } from './rules/finding.ts';
import { toDate, toDuration } from './time-words.ts';
import { verifySignature } from './verify-signature.ts';

const KINDS = {
  'opentok-jwt': 'JWT of an OpenTok project',
  'vonage-jwt': 'JWT of a Vonage application',
  t1: 'T1, OpenTok’s older format',
} as const;

const MARKS = { kept: '✓', broken: '✗', warning: '!' } as const;
const WORDS = { kept: 'passed', broken: 'failed', warning: 'warning' } as const;

export interface InspectorTools {
  readonly project: Project;
  /** Opens the form of the API explorer that issues a token for a session. */
  readonly onSession: (sessionId: string) => void;
  /** Opens the demo as a guest. */
  readonly onInvite: (invite: string) => void;
}

/** Returns a function that shows a token as if it had been pasted. */
export function openInspector(tools: InspectorTools): (token: string) => void {
  const { project, onSession, onInvite } = tools;
  const id = newId('token');
  const input = h('textarea', {
    ...{ id, rows: 5, spellcheck: 'false', autocomplete: 'off' },
    placeholder: 'eyJ…, T1==…, Authorization: Bearer …, JSON, a URL, a log line',
    'aria-describedby': `${id}-help`,
    input: () => show(),
  });
  const verdict = h('div', { role: 'status', 'aria-label': 'Verdict' });
  const result = h('div', { class: 'inspected' });
  let token: Token | undefined;
  let signature: Signature | 'pending' | undefined;
  let shownVerdict = '';

  const show = () => {
    const found = recognize(input.value);
    token = undefined;
    result.replaceChildren();
    if (found.kind !== 'token') return showOther(found);
    token = found.token;
    signature = 'pending';
    result.append(
      h('div', { class: 'life' }),
      h('h3', {}, 'Checks'),
      h('ul', { class: 'rules' }),
      h('h3', {}, 'Contents'),
      ...(Object.keys(token.header).length > 0 ? [table('Header', token.header)] : []),
      table(token.kind === 't1' ? 'Fields' : 'Claims', token.claims),
    );
    refresh();
    void verify(found.text, token);
  };

  const showOther = (found: Exclude<Recognized, { kind: 'token' }>) => {
    switch (found.kind) {
      case 'nothing':
        return say();
      case 'unknown':
        return say('bad', 'Not a token', `${found.problem.message} ${found.problem.remedy}`);
      case 'session': {
        const { sessionId, parts } = found;
        const createdAt = Number(parts.createdAt) / 1000;
        say('info', 'A session id, not a token', 'Clients also need a token for the session.');
        result.append(
          step('Issue a token for this session', () => onSession(sessionId)),
          table('Session id', {
            'created for project': parts.projectId,
            ...(createdAt > 0 && { 'created at': toDate(createdAt) }),
            ...(parts.location && { location: parts.location }),
          }),
        );
        return;
      }
      case 'invite':
        say(
          'info',
          'The secret of a guest, not a token',
          `It is an invite to the room ${found.room}, or identifies a guest of it. Anyone who has it can join, so keep it out of logs.`,
        );
        result.append(step('Join as this guest', () => onInvite(found.invite)));
        return;
    }
  };

  /** The result may arrive after another token was pasted. */
  const verify = async (text: string, verified: Token) => {
    const answer = await verifySignature(text);
    if (token !== verified) return;
    signature = answer;
    refresh();
  };

  const refresh = () => {
    if (!token) return;
    const nowSeconds = Date.now() / 1000;
    const known = signature === 'pending' ? undefined : signature;
    const findings = checkToken(token, { nowSeconds, project, signature: known });
    sayVerdict(findings, token);
    const life = lifeOf(token, nowSeconds);
    const shownLife = result.querySelector('.life');
    if (shownLife?.innerHTML !== life.innerHTML) shownLife?.replaceWith(life);
    const items = findings.map(toItem);
    const list = result.querySelector('.rules');
    if (list && list.textContent !== items.map((item) => item.textContent).join('')) {
      list.replaceChildren(...items);
    }
  };

  const sayVerdict = (findings: readonly Finding[], { kind }: Token) => {
    const [first, ...others] = findings.filter(({ outcome }) => outcome === 'broken');
    if (first) {
      const more = others.length === 1 ? '1 more check fails' : `${others.length} more checks fail`;
      const details = others.length > 0 ? `${KINDS[kind]}. ${more}.` : `${KINDS[kind]}.`;
      return say('bad', `Invalid: ${first.verdict}`, details);
    }
    switch (signature) {
      case 'valid':
        return say('good', 'Valid token', `${KINDS[kind]}.`);
      case 'pending':
        return say('info', 'Verifying the signature …');
      case 'other-project':
        return say(
          'doubt',
          'No problem found, signature not verified',
          'It is of another project.',
        );
      default:
        return say(
          'doubt',
          'No problem found, signature not verified',
          'This API could not verify it. Is npm start still running?',
        );
    }
  };

  /** Does nothing if it says the same already, because screen readers would read it again. */
  const say = (mood = '', title = '', detail = '') => {
    const text = [mood, title, detail].join('\n');
    if (text === shownVerdict) return;
    shownVerdict = text;
    verdict.className = `verdict ${mood}`;
    verdict.replaceChildren(
      ...(title ? [h('strong', {}, title)] : []),
      ...(detail ? [h('p', {}, detail)] : []),
    );
  };
  setInterval(refresh, 1_000);

  find('token-panel').append(
    h('label', { for: id, class: 'token-label' }, 'Token'),
    input,
    h(
      'p',
      { id: `${id}-help`, class: 'help' },
      'Paste anything that holds a token. It is taken apart in this page, and only the API on this machine receives it.',
    ),
    verdict,
    result,
  );
  return (text) => {
    input.value = text;
    show();
    input.focus();
  };
}

function step(label: string, click: () => void): HTMLElement {
  return h('p', { class: 'steps' }, h('button', { type: 'button', click }, label));
}

function toItem({ rule, outcome, detail, remedy }: Finding): HTMLElement {
  return h(
    'li',
    { class: outcome },
    h('span', { class: 'mark', 'aria-hidden': true }, MARKS[outcome]),
    h(
      'div',
      {},
      h('strong', {}, rule),
      h('span', { class: 'hidden' }, ` (${WORDS[outcome]}): `),
      h('p', {}, detail),
      remedy !== undefined && h('p', { class: 'remedy' }, remedy),
    ),
  );
}

/** A bar only while the token is valid: before and after, there is no life to show. */
function lifeOf({ issuedAt, expiresAt }: Token, nowSeconds: number): HTMLElement {
  const isRunning =
    typeof issuedAt === 'number' &&
    typeof expiresAt === 'number' &&
    issuedAt <= nowSeconds &&
    nowSeconds < expiresAt &&
    expiresAt < 1e11;
  if (!isRunning) return h('div', { class: 'life' });
  return h(
    'div',
    { class: 'life' },
    h('progress', {
      max: expiresAt - issuedAt,
      value: Math.round(expiresAt - nowSeconds),
      'aria-label': 'Time left',
    }),
    h(
      'p',
      {},
      `${toDuration(expiresAt - nowSeconds)} left, until `,
      h('time', {}, toDate(expiresAt)),
    ),
  );
}

function table(title: string, values: Readonly<Record<string, unknown>>): HTMLElement {
  return h(
    'table',
    {},
    h('caption', {}, title),
    h(
      'tbody',
      {},
      ...Object.entries(values).map(([name, value]) => {
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        return h(
          'tr',
          {},
          h('th', { scope: 'row' }, name),
          h('td', {}, h('span', {}, text), momentOf(name, value)),
          h(
            'td',
            { class: 'tools' },
            copyButton(name, () => text),
          ),
        );
      }),
    ),
  );
}

/** The time in words, beside its number. */
function momentOf(name: string, value: unknown): HTMLElement | undefined {
  const isTime = /^(?:iat|exp|nbf|create_time|expire_time)$/.test(name);
  const seconds = Number(value);
  return isTime && seconds < 1e11
    ? h('span', { class: 'moment' }, ` ${toDate(seconds)}`)
    : undefined;
}
