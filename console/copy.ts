/** Copies values to the clipboard, and shows code with a button for that. */
import { h, segmented } from './elements.ts';

const SHOWN_MS = 1_500;

/** @param name What is copied, for screen readers. */
export function copyButton(name: string, read: () => string): HTMLButtonElement {
  const word = h('span', { 'aria-live': 'polite' }, 'Copy');
  const show = (text: string) => {
    word.textContent = text;
    setTimeout(() => {
      word.textContent = 'Copy';
    }, SHOWN_MS);
  };
  const button = h(
    'button',
    {
      type: 'button',
      class: 'copy',
      click: async () => show((await copy(read(), button)) ? 'Copied' : 'Not copied'),
    },
    word,
    h('span', { class: 'hidden' }, ` ${name}`),
  );
  return button;
}

/** Returns whether it worked. Browsers have no `clipboard` on pages of other devices without HTTPS. */
async function copy(text: string, button: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h('textarea', { readonly: true, class: 'hidden', 'aria-hidden': true });
    area.value = text;
    button.after(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    button.focus();
    return isCopied;
  }
}

export interface CodeBlock<Language extends string> {
  readonly element: HTMLElement;
  write(texts: Readonly<Record<Language, string>>): void;
}

/** Shows code in one of several languages, with a button that copies it. */
export function codeBlock<Language extends string>(
  languages: Readonly<Record<Language, string>>,
): CodeBlock<Language> {
  const names = Object.keys(languages) as Language[];
  const codes = names.map((name) => {
    const code = h('code');
    const label = languages[name];
    return {
      name,
      code,
      element: h('pre', { tabindex: 0, 'aria-label': label, role: 'region' }, code),
    };
  });
  const show = () => {
    for (const { name, element } of codes) element.hidden = name !== choice.value;
  };
  const choice = segmented('Show as', languages, names[0] as Language, show);
  const button = copyButton('the code', () => {
    return codes.find(({ name }) => name === choice.value)?.code.textContent ?? '';
  });
  show();
  return {
    element: h(
      'figure',
      { class: 'code' },
      h('figcaption', {}, choice.element, button),
      ...codes.map(({ element }) => element),
    ),
    write: (texts) => {
      for (const { name, code } of codes) {
        if (code.textContent !== texts[name]) code.textContent = texts[name];
      }
    },
  };
}
