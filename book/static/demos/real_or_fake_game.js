// The visual Turing test in JavaScript: it answers as gancourse/teaching/widgets/real_or_fake_game.py does.
// Its random numbers are not NumPy's, so a seed gives another test here than in the notebook.

import { Refusal } from "./refusal.js";

export class RealOrFake {
  /** `slices`: bytes of facts.shape, (kinds, slices of each, height, width). */
  constructor(slices, facts, seed, Random) {
    Object.assign(this, { slices, facts, Random, queues: facts.kinds.map(() => []), repeats: false });
    this.things = {}; // what the page is told of a test, in one object, which the page's model keeps
    this.begin(seed);
  }

  begin(seed) {
    const { kinds, count, shape } = this.facts;
    const [, each, height, width] = shape;
    const random = new this.Random(seed);
    this.queues = this.queues.map((queue) => (queue.length < count ? this.refill(queue, each, random) : queue));
    const chosen = Array.from({ length: count }, () => {
      const kind = random.below(kinds.length); // the toss of a coin
      return [kind, this.queues[kind].pop()];
    });
    const size = height * width;
    const pixels = new Uint8Array(count * size);
    chosen.forEach(([kind, k], place) => {
      const from = (kind * each + k) * size;
      pixels.set(this.slices.subarray(from, from + size), place * size);
    });
    const truth = chosen.map(([kind]) => kinds[kind]);
    Object.assign(this, { seed, answers: [] });
    Object.assign(this.things, { pixels, shape: [count, height, width], truth, kinds, repeats: this.repeats });
  }

  /** All slices of a kind in random order, those that were not shown yet last, as slices are taken from the end. */
  refill(queue, each, random) {
    this.repeats ||= this.things.truth !== undefined;
    const rest = [...Array(each).keys()].filter((k) => !queue.includes(k));
    const order = [];
    while (rest.length) order.push(...rest.splice(random.below(rest.length), 1));
    return [...order, ...queue];
  }

  judge(answers) {
    const { kinds, count } = this.facts;
    if (!Array.isArray(answers) || answers.length > count) {
      throw new Refusal(`judge: expected a list of ${count} answers at most`);
    }
    const wrong = answers.find((answer) => !kinds.includes(answer));
    if (wrong !== undefined) throw new Refusal(`answer '${wrong}': expected one of ${kinds.join(", ")}`);
    this.answers = [...answers];
  }

  apply({ do: what, value }) {
    if (what === "judge") return this.judge(value);
    if (what === "new") return this.begin(this.seed + 1);
    throw new Error(`command ${what}: unknown`);
  }

  frame() {
    return { given: [...this.answers], seed: this.seed };
  }
}
