/** Builds the page's elements, one line each. */

type Listener = (event: Event) => void;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | Listener>>;
export type Child = Node | string | false | undefined;

/** Omits an attribute that is `undefined` or `false`; a function listens to the event of its name. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

let count = 0;

/** Returns a unique id, for labels and descriptions to refer to. */
export function newId(name: string): string {
  count += 1;
  return `${name}-${count}`;
}

/** Converts prose of the API's document: text between backticks is code. */
export function prose(text: string): Node[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? h('code', {}, part) : document.createTextNode(part)));
}

/** Returns an element of `index.html`. */
export function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element ${id}.`);
  return element;
}

export interface Segmented<Value extends string> {
  readonly element: HTMLElement;
  value: Value;
  setDisabled(isDisabled: boolean): void;
}

/** A choice of few, as radio buttons side by side. */
export function segmented<Value extends string>(
  title: string,
  choices: Readonly<Record<Value, string>>,
  preset: NoInfer<Value>,
  onChange: () => void,
): Segmented<Value> {
  const name = newId('choice');
  const radios = (Object.entries(choices) as [Value, string][]).map(([value, label]) => {
    const radio = h('input', {
      ...{ type: 'radio', name, value, checked: value === preset, change: onChange },
    });
    return { radio, label: h('label', {}, radio, h('span', {}, label)) };
  });
  return {
    element: h(
      'fieldset',
      { class: 'segmented' },
      h('legend', {}, title),
      h('div', {}, ...radios.map(({ label }) => label)),
    ),
    get value() {
      return (radios.find(({ radio }) => radio.checked)?.radio.value ?? preset) as Value;
    },
    set value(value) {
      for (const { radio } of radios) radio.checked = radio.value === value;
    },
    setDisabled: (isDisabled) => {
      for (const { radio } of radios) radio.disabled = isDisabled;
    },
  };
}
