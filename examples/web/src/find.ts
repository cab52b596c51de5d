/** Returns the element of index.html with this id. */
export function find<Type extends HTMLElement>(id: string): Type {
  return document.getElementById(id) as Type;
}
