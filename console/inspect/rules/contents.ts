/** What a token gives its holder. Pure. */
import {
  DATA_MAX_LENGTH,
  LAYOUT_CLASSES_MAX_LENGTH,
  ROLES,
} from '../../../lib/domain/token-request.ts';
import { broken, kept, type Rule, show, warning } from './finding.ts';

const ROLE_WORDS = {
  subscriber: 'watches and does not send',
  publisher: 'watches and sends',
  moderator: 'watches, sends, and may mute and disconnect others',
  publisheronly: 'sends and does not watch',
} as const;

export const role: Rule = ({ role: name }) => {
  const rule = 'Its role exists';
  const list = ROLES.join(', ');
  if (name === undefined) {
    return warning(rule, 'There is no role; the platform takes publisher.', `Name one of ${list}.`);
  }
  return ROLES.some((one) => one === name)
    ? kept(rule, `${String(name)}: ${ROLE_WORDS[name as (typeof ROLES)[number]]}.`)
    : broken(rule, `role is ${show(name)}.`, `It must be one of ${list}, in lower case.`);
};

export const data: Rule = ({ data: text, claims }) => {
  const rule = 'Its connection data fits';
  if (text === undefined && 'data' in claims) {
    return broken(
      rule,
      'The data stands in the claim data, which clients do not get to see.',
      'Name the claim connection_data. One SDK gets this wrong.',
    );
  }
  if (text === undefined) return kept(rule, 'There is none.');
  if (typeof text !== 'string') {
    const remedy = 'It must be a text; put JSON into a text first.';
    return broken(rule, `connection_data is ${show(text)}.`, remedy);
  }
  return text.length <= DATA_MAX_LENGTH
    ? kept(rule, `${text.length} of ${DATA_MAX_LENGTH} characters, which every client can read.`)
    : broken(
        rule,
        `${text.length} characters are more than ${DATA_MAX_LENGTH}.`,
        'Put a reference into it and keep the rest elsewhere.',
      );
};

export const layout: Rule = ({ layoutClasses, claims }) => {
  const rule = 'Its layout classes fit';
  if (layoutClasses === undefined && 'initial_layout_list' in claims) {
    return broken(
      rule,
      'They stand in the claim initial_layout_list, which the platform does not read.',
      'Name the claim initial_layout_class_list. One SDK gets this wrong.',
    );
  }
  if (layoutClasses === undefined || layoutClasses === '') return kept(rule, 'There are none.');
  if (typeof layoutClasses !== 'string') {
    return broken(
      rule,
      `initial_layout_class_list is ${show(layoutClasses)}.`,
      'It must be one text, the names with single spaces between. One SDK writes an array.',
    );
  }
  return layoutClasses.length <= LAYOUT_CLASSES_MAX_LENGTH
    ? kept(rule, `${layoutClasses.split(/\s+/).length}, in ${layoutClasses.length} characters.`)
    : broken(
        rule,
        `${layoutClasses.length} characters are more than ${LAYOUT_CLASSES_MAX_LENGTH}.`,
        'Name fewer classes.',
      );
};

export const subject: Rule = ({ kind, claims }) => {
  if (kind !== 'vonage-jwt') return undefined;
  const rule = 'sub is video';
  if (claims['sub'] === 'video') return kept(rule, 'It is.');
  return warning(
    rule,
    `sub is ${show(claims['sub'])}${'subject' in claims ? ', and the claim subject is not it' : ''}.`,
    'Write sub: "video". Tokens without were seen to be accepted.',
  );
};

export const accessList: Rule = ({ kind, claims }) => {
  if (kind !== 'vonage-jwt') return undefined;
  const rule = 'acl lets it into sessions';
  const { paths } = Object(claims['acl']) as { paths?: object };
  if (paths && Object.hasOwn(paths, '/session/**')) return kept(rule, 'It names /session/**.');
  return warning(
    rule,
    `acl is ${show(claims['acl'])}.`,
    'Write acl: {"paths":{"/session/**":{}}}. Tokens without were seen to be accepted.',
  );
};
