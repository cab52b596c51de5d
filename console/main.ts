/** The page of `npm start`: tries the API, takes tokens apart, and shows two people in a room. */
import { find, h } from './elements.ts';
import { openInspect } from './inspect/panel.ts';
import { type ApiDocument, readOperations } from './operations.ts';
import { describeProject, readProject } from './project.ts';
import { openSee } from './see/panel.ts';
import { openTry } from './try/panel.ts';

const project = readProject(document.documentElement);
find('project').textContent = describeProject(project);
const inspect = openInspect(project);
openSee(project, inspect);

try {
  const response = await fetch('/openapi.json');
  openTry(readOperations((await response.json()) as ApiDocument), inspect);
} catch (cause) {
  find('try').append(h('p', { class: 'problem' }, `/openapi.json could not be read: ${cause}`));
}
