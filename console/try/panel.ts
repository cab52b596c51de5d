/** The forms, the request that they make, and its answer. */
import { find, h, newId } from '../elements.ts';
import type { Operation } from '../operations.ts';
import { ask, type Outcome } from './answer.ts';
import { createCaller } from './caller.ts';
import { createForm } from './form.ts';
import { type NextStep, toNextSteps } from './next-steps.ts';
import { type Request, toCurl, toFetch } from './request-text.ts';

/** @param inspect shows a token that was issued just now to the inspector */
export function openTry(operations: readonly Operation[], inspect: (token: string) => void): void {
  const caller = createCaller(() => showRequest());
  const forms = operations.map((operation) => createForm(operation, () => showRequest()));
  const formPlace = h('div', { class: 'form-place' });
  const curl = h('code', {});
  const fetchText = h('code', {});
  const answerPlace = h('div', { class: 'answer', role: 'status', 'aria-label': 'Answer' });
  const name = newId('operation');
  const choices = forms.map(({ operation }, index) => {
    const radio = h('input', {
      type: 'radio',
      name,
      value: operation.id,
      checked: index === 0,
      change: () => choose(index),
    });
    return {
      radio,
      topic: operation.topic,
      label: h(
        'label',
        { class: 'choice' },
        radio,
        h('span', {}, operation.summary),
        h('code', {}, `${operation.method} ${operation.path}`),
      ),
    };
  });
  const topics = [...new Set(choices.map(({ topic }) => topic))];
  let [form] = forms;

  const choose = (index: number) => {
    form = forms[index];
    if (choices[index]) choices[index].radio.checked = true;
    if (form) formPlace.replaceChildren(form.element);
    showRequest();
  };

  const readRequest = (): Request | undefined => {
    if (!form) return undefined;
    const body = form.body();
    return {
      method: form.operation.method,
      url: `${location.origin}${form.path()}`,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...form.headers(),
        ...caller.headers(),
      },
      body,
    };
  };

  const showRequest = () => {
    const request = readRequest();
    if (!request) return;
    curl.textContent = toCurl(request);
    fetchText.textContent = toFetch(request);
  };

  const showAnswer = ({ answer, problem, errors, content }: Outcome) => {
    const asked = form;
    const blamed = errors.map((error) => ({
      ...error,
      control: asked?.blame(error.pointer, error.detail),
    }));
    const elsewhere = blamed.filter(({ control }) => !control);
    answerPlace.replaceChildren(
      ...(answer
        ? [
            h(
              'p',
              { class: problem ? 'status failed' : 'status' },
              h('strong', {}, `${answer.status} ${answer.statusText}`),
              ` in ${Math.round(answer.durationMs)} ms`,
            ),
          ]
        : []),
      ...(problem ? [h('p', { class: 'problem' }, problem)] : []),
      ...(elsewhere.length > 0
        ? [
            h(
              'ul',
              { class: 'problem' },
              ...elsewhere.map(({ pointer, detail }) =>
                h('li', {}, h('code', {}, pointer), ` ${detail}`),
              ),
            ),
          ]
        : []),
      ...nextSteps(content),
      ...(answer
        ? [
            block('Body', pretty(answer.body)),
            block('Headers', answer.headers.map((pair) => pair.join(': ')).join('\n'), false),
          ]
        : []),
    );
    blamed.find(({ control }) => control)?.control?.focus();
  };

  /** What an answer is good for: a form to go on with, and its token for the inspector. */
  const nextSteps = (content: unknown): HTMLElement[] => {
    const { token } = Object(content) as { token?: string };
    const asked = { id: form?.operation.id ?? '', room: form?.read('name') ?? '' };
    const goOn = ({ label, id, values }: NextStep) => {
      const click = () => {
        const index = forms.findIndex(({ operation }) => operation.id === id);
        choose(index);
        for (const [field, value] of Object.entries(values)) forms[index]?.write(field, value);
      };
      return h('button', { type: 'button', click }, label);
    };
    const steps = [
      token && h('button', { type: 'button', click: () => inspect(token) }, 'Inspect this token'),
      ...toNextSteps(asked, content).map(goOn),
    ].filter((step) => step instanceof HTMLElement);
    return steps.length > 0 ? [h('p', { class: 'steps' }, ...steps)] : [];
  };

  const submit = h('button', { type: 'submit', class: 'primary' }, 'Send');
  const element = h(
    'form',
    {
      novalidate: true,
      submit: async (event) => {
        event.preventDefault();
        const request = readRequest();
        if (!request || !form) return;
        form.forgive();
        const lacking = form.blamePath();
        if (lacking) return lacking.focus();
        submit.disabled = true;
        const outcome = await ask(request);
        submit.disabled = false;
        showAnswer(outcome);
      },
    },
    h(
      'fieldset',
      { class: 'choices' },
      h('legend', {}, 'What to do'),
      ...topics.map((topic) =>
        h(
          'fieldset',
          {},
          h('legend', {}, topic),
          ...choices.filter((choice) => choice.topic === topic).map(({ label }) => label),
        ),
      ),
    ),
    caller.element,
    formPlace,
    h('p', { class: 'steps' }, submit),
  );
  find('try').append(
    element,
    h(
      'div',
      { class: 'exchange' },
      h('h3', {}, 'Request'),
      codeBlock('curl', curl),
      codeBlock('fetch', fetchText),
      h('h3', {}, 'Answer'),
      answerPlace,
    ),
  );
  choose(0);
}

function codeBlock(title: string, code: HTMLElement): HTMLElement {
  const copied = h('span', { class: 'copied', role: 'status' });
  const copy = async () => {
    await navigator.clipboard.writeText(code.textContent ?? '');
    copied.textContent = 'copied';
  };
  return h(
    'figure',
    {},
    h(
      'figcaption',
      {},
      title,
      h('button', { type: 'button', 'aria-label': `Copy as ${title}`, click: copy }, 'Copy'),
      copied,
    ),
    h('pre', { tabindex: 0, 'aria-label': title, role: 'region' }, code),
  );
}

function block(title: string, text: string, open = true): HTMLElement {
  return h(
    'details',
    { open },
    h('summary', {}, title),
    h(
      'pre',
      { tabindex: 0, 'aria-label': `${title} of the answer`, role: 'region' },
      h('code', {}, text || '(none)'),
    ),
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
