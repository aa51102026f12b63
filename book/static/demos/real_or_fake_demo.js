// The page "Real or generated?" in the book: tests from a fixed set of slices, and a class' results by a shared link.

import { ClassPanel } from "./class_panel.js";
import { Random } from "./random.js";
import { RealOrFake } from "./real_or_fake_game.js";

const ZIPPED = [0x1f, 0x8b]; // how gzip begins

/** The slices, unpacked here unless the server has done so. */
async function unpack(packed) {
  if (ZIPPED.some((byte, k) => packed[k] !== byte)) return packed;
  if (typeof DecompressionStream === "undefined") {
    throw new Error("your browser cannot unpack its slices. Try a newer browser.");
  }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function open(files) {
  const facts = await files.json("real_or_fake.json");
  const slices = await unpack(await files.bytes("real_or_fake.bin")).catch((error) => {
    throw error instanceof TypeError ? new Error("its slices arrived damaged. Load the page again.") : error;
  });
  if (slices.length !== facts.shape.reduce((product, side) => product * side)) {
    throw new Error("its slices are not all there. Load the page again.");
  }
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  const logic = new RealOrFake(slices, facts, seed >>> 1, Random);
  return { logic, state: { _things: logic.things, _results: new ClassPanel(facts.student) } };
}
