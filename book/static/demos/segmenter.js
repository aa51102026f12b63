// The course's segmenter in the browser: what gancourse.segmentation does with one slice before and after its network.

import { Network } from "./networks.js";

const MULTIPLE = 32; // of the network's rows and columns

/** Resample an image of square size, its channels side by side, to `to` pixels a side of the same field of view.
 *
 * Linear, pixel middles on the same field, the edge's values beyond it: as SciPy's zoom of order 1 in grid mode.
 */
export function resized(values, from, to, channels) {
  const places = Array.from({ length: to }, (_, k) => {
    const at = Math.min(from - 1, Math.max(0, ((k + 0.5) * from) / to - 0.5));
    const low = Math.min(from - 2, Math.floor(at));
    return [low, at - low];
  });
  const made = new Float32Array(to * to * channels);
  places.forEach(([top, down], y) => places.forEach(([left, right], x) => {
    const [upper, lower] = [top, top + 1].map((row) => (row * from + left) * channels);
    for (let c = 0; c < channels; c++) {
      const [a, b, d, e] = [upper, upper + channels, lower, lower + channels].map((k) => values[k + c]);
      made[(y * to + x) * channels + c] = (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * d + right * e);
    }
  }));
  return made;
}

/** Scale each channel to mean 0 and standard deviation 1 in the brain; see segmentation/synthesis.py. */
export function normalised(values, brain, channels, { outside, low, high }) {
  const made = new Float32Array(values.length).fill(outside);
  const inside = [...brain.keys()].filter((k) => brain[k]);
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0];
    for (const k of inside) sum += values[k * channels + c];
    const mean = sum / inside.length;
    for (const k of inside) squares += (values[k * channels + c] - mean) ** 2;
    const spread = Math.sqrt(squares / inside.length);
    for (const k of inside) {
      const scaled = spread ? (values[k * channels + c] - mean) / spread : 0;
      made[k * channels + c] = Math.min(high, Math.max(low, scaled));
    }
  }
  return made;
}

/** The first `rows` x `columns` pixels of an image `width` pixels wide, mirrored if so asked, with zeros where it ends. */
function cut(values, width, channels, rows, columns, mirrored = false) {
  const made = new Float32Array(rows * columns * channels);
  const high = values.length / channels / width;
  for (let y = 0; y < Math.min(rows, high); y++) {
    for (let x = 0; x < columns; x++) {
      const from = mirrored ? width - 1 - x : x;
      if (from < 0 || from >= width) continue;
      const [at, to] = [(y * width + from) * channels, (y * columns + x) * channels];
      for (let c = 0; c < channels; c++) made[to + c] = values[at + c];
    }
  }
  return made;
}

/** Turn logits into probabilities, in place. */
function softmax(logits, channels) {
  for (let k = 0; k < logits.length; k += channels) {
    let [most, sum] = [-Infinity, 0];
    for (let c = k; c < k + channels; c++) most = Math.max(most, logits[c]);
    for (let c = k; c < k + channels; c++) sum += logits[c] = Math.exp(logits[c] - most);
    for (let c = k; c < k + channels; c++) logits[c] /= sum;
  }
  return logits;
}

export class Segmenter {
  /** Load its network; `facts` are its constants, as book/browser_paint_patient.py writes them. */
  static async open(files, facts) {
    return new Segmenter(await Network.open(files, facts.network), facts);
  }

  constructor(network, facts) {
    Object.assign(this, { network, facts });
  }

  /** Probabilities (size, size, 4) of no tumour and of the tumour's labels, as the mean of a slice and its mirror image.
   *
   * `scans` is (size, size, 4), `brain` has a number above 0 for each pixel of the brain.
   */
  async probabilities(scans, brain, size) {
    const { fov, channels } = this.facts;
    const none = Float32Array.from({ length: size * size * channels }, (_, k) => +(k % channels === 0));
    if (!brain.some((value) => value)) return none;
    const inside = resized(Float32Array.from(brain, (value) => +(value > 0)), size, fov, 1).map((share) => +(share > 0.5));
    const large = normalised(resized(scans, size, fov, channels), inside, channels, this.facts);
    const padded = Math.ceil(fov / MULTIPLE) * MULTIPLE;
    const image = new Float32Array(padded * padded * channels).fill(this.facts.outside);
    for (let y = 0; y < fov; y++) image.set(large.subarray(y * fov * channels, (y + 1) * fov * channels), y * padded * channels);
    const straight = await this.ask(image, padded);
    const mirrored = await this.ask(cut(image, padded, channels, padded, padded, true), padded);
    const back = cut(mirrored, padded, channels, padded, padded, true);
    const mean = cut(straight.map((value, k) => (value + back[k]) / 2), padded, channels, fov, fov);
    return resized(mean, fov, size, channels);
  }

  async ask(image, side) {
    const { channels } = this.facts;
    const [logits] = Object.values(await this.network.run([image, [1, side, side, channels]]));
    return softmax(Float32Array.from(logits), channels);
  }
}
