/** The parameter `tags`, in osls's form. */
import { readValues } from './functions.js';

/** `provider.tags` for functions and API, `provider.stackTags` for the stack and its other resources. */
export async function tags(context) {
  const { tags: given } = await readValues(context);
  return Object.fromEntries(
    given.map((tag) => {
      const [name, ...value] = tag.split('=');
      return [name, value.join('=')];
    }),
  );
}
