/** Shows a response: its status, its problem, what to do next, and its body with a copy button for every value. */
import { copyButton } from '../copy.ts';
import { type Child, h } from '../elements.ts';
import type { Outcome } from './send-request.ts';

export interface Unplaced {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * @param elsewhere Errors that have no field in the form.
 * @param steps Buttons to continue with.
 */
export function showOutcome(
  { response, problem }: Outcome,
  elsewhere: readonly Unplaced[],
  steps: readonly HTMLElement[],
): readonly Node[] {
  return [
    h(
      'p',
      { class: `status ${problem ? 'failed' : 'succeeded'}` },
      h('strong', {}, response ? `${response.status} ${response.statusText}` : 'No response'),
      response && h('span', {}, `${Math.round(response.durationMs)} ms`),
    ),
    ...(problem ? [h('p', { class: 'problem' }, problem)] : []),
    ...(elsewhere.length > 0 ? [h('ul', { class: 'problem' }, ...elsewhere.map(toItem))] : []),
    ...(steps.length > 0 ? [h('p', { class: 'steps' }, ...steps)] : []),
    ...(response ? [body(response.body), headers(response.headers)] : []),
  ];
}

const toItem = ({ pointer, detail }: Unplaced) => h('li', {}, h('code', {}, pointer), ` ${detail}`);

function block(title: string, read: () => string, open: boolean, content: Child): HTMLElement {
  return h(
    'details',
    { open, class: 'block' },
    h('summary', {}, title),
    h(
      'div',
      {
        class: 'values',
        tabindex: 0,
        role: 'region',
        'aria-label': `Response ${title.toLowerCase()}`,
      },
      content,
    ),
    copyButton(`the response ${title.toLowerCase()}`, read),
  );
}

function body(text: string): HTMLElement {
  let content: Child[] = [text || '(none)'];
  try {
    content = toLines(JSON.parse(text), '', '');
  } catch {
    // Such as the page of a proxy: shown as it came.
  }
  return block('Body', () => text, true, h('code', {}, ...content));
}

/** One line for each value, as `JSON.stringify` indents them. */
function toLines(value: unknown, indent: string, name: string, end = ''): Child[] {
  const label = name === '' ? '' : `${JSON.stringify(name)}: `;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return [line(indent + label, value, end, name)];
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  return [
    h('span', { class: 'line' }, `${indent}${label}${isList ? '[' : '{'}\n`),
    ...entries.flatMap(([key, inner], index) =>
      toLines(inner, `${indent}  `, isList ? '' : key, index < entries.length - 1 ? ',' : ''),
    ),
    h('span', { class: 'line' }, `${indent}${isList ? ']' : '}'}${end}\n`),
  ];
}

function line(before: string, value: unknown, end: string, name: string): HTMLElement {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const type = value === null ? 'null' : typeof value;
  return h(
    'span',
    { class: 'line' },
    before,
    h('span', { class: `value ${type}` }, JSON.stringify(value)),
    `${end} `,
    copyButton(name || 'this value', () => text),
    '\n',
  );
}

function headers(pairs: readonly (readonly [name: string, value: string])[]): HTMLElement {
  const text = pairs.map((pair) => pair.join(': ')).join('\n');
  const lines = pairs.map(([name, value]) =>
    h(
      'span',
      { class: 'line' },
      `${name}: ${value} `,
      copyButton(name, () => value),
      '\n',
    ),
  );
  return block('Headers', () => text, false, h('code', {}, ...lines));
}
