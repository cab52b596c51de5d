/** `npm run openapi`: writes docs/openapi.json and docs/api.md from the code. */
import { writeFileSync } from 'node:fs';
import { buildDocument, toText } from './document.ts';
import { toProse } from './prose.ts';

const document = buildDocument();
writeFileSync(new URL('../../docs/openapi.json', import.meta.url), toText(document));
writeFileSync(new URL('../../docs/api.md', import.meta.url), toProse(document));
