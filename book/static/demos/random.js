// Random numbers from a seed. They are not NumPy's: the same seed gives other points here than in the notebook.

/** A stream of random numbers; streams of one seed are independent. */
export class Random {
  constructor(seed, stream = 0) {
    this.state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) + Math.imul(stream, 0x85ebca6b);
    for (let k = 0; k < 4; k++) this.uniform();
  }

  /** A number from 0 to below 1 (the generator "mulberry32"). */
  uniform() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A standard normal number (Box and Muller 1958). */
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A whole number from 0 to n - 1. */
  below(n) {
    return Math.floor(this.uniform() * n);
  }
}
