/** The parameter `tags`, as osls wants it. */
import { readValues } from './functions.js';

/** `provider.tags` for functions and API, `provider.stackTags` for the stack, which hands them on. */
export async function tags(context) {
  const { tags: given } = await readValues(context);
  return Object.fromEntries(
    given.map((tag) => {
      const [name, ...value] = tag.split('=');
      return [name, value.join('=')];
    }),
  );
}
