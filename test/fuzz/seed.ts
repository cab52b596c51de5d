/** The seed of a fuzz run: printed whether it fails or not, and taken from FUZZ_SEED to run it again. */
export function openSeed(title: string): number {
  const given = process.env['FUZZ_SEED'];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  // Not through the console, which tests take over.
  process.stdout.write(`${title}: FUZZ_SEED=${seed}\n`);
  return seed;
}
