import { parse, type ScalarTag } from 'yaml';
import type { Json } from './facts.ts';

const INTRINSICS = ['Ref', 'Condition', 'GetAtt', 'Sub', 'If', 'Join', 'Equals', 'Not', 'And'];

/** Returns the name that a short form such as `!Sub` stands for. */
function nameOf(intrinsic: string): string {
  return ['Ref', 'Condition'].includes(intrinsic) ? intrinsic : `Fn::${intrinsic}`;
}

/** Parses YAML with the short forms of CloudFormation's intrinsic functions. */
export function parseTemplate(text: string): Json {
  const customTags = INTRINSICS.flatMap((intrinsic) => {
    const tag = `!${intrinsic}`;
    const wrap = (argument: unknown) => ({ [nameOf(intrinsic)]: argument });
    return [
      { tag, resolve: (value: string) => wrap(value) },
      { tag, collection: 'seq', resolve: (value: { toJSON(): unknown }) => wrap(value.toJSON()) },
    ] as ScalarTag[];
  });
  return parse(text, { customTags });
}
