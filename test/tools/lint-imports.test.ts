import { describe, expect, it } from 'vitest';
import { findWrongImports } from '../../tools/lint-imports.ts';

const check = (file: string, text: string) => findWrongImports(new Map([[file, text]]));

describe('findWrongImports', () => {
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
  ])('judges an import by the file it resolves to: %s', (text) => {
    const [sentence, ...more] = check('lib/use-cases/issue-token.ts', text);
    expect(sentence).toMatch(/^lib\/use-cases\/issue-token\.ts must not import lib\/wiring\//);
    expect(more).toEqual([]);
  });

  it.each([
    ['handlers/issue-token.ts', '../lib/wiring/runtime.ts', true],
    ['handlers/issue-token.ts', '../lib/domain/session.ts', true],
    ['handlers/issue-token.ts', '../client/index.ts', false],
    ['handlers/join-room.ts', '../lib/rooms/use-cases/join-room.ts', true],
    ['handlers/describe-api.ts', '../docs/openapi.json', true],
    ['lib/wiring/runtime.ts', '../events/log.ts', true],
    ['lib/wiring/rooms.ts', '../rooms/table/room-store.ts', true],
    ['lib/wiring/network.ts', '../../package.json', true],
    ['lib/wiring/runtime.ts', '../../handlers/issue-token.ts', false],
    ['lib/wiring/runtime.ts', '../../stand-ins/platform.ts', false],
    ['lib/events/log.ts', '../../package.json', false],
    ['lib/events/log.ts', '../use-cases/issue-token.ts', true],
    ['lib/events/log.ts', '../wiring/config.ts', false],
    ['lib/events/log.ts', '../rooms/routes/guest-route.ts', false],
    ['lib/events/log.ts', '../rooms/domain/room.ts', false],
    ['lib/use-cases/issue-token.ts', '../rooms/domain/room.ts', false],
    ['lib/domain/faults.ts', '../rooms/faults.ts', false],
    ['lib/rooms/routes/guest-route.ts', '../../events/path.ts', true],
    ['lib/rooms/routes/guest-route.ts', '../use-cases/join-room.ts', true],
    ['lib/rooms/routes/guest-route.ts', '../../wiring/config.ts', false],
    ['lib/rooms/use-cases/join-room.ts', '../table/room-store.ts', true],
    ['lib/rooms/use-cases/join-room.ts', '../../use-cases/issue-token.ts', true],
    ['lib/rooms/use-cases/join-room.ts', '../routes/guest-route.ts', false],
    ['lib/rooms/use-cases/join-room.ts', '../../events/log.ts', false],
    ['lib/rooms/use-cases/deeper/join.ts', '../../../wiring/config.ts', false],
    ['lib/rooms/table/room-store.ts', '../../network/send.ts', true],
    ['lib/rooms/table/room-store.ts', '../use-cases/join-room.ts', false],
    ['lib/rooms/domain/room.ts', '../../domain/faults.ts', true],
    ['lib/rooms/domain/room.ts', '../faults.ts', true],
    ['lib/rooms/domain/room.ts', '../../network/send.ts', false],
    ['lib/rooms/domain/room.ts', '../table/room-store.ts', false],
    ['lib/rooms/domain/room.ts', '../../../test/support/keys.ts', false],
    ['lib/network/send.ts', '../domain/deadline.ts', true],
    ['lib/network/send.ts', '../platform/session-api.ts', false],
    ['lib/domain/deeper/rule.ts', '../session.ts', true],
    ['client/index.ts', '../lib/domain/session.ts', false],
    ['console/main.ts', '../client/index.ts', true],
    ['console/main.ts', '../lib/wiring/config.ts', false],
    ['stand-ins/platform.ts', '../test/support/keys.ts', false],
    ['local/start.ts', '../test/support/keys.ts', false],
    ['deploy/doctor/check.ts', '../../lib/wiring/config.ts', true],
    ['test/rooms/domain/room.test.ts', '../../../lib/rooms/domain/room.ts', true],
  ])('%s imports %s: allowed is %s', (file, specifier, isRight) => {
    expect(check(file, `import '${specifier}';`)).toHaveLength(isRight ? 0 : 1);
  });

  it('rejects a folder of lib that is not in FLOORS', () => {
    expect(check('lib/helpers/text.ts', '')).toEqual([
      'lib/helpers/text.ts is not in a folder of FLOORS (tools/lint-imports.ts)',
    ]);
    expect(check('lib/text.ts', '')).toHaveLength(1);
  });

  it('ignores packages', () => {
    expect(check('lib/domain/room.ts', "import * as v from 'valibot';")).toEqual([]);
  });
});
