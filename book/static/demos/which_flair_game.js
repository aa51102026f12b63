// The game of four FLAIRs in JavaScript: it answers as gancourse/teaching/widgets/which_flair_game.py does.
// Its random numbers are not NumPy's, so a seed gives another game here than in the notebook.

import { Refusal } from "./refusal.js";

export class WhichFlair {
  /** `pictures`: bytes of facts.shape, (people, 5, height, width); `tumour`: a byte for each pixel of (people, height, width). */
  constructor(pictures, tumour, facts, seed, Random) {
    Object.assign(this, { pictures, tumour, facts, Random });
    this.things = {}; // what the page is told of a game, in one object, which the page's model keeps
    this.begin(seed);
  }

  begin(seed) {
    const { methods, letters, count, shape, found, invented } = this.facts;
    const [people, shown, height, width] = shape;
    const random = new this.Random(seed);
    const chosen = shuffled(people, random).slice(0, count);
    const orders = chosen.map(() => shuffled(methods.length, random));
    const size = height * width;
    const pixels = new Uint8Array(count * shown * size);
    const tumour = new Uint8Array(count * size);
    chosen.forEach((person, k) => {
      [0, ...orders[k].map((method) => 1 + method)].forEach((picture, place) => {
        const from = (person * shown + picture) * size;
        pixels.set(this.pictures.subarray(from, from + size), (k * shown + place) * size);
      });
      tumour.set(this.tumour.subarray(person * size, (person + 1) * size), k * size);
    });
    const ordered = (table) => chosen.map((person, k) => orders[k].map((method) => table[person][method]));
    Object.assign(this, { seed, answers: [] });
    Object.assign(this.things, {
      pixels,
      tumour,
      shape: [count, shown, height, width],
      truth: orders.map((order) => letters[order.indexOf(0)]), // the real one is the first of the methods
      kinds: letters,
      methods: orders.map((order) => order.map((method) => methods[method])),
      found: ordered(found),
      invented: ordered(invented),
    });
  }

  judge(answers) {
    const { letters, count } = this.facts;
    if (!Array.isArray(answers) || answers.length > count) {
      throw new Refusal(`judge: expected a list of ${count} answers at most`);
    }
    const wrong = answers.find((answer) => !letters.includes(answer));
    if (wrong !== undefined) throw new Refusal(`answer '${wrong}': expected one of ${letters.join(", ")}`);
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

/** The numbers from 0 to count - 1 in random order. */
function shuffled(count, random) {
  const [rest, order] = [[...Array(count).keys()], []];
  while (rest.length) order.push(...rest.splice(random.below(rest.length), 1));
  return order;
}
