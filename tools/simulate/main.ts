/**
 * `npm run simulate` prints the tables of docs/operations.md that rest on a simulation; a
 * test keeps the two together. Takes some seconds, and prints the same every time.
 */
import { costTable, trafficTable } from './tables.ts';

console.log(`${trafficTable()}\n\n${costTable()}`);
