import { describe, expect, it } from 'vitest';
import { findWrongImports } from '../../tools/lint-imports.ts';

const check = (file: string, text: string) => findWrongImports(new Map([[file, text]]));

describe('the direction of imports', () => {
  it.each([
    "import { readConfig } from '../wiring/config.ts';",
    "import {\n  readConfig,\n  AUTH_MODES,\n} from '../wiring/config.ts';",
    "import type { Config } from '../wiring/config.ts';",
    "import { type Config } from '../wiring/config.ts';",
    "import '../wiring/config.ts';",
    'import "../wiring/config.ts";',
    "import config from'../wiring/config.ts';",
    "export * from '../wiring/config.ts';",
    "export type { Config } from '../wiring/config.ts';",
    "import { readConfig } from './../wiring/config.ts';",
    "import { readConfig } from '.././wiring/config.ts';",
    "import { readConfig } from '../rooms/../wiring/config.ts';",
    "const wiring = await import('../wiring/config.ts');",
    'const wiring = await import(`../wiring/config.ts`);',
    `const wiring = await import(\`../wiring/\${name}.ts\`);`,
    "const wiring = await import(\n  /* later */ '../wiring/config.ts'\n);",
    "type Config = import('../wiring/config.ts').Config;",
    "const wiring = require('../wiring/config.ts');",
  ])('is told by where an import leads, however it is written: %s', (text) => {
    const [sentence, ...more] = check('lib/use-cases/join-room.ts', text);
    expect(sentence).toMatch(/^lib\/use-cases\/join-room\.ts must not import lib\/wiring\//);
    expect(more).toEqual([]);
  });

  it.each([
    ['handlers/issue-token.ts', '../lib/wiring/runtime.ts', true],
    ['handlers/issue-token.ts', '../lib/domain/room.ts', true],
    ['handlers/issue-token.ts', '../client/index.ts', false],
    ['handlers/describe-api.ts', '../docs/openapi.json', true],
    ['lib/wiring/runtime.ts', '../events/log.ts', true],
    ['lib/wiring/network.ts', '../../package.json', true],
    ['lib/wiring/runtime.ts', '../../handlers/issue-token.ts', false],
    ['lib/wiring/runtime.ts', '../../stand-ins/platform.ts', false],
    ['lib/events/log.ts', '../../package.json', false],
    ['lib/events/log.ts', '../use-cases/join-room.ts', true],
    ['lib/events/log.ts', '../wiring/config.ts', false],
    ['lib/use-cases/join-room.ts', '../rooms/room-store.ts', true],
    ['lib/use-cases/join-room.ts', '../events/log.ts', false],
    ['lib/use-cases/deeper/join.ts', '../../wiring/config.ts', false],
    ['lib/rooms/room-store.ts', '../network/send.ts', true],
    ['lib/rooms/room-store.ts', '../use-cases/join-room.ts', false],
    ['lib/network/send.ts', '../domain/deadline.ts', true],
    ['lib/network/send.ts', '../rooms/room-store.ts', false],
    ['lib/domain/deeper/rule.ts', '../room.ts', true],
    ['lib/domain/room.ts', '../network/send.ts', false],
    ['lib/domain/room.docs.ts', '../network/send.ts', false],
    ['lib/domain/room.ts', '../../test/support/keys.ts', false],
    ['client/index.ts', '../lib/domain/room.ts', false],
    ['console/main.ts', '../client/index.ts', true],
    ['console/main.ts', '../lib/wiring/config.ts', false],
    ['stand-ins/platform.ts', '../test/support/keys.ts', false],
    ['local/start.ts', '../test/support/keys.ts', false],
    ['deploy/doctor/check.ts', '../../lib/wiring/config.ts', true],
    ['test/domain/room.test.ts', '../../lib/domain/room.ts', true],
  ])('from %s to %s: %s', (file, specifier, isRight) => {
    expect(check(file, `import '${specifier}';`)).toHaveLength(isRight ? 0 : 1);
  });

  it('says that a new folder of lib has no floor yet', () => {
    expect(check('lib/helpers/text.ts', '')).toEqual([
      'lib/helpers/text.ts stands on none of the floors',
    ]);
    expect(check('lib/text.ts', '')).toHaveLength(1);
  });

  it('leaves packages alone', () => {
    expect(check('lib/domain/room.ts', "import * as v from 'valibot';")).toEqual([]);
  });
});
