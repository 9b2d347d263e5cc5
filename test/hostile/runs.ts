/** How many runs a property gets: `FUZZ_RUNS` times as many as in `npm test`. */
export function runs(usual: number): { readonly numRuns: number } {
  const times = Number(process.env['FUZZ_RUNS'] ?? 1);
  if (!(times > 0)) throw new Error(`FUZZ_RUNS is "${process.env['FUZZ_RUNS']}"; write a number above 0.`);
  return { numRuns: Math.ceil(usual * times) };
}
