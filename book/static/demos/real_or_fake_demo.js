// The page "Real or generated?" in the book: tests from a fixed set of slices, and a class' results by a shared link.

import { ClassPanel } from "./class_panel.js";
import { Random } from "./random.js";
import { RealOrFake } from "./real_or_fake_game.js";
import { unpacked } from "./unpacked.js";

export async function open(files) {
  const facts = await files.json("real_or_fake.json");
  const slices = await unpacked(files, "real_or_fake.bin", facts.shape.reduce((product, side) => product * side));
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  const logic = new RealOrFake(slices, facts, seed >>> 1, Random);
  return { logic, state: { _things: logic.things, _results: new ClassPanel(facts.student) } };
}
