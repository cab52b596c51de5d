/** The form of one operation, made of the API's document. */
import { h, newId, prose } from '../elements.ts';
import type { Operation } from '../operations.ts';
import { createField } from './field.ts';

export interface OperationForm {
  readonly operation: Operation;
  readonly element: HTMLElement;
  /** The path with its parameters in their places. */
  path(): string;
  /** The body as it is to be sent; `undefined` for none. */
  body(): string | undefined;
  /** Fills in a parameter of the path, such as the id of a session that was made just now. */
  write(name: string, value: string): void;
  /** Shows a problem beside the field that it points to; `undefined` when there is no such field. */
  blame(pointer: string, detail: string): HTMLElement | undefined;
  forgive(): void;
}

export function createForm(operation: Operation, onChange: () => void): OperationForm {
  const parameters = operation.parameters.map((field) => createField(field, onChange));
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
  const read = (): string | undefined => {
    if (!operation.body) return undefined;
    const values = operation.body.map(({ name }, index) => [name, fields[index]?.read()]);
    const given = values.filter(([, value]) => value !== undefined);
    return JSON.stringify(Object.fromEntries(given));
  };
  const showText = () => {
    text.hidden = !byHand.checked;
    fieldsElement.hidden = byHand.checked;
  };
  byHand.addEventListener('change', () => {
    if (byHand.checked) text.value = read() ?? '';
    showText();
    onChange();
  });
  showText();
  const element = h(
    'div',
    {},
    h('p', { class: 'help' }, ...prose(operation.description)),
    ...parameters.map((parameter) => parameter.element),
    ...(operation.body
      ? [h('label', { class: 'by-hand' }, byHand, ' Write the body by hand'), text, fieldsElement]
      : []),
  );
  const all = [...parameters, ...fields];
  return {
    operation,
    element,
    path: () =>
      operation.parameters.reduce(
        (path, { name }, index) =>
          path.replace(`{${name}}`, encodeURIComponent(String(parameters[index]?.read() ?? ''))),
        operation.path,
      ),
    body: () => (byHand.checked ? text.value : read()),
    write: (name, value) => {
      const index = operation.parameters.findIndex((parameter) => parameter.name === name);
      parameters[index]?.write(value);
      onChange();
    },
    blame: (pointer, detail) => {
      for (const field of fields) {
        const blamed = byHand.checked ? undefined : field.blame(pointer, detail);
        if (blamed) return blamed;
      }
      return undefined;
    },
    forgive: () => {
      for (const field of all) field.forgive();
    },
  };
}
