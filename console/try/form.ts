/** The form of one operation, made of the API's document. */
import { h, newId, prose } from '../elements.ts';
import type { Operation, Place } from '../operations.ts';
import { createField } from './field.ts';

export interface OperationForm {
  readonly operation: Operation;
  readonly element: HTMLElement;
  /** The path with its parameters in their places, and the query. */
  path(): string;
  /** The headers that are parameters. */
  headers(): Record<string, string>;
  /** What is filled in for a parameter; empty for none. */
  read(name: string): string;
  /** The body as it is to be sent; `undefined` for none. */
  body(): string | undefined;
  /** Fills in a parameter, or else a field of the body, such as the id of a session that was made just now. */
  write(name: string, value: string): void;
  /** Shows a problem beside the field that it points to; `undefined` when there is no such field. */
  blame(pointer: string, detail: string): HTMLElement | undefined;
  /** Shows what the path lacks: without it the address is that of another route, or of none. */
  blamePath(): HTMLElement | undefined;
  forgive(): void;
}

const PLACES: readonly { readonly place: Place; readonly title: string }[] = [
  { place: 'path', title: 'Path' },
  { place: 'query', title: 'Query' },
  { place: 'header', title: 'Headers' },
];

const LACKING = 'The address needs it: fill it in.';

export function createForm(operation: Operation, onChange: () => void): OperationForm {
  const parameters = operation.parameters.map((field) => ({
    ...field,
    ...createField(field, onChange),
  }));
  const given = (place: Place) =>
    parameters
      .filter((parameter) => parameter.place === place)
      .map(({ name, read }) => [name, read()] as const)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)] as const);
  const fields = operation.body?.map((field) => createField(field, onChange)) ?? [];
  const byHand = h('input', { type: 'checkbox' });
  const bodyId = newId('body');
  const text = h('textarea', {
    id: bodyId,
    rows: 6,
    spellcheck: 'false',
    'aria-label': 'Body',
    input: onChange,
  });
  const fieldsElement = h('div', { class: 'fields' }, ...fields.map(({ element }) => element));
  const readBody = (): string | undefined => {
    if (!operation.body) return undefined;
    const values = operation.body.map(({ name }, index) => [name, fields[index]?.read()]);
    return JSON.stringify(Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  };
  const showText = () => {
    text.hidden = !byHand.checked;
    fieldsElement.hidden = byHand.checked;
  };
  byHand.addEventListener('change', () => {
    if (byHand.checked) text.value = readBody() ?? '';
    showText();
    onChange();
  });
  showText();
  const element = h(
    'div',
    {},
    h('p', { class: 'help' }, ...prose(operation.description)),
    ...PLACES.map(({ place, title }) => {
      const here = parameters.filter((parameter) => parameter.place === place);
      return here.length > 0 && group(title, ...here.map((parameter) => parameter.element));
    }),
    operation.body &&
      group(
        'Body',
        h('label', { class: 'by-hand' }, byHand, ' Write the body by hand'),
        text,
        fieldsElement,
      ),
  );
  const all = [...parameters, ...fields];
  const read = (name: string) =>
    String(parameters.find((parameter) => parameter.name === name)?.read() ?? '');
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
    write: (name, value) => {
      const parameter = parameters.find((one) => one.name === name);
      const index = operation.body?.findIndex((field) => field.name === name) ?? -1;
      (parameter ?? fields[index])?.write(value);
      onChange();
    },
    blame: (pointer, detail) => {
      for (const field of fields) {
        const blamed = byHand.checked ? undefined : field.blame(pointer, detail);
        if (blamed) return blamed;
      }
      return undefined;
    },
    blamePath: () => {
      const lacking = parameters.filter(
        ({ place, read }) => place === 'path' && read() === undefined,
      );
      const [first] = lacking.map((field) => field.blame(field.pointer, LACKING));
      return first;
    },
    forgive: () => {
      for (const field of all) field.forgive();
    },
  };
}

/** Fields of one name in different places stay apart. */
function group(title: string, ...content: HTMLElement[]): HTMLElement {
  return h('fieldset', { class: 'place' }, h('legend', {}, title), ...content);
}
