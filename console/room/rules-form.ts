/** The form for the rules of a room. */
import { type Role, type Room, type RoomRequest, rulesOf } from '../../client/index.ts';
import { h, newId } from '../elements.ts';
import { createField } from '../explorer/field.ts';
import type { Field } from '../operations.ts';

export interface RulesForm {
  readonly element: HTMLElement;
  /** The rules in the form; `undefined` for those that are not set. */
  read(): RoomRequest;
  /** Shows the rules of a room. */
  write(room: Room): void;
  /** Whether a room still has the rules that the form began with. */
  isBasedOn(room: Room): boolean;
  /** Makes the rules of a room, which the form has saved, those that it began with. */
  rebase(room: Room): void;
  /** Shows an error beside its field. @returns whether there is such a field */
  blame(pointer: string, detail: string): boolean;
  /** Removes all errors. */
  forgive(): void;
}

type RuleField = Pick<Field, 'name' | 'kind' | 'description'> & Partial<Field>;

const ROLES: readonly Role[] = ['publisher', 'subscriber', 'moderator', 'publisheronly'];

const RULES: readonly RuleField[] = [
  {
    name: 'opensAt',
    kind: 'time',
    description: 'Only hosts can join before this time.',
  },
  {
    name: 'closesAt',
    kind: 'time',
    description: 'Tokens are neither issued nor valid from this time on.',
  },
  {
    name: 'disconnectAtClose',
    kind: 'flag',
    default: false,
    description: 'Whether everyone is disconnected at closesAt.',
  },
  {
    name: 'maxParticipants',
    kind: 'number',
    description: 'How many people fit into the room. Hosts always get in, and are counted.',
  },
  {
    name: 'defaultRole',
    kind: 'choice',
    choices: ROLES,
    description: 'The role of callers who request none.',
  },
  {
    name: 'reference',
    kind: 'text',
    maxLength: 256,
    description: 'Your own name for the room, returned with it and in its events.',
  },
];

const EMPTY = {
  isRequired: false,
  choices: [],
  default: undefined,
  example: undefined,
  maxLength: undefined,
  pattern: undefined,
  fields: [],
};

export function createRulesForm(save: () => void): RulesForm {
  const controls = RULES.map((rule) => ({
    name: rule.name,
    ...createField(
      { ...EMPTY, ...rule, pointer: `#/${rule.name}` },
      { onChange: () => undefined, sourceOf: () => undefined },
    ),
  }));
  let base = '';
  const rebase = (room: Room) => {
    base = toBase(room);
  };
  const element = h(
    'details',
    { class: 'group' },
    h('summary', { id: newId('rules') }, 'Rules of the room'),
    ...controls.map((control) => control.element),
    h('button', { type: 'button', click: save }, 'Save rules'),
  );
  return {
    element,
    read: () => Object.fromEntries(controls.map(({ name, read }) => [name, read()])),
    write: (room) => {
      const texts = Object.entries(rulesOf(room)).map(
        ([name, value]) => [name, String(value ?? '')] as const,
      );
      for (const control of controls) control.load(new Map(texts));
      rebase(room);
    },
    isBasedOn: (room) => toBase(room) === base,
    rebase,
    blame: (pointer, detail) => {
      const isBlamed = controls.some((control) => control.blame(pointer, detail) !== undefined);
      element.open ||= isBlamed;
      return isBlamed;
    },
    forgive: () => {
      for (const control of controls) control.forgive();
    },
  };
}

/** The form has no field for the admission. */
function toBase(room: Room): string {
  const { admission: _, ...rules } = rulesOf(room);
  return JSON.stringify(rules);
}
