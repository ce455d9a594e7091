/** The rising half of the sine window of 2 * `length` samples: ISO/IEC 14496-3 4.6.11.3.2. */
export function sineWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => Math.sin((Math.PI / (2 * length)) * (n + 0.5)));
}

/** The rising half of the Kaiser-Bessel derived window of 2 * `length` samples: ISO/IEC 14496-3 4.6.11.3.2. */
export function kaiserBesselDerivedWindow(length: number, alpha: number): Float64Array {
  const kernel = Float64Array.from({ length: length + 1 }, (_, n) =>
    besselI0(Math.PI * alpha * Math.sqrt(1 - ((2 * n) / length - 1) ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return kernel.subarray(0, length).map(value => {
    sum += value;
    return Math.sqrt(sum / total);
  });
}

/** Modified Bessel function of the first kind, order 0, by its series; 60 terms are exact for every x that windows need. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 60; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
