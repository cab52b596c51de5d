/** The form of one operation, built from the API's document. */
import { h, newId, prose } from '../elements.ts';
import type { Operation, Place } from '../operations.ts';
import { createField, type FieldTools } from './field.ts';

export interface OperationForm {
  readonly operation: Operation;
  readonly element: HTMLElement;
  /** The path with its parameters filled in, and the query. */
  path(): string;
  /** Headers that are parameters. */
  headers(): Record<string, string>;
  /** The text of a parameter; empty for none. */
  read(name: string): string;
  /** The body to send; `undefined` for none. */
  body(): string | undefined;
  /** All texts, by names such as `path.name` and `body.session.e2ee`. */
  save(): Record<string, string>;
  load(values: Readonly<Record<string, string>>): void;
  /** Fills in a parameter, or else a field of the body. */
  write(name: string, value: string): void;
  /** Whether it has a field of that name which is empty. */
  lacks(name: string): boolean;
  /** Shows an error beside its field. @returns the control, or `undefined` if there is none */
  blame(pointer: string, detail: string): HTMLElement | undefined;
  /** Shows an error beside the parameter that it is about, which the API names in words only. */
  blameParameter(detail: string): HTMLElement | undefined;
  /** Shows which parameters of the path are missing: without them, the request would be another one. */
  blamePath(): HTMLElement | undefined;
  forgive(): void;
}

const PLACES: readonly { readonly place: Place; readonly title: string }[] = [
  { place: 'path', title: 'Path' },
  { place: 'query', title: 'Query' },
  { place: 'header', title: 'Headers' },
];

/** The name under which a body that is written by hand is saved. It is kept out of addresses. */
export const BODY_TEXT = 'body-text';

export function createForm(operation: Operation, tools: FieldTools): OperationForm {
  const parameters = operation.parameters.map((field) => ({
    ...field,
    key: `${field.place}.${field.name}`,
    ...createField(field, tools, `${field.place}.${field.name}`),
  }));
  const given = (place: Place) =>
    parameters
      .filter((parameter) => parameter.place === place)
      .map(({ name, read }) => [name, read()] as const)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)] as const);
  const fields =
    operation.body?.map((field) => ({
      ...createField(field, tools, `body.${field.name}`),
      name: field.name,
      key: `body.${field.name}`,
    })) ?? [];
  const all = [...parameters, ...fields];
  const byHand = h('input', { type: 'checkbox' });
  const bodyId = newId('body');
  const bodyErrors = h('ul', { class: 'error', id: `${bodyId}-error` });
  const text = h('textarea', {
    ...{ id: bodyId, rows: 8, spellcheck: 'false', 'aria-label': 'Body' },
    'aria-describedby': `${bodyId}-error`,
    input: tools.onChange,
  });
  const fieldsElement = h('div', { class: 'fields' }, ...fields.map(({ element }) => element));
  const readBody = (): string | undefined => {
    if (!operation.body) return undefined;
    const values = fields.map(({ name, read }) => [name, read()]);
    return JSON.stringify(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  };
  const showText = () => {
    text.hidden = !byHand.checked;
    fieldsElement.hidden = byHand.checked;
  };
  byHand.addEventListener('change', () => {
    if (byHand.checked) text.value = JSON.stringify(JSON.parse(readBody() ?? '{}'), undefined, 2);
    showText();
    tools.onChange();
  });
  showText();
  const element = h(
    'div',
    { class: 'operation-fields' },
    h('p', { class: 'lead' }, ...prose(operation.description)),
    ...PLACES.map(({ place, title }) => {
      const here = parameters.filter((parameter) => parameter.place === place);
      return here.length > 0 && group(title, ...here.map((parameter) => parameter.element));
    }),
    operation.body &&
      group(
        'Body',
        h('label', { class: 'by-hand' }, byHand, ' Edit as JSON'),
        text,
        bodyErrors,
        fieldsElement,
      ),
  );
  const read = (name: string) =>
    String(parameters.find((parameter) => parameter.name === name)?.read() ?? '');
  const load = (values: Readonly<Record<string, string>>) => {
    const texts = new Map(Object.entries(values));
    for (const field of all) field.load(texts);
    text.value = values[BODY_TEXT] ?? '';
    byHand.checked = values[BODY_TEXT] !== undefined;
    showText();
  };
  load(toExamples(operation));
  return {
    operation,
    element,
    path: () => {
      const path = operation.path.replace(/\{([^}]+)\}/g, (_, name) =>
        encodeURIComponent(read(name)),
      );
      const query = new URLSearchParams(given('query').map((pair) => [...pair]));
      return query.size > 0 ? `${path}?${query}` : path;
    },
    headers: () => Object.fromEntries(given('header')),
    read,
    body: () => (byHand.checked ? text.value : readBody()),
    save: () => ({
      ...Object.fromEntries(all.flatMap((field) => field.save())),
      ...(byHand.checked && { [BODY_TEXT]: text.value }),
    }),
    load,
    write: (name, value) => {
      const field = all.find((one) => one.name === name);
      field?.load(new Map([[field.key, value]]));
    },
    lacks: (name) => all.find((one) => one.name === name)?.save().length === 0,
    blame: (pointer, detail) => {
      const candidates = byHand.checked ? parameters : [...fields, ...parameters];
      for (const field of candidates) {
        const blamed = field.blame(pointer, detail);
        if (blamed) return blamed;
      }
      if (!operation.body) return undefined;
      bodyErrors.append(h('li', {}, h('code', {}, pointer), ` ${detail}`));
      if (!byHand.checked) return undefined;
      text.setAttribute('aria-invalid', 'true');
      return text;
    },
    blameParameter: (detail) => {
      const atFault =
        parameters.find(({ pattern, read }) => !matches(pattern, read())) ??
        parameters.find(({ name, read }) => read() !== undefined && mentions(detail, name));
      return atFault?.blame(atFault.pointer, detail);
    },
    blamePath: () => {
      const missing = parameters.filter(
        ({ place, read }) => place === 'path' && read() === undefined,
      );
      const [first] = missing.map((field) =>
        field.blame(field.pointer, 'Required: it is part of the path.'),
      );
      return first;
    },
    forgive: () => {
      for (const field of all) field.forgive();
      bodyErrors.replaceChildren();
      text.removeAttribute('aria-invalid');
    },
  };
}

/** Ids and secrets of the document's examples exist nowhere, and a response to them would be an error. */
const MADE_BY_THE_API = /^(?:sessionId|inviteId|knockId|participantId|invite|guest|knock|token)$/;

/** What is required, filled in so that the request works. */
function toExamples({ parameters, body = [] }: Operation): Record<string, string> {
  const fields = [
    ...parameters.map((field) => ({ ...field, key: `${field.place}.${field.name}` })),
    ...body.map((field) => ({ ...field, key: `body.${field.name}` })),
  ];
  const wanted = fields.filter(({ isRequired, name }) => isRequired && !MADE_BY_THE_API.test(name));
  return Object.fromEntries(
    wanted.map(({ key, choices, example }) => [key, choices[0] ?? String(example ?? '')]),
  );
}

function matches(pattern: string | undefined, value: unknown): boolean {
  return typeof value !== 'string' || pattern === undefined || new RegExp(pattern).test(value);
}

/** Whether a text has a name, or its words: `session id` for `sessionId`. */
function mentions(text: string, name: string): boolean {
  const words = name.replace(/[A-Z]/g, ' $&');
  return [name, words].some((one) => text.toLowerCase().includes(one.toLowerCase()));
}

/** Keeps fields of one name in different places apart. */
function group(title: string, ...content: HTMLElement[]): HTMLElement {
  return h(
    'fieldset',
    { class: 'place' },
    h('legend', { class: 'place-title' }, title),
    ...content,
  );
}
