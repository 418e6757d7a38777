// What every figure measured in a browser is made with.

/** The time, in ms since 1970, finer than a millisecond. */
export const now = () => performance.timeOrigin + performance.now();

/** How far a page's clock is ahead of this one: the asking that took least is the nearest. */
export async function clockOffset(ask: () => Promise<number>): Promise<number> {
  let best = { took: Infinity, offset: 0 };
  for (let n = 0; n < 20; n += 1) {
    const before = now();
    const there = await ask();
    const took = now() - before;
    if (took < best.took) best = { took, offset: there - (before + took / 2) };
  }
  return best.offset;
}

export function spread(values: number[]): { p50: number; p90: number; p99: number; most: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), most: at(1) };
}
