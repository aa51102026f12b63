// The patient generator's training slices in brief: what gancourse/teaching/widgets/training_slices.py does.

import { Refusal } from "./refusal.js";

const FOLDER = "this_brain_training/";

/** What must not end the page: a part that is missing or damaged is said in one sentence. */
async function fetched(load) {
  try {
    return await load();
  } catch (error) {
    console.warn(error);
    throw new Refusal("The training slices could not be loaded, so the nearest cannot be shown. Try again later; all else goes on.");
  }
}

export class TrainingSlices {
  /** Fetch what the search needs, of `files`. */
  static open(files) {
    return fetched(async () => {
      const about = await files.json(`${FOLDER}about.json`);
      return new TrainingSlices(files, about, await files.bytes(`${FOLDER}slices.bin`));
    });
  }

  constructor(files, about, { buffer }) {
    const { slices, components, modalities, grid } = about;
    const pixels = modalities * grid ** 2;
    let start = 0;
    const next = (Kind, length) => {
      const array = new Kind(buffer, start, length);
      start += array.byteLength;
      return array;
    };
    const mean = next(Float32Array, pixels);
    const steps = next(Float32Array, components);
    const scales = next(Float32Array, components);
    const patients = next(Uint16Array, slices);
    const basis = next(Int8Array, components * pixels);
    const codes = next(Int8Array, slices * components);
    if (start !== buffer.byteLength) throw new Error(`slices.bin has ${buffer.byteLength} bytes, expected ${start}`);
    Object.assign(this, { files, about, mean, steps, scales, basis, patients, codes, pixels });
  }

  /** Average a patient's images to a few pixels, in grey levels from -1 to 1. */
  summary(levels, size, white) {
    const { modalities, grid } = this.about;
    const side = size / grid;
    const found = new Float64Array(this.pixels);
    for (let k = 0; k < levels.length; k++) {
      const [m, y, x] = [Math.floor(k / size ** 2), Math.floor((k % size ** 2) / size), k % size];
      const grey = levels[k] ? (2 * (levels[k] - 1)) / (white - 1) - 1 : -1;
      found[(m * grid + Math.floor(y / side)) * grid + Math.floor(x / side)] += grey / side ** 2;
    }
    return found;
  }

  /** A summary's principal components, or those of its mirror image. */
  project(summary, mirrored) {
    const { mean, basis, steps, pixels } = this;
    const { grid, components } = this.about;
    const turned = (k) => (mirrored ? k - (k % grid) + grid - 1 - (k % grid) : k);
    const centred = Float64Array.from(summary, (_, k) => summary[turned(k)] - mean[k]);
    return Float64Array.from({ length: components }, (_, c) => {
      let sum = 0;
      for (let k = 0; k < pixels; k++) sum += centred[k] * basis[c * pixels + k];
      return sum * steps[c];
    });
  }

  /** The training slice that is nearest to a patient, or to its mirror image. */
  nearest(levels, size, white) {
    const { codes, scales } = this;
    const { slices, components } = this.about;
    const summary = this.summary(levels, size, white);
    let best = { square: Infinity };
    for (const mirrored of [false, true]) {
      const place = this.project(summary, mirrored);
      for (let row = 0; row < slices; row++) {
        let square = 0;
        for (let c = 0; c < components; c++) square += (place[c] - codes[row * components + c] * scales[c]) ** 2;
        if (square < best.square) best = { square, row, mirrored };
      }
    }
    const { row, mirrored, square } = best;
    const distance = Math.sqrt(square / this.pixels);
    const nearer = this.about.distances.filter((other) => distance < other).length;
    return { row, mirrored, patient: this.patients[row], distance, nearer };
  }

  /** The picture that shows a slice, as it lies on the site. */
  sheet(row) {
    const number = String(Math.floor(row / this.about.sheet)).padStart(2, "0");
    return fetched(() => this.files.bytes(`${FOLDER}${number}.webp`));
  }
}
