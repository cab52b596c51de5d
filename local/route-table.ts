/** The routes for people: one line each, with what the API's document calls it. Pure: no I/O. */
import openapi from '../docs/openapi.json' with { type: 'json' };
import type { Route } from './routes.ts';
import type { Style } from './style.ts';

type Documented = Readonly<Record<string, Readonly<Record<string, { readonly summary: string }>>>>;

const paths = openapi.paths as Documented;

export function describeRoutes(routes: readonly Route[], style: Style): string {
  const width = Math.max(...routes.map(({ path }) => path.length));
  const line = ({ method, path }: Route) => {
    const { summary = '' } = paths[path]?.[method.toLowerCase()] ?? {};
    return `${style('cyan', method.padEnd(6))}  ${path.padEnd(width)}  ${style('dim', summary)}`;
  };
  return routes.map((route) => line(route).trimEnd()).join('\n');
}
