// "This brain does not exist" without a notebook: what gancourse/teaching/widgets/this_brain_game.py does.

import { decode } from "./patient_maps.js";
import { Random } from "./random.js";
import { Refusal } from "./refusal.js";
import { TrainingSlices } from "./training_slices.js";

export class ThisBrain {
  /** `network` is the generator, `facts` the constants that book/browser_this_brain.py writes. */
  constructor(network, facts, files) {
    Object.assign(this, { network, facts, files, shown: null, newest: null, nearest: null });
  }

  /** Carry out a command such as {do: "patient", value: 7}. */
  async apply({ do: what, value }) {
    if (what === "patient") Object.assign(this, { shown: await this.make(value), nearest: null });
    else if (what === "wall") this.newest = await this.make(value);
    else if (what === "nearest") await this.findNearest();
    else throw new Error(`command ${what}: unknown`);
  }

  async make(seed) {
    const { maxSeed, latentDim } = this.facts;
    if (!Number.isInteger(seed) || seed < 0 || seed > maxSeed) {
      throw new Refusal(`seed=${seed}: expected a whole number from 0 to ${maxSeed}`);
    }
    const random = new Random(seed);
    const latents = Float32Array.from({ length: latentDim }, () => random.normal());
    const [maps] = Object.values(await this.network.run([latents, [1, latentDim]]));
    const size = Math.sqrt(maps.length / this.facts.channels.length);
    return { seed, size, ...decode(maps, size, this.facts) };
  }

  async findNearest() {
    const { levels, size } = this.shown;
    this.training ??= await TrainingSlices.open(this.files);
    const { sheet, columns, side, slices } = this.training.about;
    const nearest = this.training.nearest(levels, size, this.facts.white);
    const picture = await this.training.sheet(nearest.row);
    this.nearest = { ...nearest, sheet: picture, place: nearest.row % sheet, columns, side, slices };
  }

  /** What the page draws: the frame of this_brain.py. */
  frame() {
    const { shown, newest, nearest } = this;
    return { shown, newest, nearest };
  }
}
