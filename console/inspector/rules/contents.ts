/** What a token allows its holder. Pure: no I/O. */
import {
  DATA_MAX_LENGTH,
  LAYOUT_CLASSES_MAX_LENGTH,
  ROLES,
} from '../../../lib/domain/token-request.ts';
import { broken, kept, type Rule, show, warning } from './finding.ts';

const ROLE_WORDS = {
  subscriber: 'receives streams',
  publisher: 'sends and receives streams',
  moderator: 'sends and receives streams, and can mute and disconnect others',
  publisheronly: 'sends streams and receives none',
} as const;

export const role: Rule = ({ role: name }) => {
  const rule = 'Role';
  const list = ROLES.join(', ');
  if (name === undefined) {
    return warning(rule, 'role is missing. The platform uses publisher.', `Write one of ${list}.`);
  }
  return ROLES.some((one) => one === name)
    ? kept(rule, `${String(name)}: ${ROLE_WORDS[name as (typeof ROLES)[number]]}.`)
    : broken(
        rule,
        'unknown role',
        `role is ${show(name)}.`,
        `It must be one of ${list}, in lower case.`,
      );
};

export const data: Rule = ({ data: text, claims }) => {
  const rule = 'Connection data';
  if (text === undefined && 'data' in claims) {
    return broken(
      rule,
      'connection data in the wrong claim',
      'The data is in the claim data, which clients do not receive.',
      'Name the claim connection_data. One SDK gets this wrong.',
    );
  }
  if (text === undefined) return kept(rule, 'None.');
  if (typeof text !== 'string') {
    const remedy = 'It must be a text. Convert JSON to text first.';
    return broken(rule, 'connection data is not text', `connection_data is ${show(text)}.`, remedy);
  }
  return text.length <= DATA_MAX_LENGTH
    ? kept(rule, `${text.length} of ${DATA_MAX_LENGTH} characters. Every client can read it.`)
    : broken(
        rule,
        'connection data is too long',
        `${text.length} characters are more than ${DATA_MAX_LENGTH}.`,
        'Write a reference, and keep the rest elsewhere.',
      );
};

export const layout: Rule = ({ layoutClasses, claims }) => {
  const rule = 'Layout classes';
  if (layoutClasses === undefined && 'initial_layout_list' in claims) {
    return broken(
      rule,
      'layout classes in the wrong claim',
      'They are in the claim initial_layout_list, which the platform does not read.',
      'Name the claim initial_layout_class_list. One SDK gets this wrong.',
    );
  }
  if (layoutClasses === undefined || layoutClasses === '') return kept(rule, 'None.');
  if (typeof layoutClasses !== 'string') {
    return broken(
      rule,
      'layout classes are not text',
      `initial_layout_class_list is ${show(layoutClasses)}.`,
      'It must be one text, with single spaces between the names. One SDK writes an array.',
    );
  }
  return layoutClasses.length <= LAYOUT_CLASSES_MAX_LENGTH
    ? kept(rule, `${layoutClasses.split(/\s+/).length}, in ${layoutClasses.length} characters.`)
    : broken(
        rule,
        'layout classes are too long',
        `${layoutClasses.length} characters are more than ${LAYOUT_CLASSES_MAX_LENGTH}.`,
        'Name fewer classes.',
      );
};

export const subject: Rule = ({ kind, claims }) => {
  if (kind !== 'vonage-jwt') return undefined;
  const rule = 'Subject';
  if (claims['sub'] === 'video') return kept(rule, 'sub is video.');
  return warning(
    rule,
    `sub is ${show(claims['sub'])}${'subject' in claims ? '. The claim subject is another one' : ''}.`,
    'Write sub: "video". The platform has accepted tokens without it.',
  );
};

export const accessList: Rule = ({ kind, claims }) => {
  if (kind !== 'vonage-jwt') return undefined;
  const rule = 'Access list';
  const { paths } = Object(claims['acl']) as { paths?: object };
  if (paths && Object.hasOwn(paths, '/session/**')) return kept(rule, 'acl has /session/**.');
  return warning(
    rule,
    `acl is ${show(claims['acl'])}.`,
    'Write acl: {"paths":{"/session/**":{}}}. The platform has accepted tokens without it.',
  );
};
