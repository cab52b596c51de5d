/** `npm run openapi`: writes docs/openapi.json from the code. */
import { writeFileSync } from 'node:fs';
import { buildDocument, toText } from './document.ts';

writeFileSync(new URL('../../docs/openapi.json', import.meta.url), toText(buildDocument()));
