/** One field of a form: its label, its control, its help, and its errors. */
import { h, newId, prose } from '../elements.ts';
import { toDate, toRelative } from '../inspector/time-words.ts';
import type { Field } from '../operations.ts';

export interface FieldControl {
  readonly element: HTMLElement;
  /** The value to send; `undefined` omits the field. Text that is not a number is sent as text. */
  read(): unknown;
  /** The texts of this field and of the fields in it, by their paths, such as `session.e2ee`. */
  save(): readonly (readonly [path: string, text: string])[];
  /** Restores what `save` returned; fields that are missing there become empty. */
  load(texts: ReadonlyMap<string, string>): void;
  /** Shows an error beside the field that it belongs to. @returns its control, or `undefined` if there is none */
  blame(pointer: string, detail: string): HTMLElement | undefined;
  /** Removes all errors. */
  forgive(): void;
}

export interface FieldTools {
  readonly onChange: () => void;
  /** A button that gets a value for the field; `undefined` for none. */
  readonly sourceOf: (name: string, write: (text: string) => void) => HTMLElement | undefined;
}

export function createField(field: Field, tools: FieldTools, path = field.name): FieldControl {
  return field.kind === 'group'
    ? createGroup(field, tools, path)
    : createControl(field, tools, path);
}

function createGroup(group: Field, tools: FieldTools, path: string): FieldControl {
  const fields = group.fields.map((field) => ({
    ...createField(field, tools, `${path}.${field.name}`),
    name: field.name,
  }));
  const count = h('span', { class: 'help' }, `${fields.length} options`);
  const element = h(
    'details',
    { class: 'group' },
    h('summary', {}, h('code', {}, group.name), ' ', count),
    h('p', { class: 'help' }, ...prose(group.description)),
    ...fields.map((field) => field.element),
  );
  return {
    element,
    read: () => {
      const values = fields.map(({ name, read }) => [name, read()] as const);
      const given = values.filter(([, value]) => value !== undefined);
      return given.length > 0 ? Object.fromEntries(given) : undefined;
    },
    save: () => fields.flatMap((field) => field.save()),
    load: (texts) => {
      for (const field of fields) field.load(texts);
      element.open = fields.some((field) => field.save().length > 0);
    },
    blame: (pointer, detail) => {
      for (const field of fields) {
        const blamed = field.blame(pointer, detail);
        if (!blamed) continue;
        element.open = true;
        return blamed;
      }
      return undefined;
    },
    forgive: () => {
      for (const field of fields) field.forgive();
    },
  };
}

type Control = HTMLInputElement | HTMLSelectElement;

function createControl(field: Field, tools: FieldTools, path: string): FieldControl {
  const { name, pointer, description, isRequired, maxLength } = field;
  const id = newId(name);
  const errors = h('ul', { id: `${id}-error`, class: 'error' });
  const control = toControl(field, {
    ...{ id, name, autocomplete: 'off', 'aria-describedby': `${id}-help ${id}-error` },
    ...(isRequired && { 'aria-required': 'true' }),
    input: () => changed(),
  });
  const time = field.kind === 'time' ? createTimeTools(name, control) : undefined;
  const changed = () => {
    time?.show();
    tools.onChange();
  };
  const write = (text: string) => {
    control.value = text;
    changed();
  };
  const limit =
    maxLength !== undefined && !description.includes(String(maxLength))
      ? ` At most ${maxLength} characters.`
      : '';
  const element = h(
    'div',
    { class: 'field' },
    h(
      'div',
      { class: 'label' },
      h('label', { for: id }, name),
      h(
        'span',
        { class: isRequired ? 'tag required' : 'tag' },
        isRequired ? 'required' : toType(field),
      ),
    ),
    h('div', { class: 'control' }, control, tools.sourceOf(name, write)),
    time?.element,
    errors,
    h('p', { id: `${id}-help`, class: 'help' }, ...prose(description), limit),
  );
  return {
    element,
    read: () => readValue(field, control.value),
    save: () => (control.value === '' ? [] : [[path, control.value]]),
    load: (texts) => {
      control.value = texts.get(path) ?? '';
      time?.show();
    },
    blame: (blamed, detail) => {
      if (blamed !== pointer && !blamed.startsWith(`${pointer}/`)) return undefined;
      errors.append(h('li', {}, `${blamed === pointer ? '' : `${blamed} `}${detail}`));
      control.setAttribute('aria-invalid', 'true');
      return control;
    },
    forgive: () => {
      errors.replaceChildren();
      control.removeAttribute('aria-invalid');
    },
  };
}

type Attributes = Parameters<typeof h>[1];

function toControl(field: Field, attributes: Attributes): Control {
  const { kind, choices, example, default: preset } = field;
  if (kind === 'choice' || kind === 'flag') {
    const values = kind === 'flag' ? ['true', 'false'] : choices;
    const omitted = preset === undefined ? 'omitted' : `omitted (${String(preset)})`;
    return h(
      'select',
      attributes,
      h('option', { value: '' }, omitted),
      ...values.map((value) => h('option', { value }, value)),
    );
  }
  return h('input', {
    ...attributes,
    spellcheck: 'false',
    placeholder: toPlaceholder(preset, example).slice(0, 48),
    ...((kind === 'number' || kind === 'time') && { inputmode: 'numeric' }),
  });
}

/** The default where there is one, otherwise an example. */
function toPlaceholder(preset: unknown, example: unknown): string {
  const isEmpty = preset === undefined || (Array.isArray(preset) && preset.length === 0);
  if (!isEmpty) return `default ${String(preset)}`;
  const text = Array.isArray(example) ? example.join(' ') : String(example ?? '');
  return text && `e.g. ${text}`;
}

const TYPES: Readonly<Partial<Record<Field['kind'], string>>> = {
  flag: 'true or false',
  number: 'number',
  time: 'time',
  list: 'separated by spaces',
};

const toType = ({ kind }: Field): string | undefined => TYPES[kind] ?? 'optional';

const PRESETS = [
  ['10 min', 600],
  ['1 hour', 3_600],
  ['1 day', 86_400],
  ['7 days', 604_800],
] as const;

/** Presets from now, a picker in local time, and the time in words. */
function createTimeTools(name: string, control: Control) {
  const words = h('span', { class: 'moment' });
  const set = (seconds: number) => {
    control.value = String(seconds);
    control.dispatchEvent(new Event('input'));
  };
  const picker = h('input', {
    type: 'datetime-local',
    'aria-label': `Date and time of ${name}`,
    change: () => {
      const chosen = new Date(picker.value).getTime() / 1000;
      if (!Number.isNaN(chosen)) set(chosen);
    },
  });
  const show = () => {
    const seconds = Number(control.value);
    const isTime = control.value !== '' && seconds > 0 && seconds < 1e11;
    words.textContent = isTime
      ? `${toDate(seconds)}, ${toRelative(seconds, Date.now() / 1000)}`
      : '';
    picker.value = isTime ? toLocal(seconds) : '';
  };
  const presets = PRESETS.map(([label, seconds]) => {
    const click = () => set(Math.floor(Date.now() / 1000) + seconds);
    return h('button', { type: 'button', 'aria-label': `${name} in ${label}`, click }, `+${label}`);
  });
  return { show, element: h('div', { class: 'time' }, ...presets, picker, words) };
}

/** As `datetime-local` takes it, in the time zone of this browser. */
function toLocal(seconds: number): string {
  const offsetSeconds = new Date(seconds * 1000).getTimezoneOffset() * 60;
  return new Date((seconds - offsetSeconds) * 1000).toISOString().slice(0, 16);
}

function readValue({ kind }: Field, text: string): unknown {
  if (text === '') return undefined;
  if (kind === 'flag') return text === 'true';
  if (kind === 'number' || kind === 'time') return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'list') return text.trim().split(/\s+/);
  return text;
}
