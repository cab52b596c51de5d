/** A token pasted, taken apart, judged, and its life running down. */
import { decodeToken, NotAToken, type Token } from '../../lib/domain/decode-token.ts';
import type { Signature } from '../../lib/domain/token-signature.ts';
import { find, h, newId } from '../elements.ts';
import type { Project } from '../project.ts';
import { askSignature } from './ask-signature.ts';
import { checkToken } from './check-token.ts';
import { cleanPasted } from './pasted.ts';
import type { Finding } from './rules/finding.ts';
import { toDate, toDuration } from './time-words.ts';

const KINDS = {
  'opentok-jwt': 'JWT of an OpenTok project',
  'vonage-jwt': 'JWT of a Vonage application',
  t1: 'T1, OpenTok’s older form',
} as const;

const MARKS = { kept: '✓', broken: '✗', warning: '!' } as const;
const WORDS = { kept: 'kept', broken: 'broken', warning: 'doubtful' } as const;

/** @returns what shows it a token as if it had been pasted */
export function openInspect(project: Project): (token: string) => void {
  const id = newId('token');
  const input = h('textarea', {
    id,
    rows: 5,
    spellcheck: 'false',
    autocomplete: 'off',
    placeholder: 'eyJ… or T1==…',
    input: () => show(),
  });
  const verdict = h('div', { role: 'status', 'aria-label': 'Verdict' });
  const result = h('div', { class: 'inspected' });
  let token: Token | undefined;
  let signature: Signature | undefined;
  let shownVerdict = '';

  const judge = (): { nowSeconds: number; findings: readonly Finding[] } => {
    const nowSeconds = Date.now() / 1000;
    const circumstances = { nowSeconds, project, signature };
    return { nowSeconds, findings: token ? checkToken(token, circumstances) : [] };
  };

  const show = () => {
    token = undefined;
    signature = undefined;
    result.replaceChildren();
    const text = cleanPasted(input.value);
    if (text === '') return say();
    try {
      token = decodeToken(text);
    } catch (cause) {
      if (!(cause instanceof NotAToken)) throw cause;
      return say('bad', 'This is no token.', `${cause.message} ${cause.remedy}`);
    }
    const { findings, nowSeconds } = judge();
    result.append(
      lifeOf(token, nowSeconds),
      h('h3', {}, 'Rules'),
      h('ul', { class: 'rules' }, ...findings.map(toItem)),
      h('h3', {}, 'What it says'),
      ...(Object.keys(token.header).length > 0 ? [parts('Header', token.header)] : []),
      parts(token.kind === 't1' ? 'Fields' : 'Claims', token.claims),
    );
    sayVerdict(findings, token);
    void askFor(text, token);
  };

  /** What the secret says comes later, and may come too late. */
  const askFor = async (text: string, asked: Token) => {
    const answered = await askSignature(text);
    if (token !== asked) return;
    signature = answered;
    refresh();
  };

  const sayVerdict = (findings: readonly Finding[], { kind }: Token) => {
    const wrong = findings.filter(({ outcome }) => outcome === 'broken');
    if (wrong.length === 0) {
      const signed = signature === 'valid' ? ', and its signature is valid' : '';
      return say('good', 'No rule speaks against this token.', `${KINDS[kind]}${signed}.`);
    }
    const count = wrong.length === 1 ? 'One rule is' : `${wrong.length} rules are`;
    const words = wrong.map(({ detail, remedy }) => `${detail} ${remedy ?? ''}`);
    say('bad', `${count} broken: the platform refuses this token.`, ...words);
  };

  /** Only what is new is said, since a screen reader says all of it. */
  const say = (mood = '', title = '', ...words: string[]) => {
    const text = [mood, title, ...words].join('\n');
    if (text === shownVerdict) return;
    shownVerdict = text;
    verdict.className = `verdict ${mood}`;
    verdict.replaceChildren(
      ...(title ? [h('strong', {}, title)] : []),
      ...words.map((word) => h('p', {}, word)),
    );
  };

  const refresh = () => {
    if (!token) return;
    const { findings, nowSeconds } = judge();
    result.querySelector('.life')?.replaceWith(lifeOf(token, nowSeconds));
    const items = findings.map(toItem);
    const list = result.querySelector('.rules');
    if (list && list.textContent !== items.map((item) => item.textContent).join('')) {
      list.replaceChildren(...items);
    }
    sayVerdict(findings, token);
  };
  setInterval(refresh, 1_000);

  find('inspect').append(
    h('label', { for: id, class: 'token-label' }, 'Token'),
    input,
    verdict,
    result,
  );
  return (text) => {
    input.value = text;
    show();
    find('inspect').scrollIntoView();
    input.focus();
  };
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
      h('span', { class: 'hidden' }, `: ${WORDS[outcome]}.`),
      h('p', {}, detail),
      remedy !== undefined && h('p', { class: 'remedy' }, remedy),
    ),
  );
}

function lifeOf({ issuedAt, expiresAt }: Token, nowSeconds: number): HTMLElement {
  if (typeof expiresAt !== 'number') {
    return h('p', { class: 'life' }, 'Nobody can tell how long it lives.');
  }
  const left = expiresAt - nowSeconds;
  const whole = typeof issuedAt === 'number' ? expiresAt - issuedAt : Math.max(left, 1);
  const words =
    left > 0 ? `${toDuration(left)} left, until ` : `expired ${toDuration(-left)} ago, at `;
  return h(
    'div',
    { class: left > 0 ? 'life' : 'life over' },
    h('progress', {
      max: Math.max(whole, 1),
      value: Math.min(Math.max(left, 0), Math.max(whole, 1)),
      'aria-label': 'Life that is left',
    }),
    h('p', {}, words, h('time', {}, toDate(expiresAt))),
  );
}

function parts(title: string, values: Readonly<Record<string, unknown>>): HTMLElement {
  return h(
    'table',
    {},
    h('caption', {}, title),
    h(
      'tbody',
      {},
      ...Object.entries(values).map(([name, value]) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, name),
          h(
            'td',
            {},
            typeof value === 'string' ? value : JSON.stringify(value),
            momentOf(name, value),
          ),
        ),
      ),
    ),
  );
}

/** Times in words, beside their numbers. */
function momentOf(name: string, value: unknown): HTMLElement | undefined {
  const isTime = /^(?:iat|exp|nbf|create_time|expire_time)$/.test(name);
  const seconds = Number(value);
  return isTime && seconds < 1e11
    ? h('span', { class: 'moment' }, ` ${toDate(seconds)}`)
    : undefined;
}
