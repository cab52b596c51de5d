/**
 * The form of a session/create call and its rules. Stricter than the platform, which ignores what it
 * does not know: a field or value that is not documented is a mistake here.
 */
import { isIPv4 } from 'node:net';

/** Form fields by name. */
export type Form = Readonly<Record<string, string>>;

/** Parses a form body; undefined when a field comes twice. */
export function parseForm(body: string): Form | undefined {
  const fields = [...new URLSearchParams(body)];
  const form = Object.fromEntries(fields);
  return Object.keys(form).length === fields.length ? form : undefined;
}

/** Returns what is wrong with a form, or undefined when the session can be created. */
export function findFormFault(form: Form): string | undefined {
  for (const [name, value] of Object.entries(form)) {
    const isAllowed = Object.hasOwn(fields, name) ? fields[name as FieldName] : undefined;
    if (!isAllowed) return `Unknown field ${name}`;
    if (!isAllowed(value)) return `Invalid value for ${name}`;
  }
  const relayed = form['p2p.preference'] === 'enabled';
  const archived = form['archiveMode'] === 'always';
  const encrypted = form['e2ee'] === 'true';
  const named = 'archiveName' in form || 'archiveResolution' in form;
  if (archived && relayed) return 'An archived session must be routed';
  if (named && !archived) return 'archiveName and archiveResolution need archiveMode always';
  if (encrypted && relayed) return 'An encrypted session must be routed';
  if (encrypted && archived) return 'An encrypted session cannot be archived';
  return undefined;
}

const oneOf =
  (...allowed: string[]) =>
  (value: string) =>
    allowed.includes(value);

const fields = {
  'p2p.preference': oneOf('enabled', 'disabled'),
  archiveMode: oneOf('manual', 'always'),
  location: isIPv4,
  archiveName: (value: string) => value.length >= 1 && value.length <= 80,
  archiveResolution: oneOf(
    ...['480x640', '640x480', '720x1280', '1280x720', '1080x1920', '1920x1080'],
  ),
  e2ee: oneOf('true', 'false'),
};

type FieldName = keyof typeof fields;
