/** One field of a form: its control, its words, and what is wrong with it. */
import { h, newId, prose } from '../elements.ts';
import type { Field } from '../operations.ts';

export interface FieldControl {
  readonly element: HTMLElement;
  /** `undefined` for a field that is left out. What is no number in a number's field stays a text. */
  read(): unknown;
  write(value: string): void;
  /** Shows what is wrong with the field that a problem points to, and says whether it has that field. */
  blame(pointer: string, detail: string): HTMLElement | undefined;
  forgive(): void;
}

export function createField(field: Field, onChange: () => void): FieldControl {
  return field.kind === 'group' ? createGroup(field, onChange) : createControl(field, onChange);
}

function createGroup({ name, description, fields }: Field, onChange: () => void): FieldControl {
  const controls = fields.map((field) => createField(field, onChange));
  const element = h(
    'details',
    { class: 'group' },
    h('summary', {}, name),
    h('p', { class: 'help' }, ...prose(description)),
    ...controls.map((control) => control.element),
  );
  return {
    element,
    read: () => {
      const values = fields.map(({ name }, index) => [name, controls[index]?.read()] as const);
      const given = values.filter(([, value]) => value !== undefined);
      return given.length > 0 ? Object.fromEntries(given) : undefined;
    },
    write: () => {},
    blame: (pointer, detail) => {
      for (const control of controls) {
        const blamed = control.blame(pointer, detail);
        if (!blamed) continue;
        element.open = true;
        return blamed;
      }
      return undefined;
    },
    forgive: () => {
      for (const control of controls) control.forgive();
    },
  };
}

function createControl(field: Field, onChange: () => void): FieldControl {
  const { name, pointer, description, isRequired, maxLength, example } = field;
  const id = newId(name);
  const error = h('p', { id: `${id}-error`, class: 'error' });
  const attributes = {
    id,
    name,
    autocomplete: 'off',
    'aria-describedby': `${id}-help ${id}-error`,
    ...(isRequired && { 'aria-required': 'true' }),
    input: onChange,
  };
  const placeholder = Array.isArray(example) ? example.join(' ') : String(example ?? '');
  const control =
    field.kind === 'choice' || field.kind === 'flag'
      ? h('select', attributes, ...options(field))
      : h('input', {
          ...attributes,
          spellcheck: 'false',
          placeholder: field.kind === 'number' ? '' : placeholder.slice(0, 40),
          ...(field.kind === 'number' && { inputmode: 'numeric' }),
        });
  const element = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, name),
    control,
    error,
    h(
      'p',
      { id: `${id}-help`, class: 'help' },
      isRequired && 'Required. ',
      ...prose(description),
      maxLength !== undefined && !description.includes(String(maxLength))
        ? ` At most ${maxLength} characters.`
        : '',
    ),
  );
  return {
    element,
    read: () => readValue(field, control.value),
    write: (value) => {
      control.value = value;
    },
    blame: (blamed, detail) => {
      if (blamed !== pointer && !blamed.startsWith(`${pointer}/`)) return undefined;
      error.textContent = `${blamed === pointer ? '' : `${blamed} `}${detail}`;
      control.setAttribute('aria-invalid', 'true');
      return control;
    },
    forgive: () => {
      error.textContent = '';
      control.removeAttribute('aria-invalid');
    },
  };
}

function options({ kind, choices, default: preset }: Field): HTMLElement[] {
  const values = kind === 'flag' ? ['true', 'false'] : choices;
  const leftOut = preset === undefined ? 'left out' : `left out (${String(preset)})`;
  return [
    h('option', { value: '' }, leftOut),
    ...values.map((value) => h('option', { value }, value)),
  ];
}

function readValue({ kind }: Field, text: string): unknown {
  if (text === '') return undefined;
  if (kind === 'flag') return text === 'true';
  if (kind === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'list') return text.trim().split(/\s+/);
  return text;
}
