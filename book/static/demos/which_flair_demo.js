// The page "Which FLAIR is real?" in the book: games from a fixed set of phantoms.

import { Random } from "./random.js";
import { unpacked } from "./unpacked.js";
import { WhichFlair } from "./which_flair_game.js";

export async function open(files) {
  const facts = await files.json("which_flair.json");
  const [people, shown, height, width] = facts.shape;
  const pictures = people * shown * height * width;
  const all = await unpacked(files, "which_flair.bin", pictures + people * height * width);
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  const parts = [all.subarray(0, pictures), all.subarray(pictures)];
  const logic = new WhichFlair(...parts, facts, seed >>> 1, Random);
  return { logic, state: { _things: logic.things } };
}
