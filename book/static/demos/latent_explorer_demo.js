// The latent explorer's page in the book: generators in ONNX Runtime, and moves in latent space in JavaScript.

import { Explorer } from "./explorer.js";
import { Network } from "./networks.js";

const WAITING = "Waiting for your device, which needs longer than usual.";

export async function open(files, say) {
  say("The generator is loading.");
  const facts = await files.json("latent_explorer.json");
  const painters = new Map();
  const load = async (name) => {
    if (!painters.has(name)) {
      const network = await Network.open(files, name);
      painters.set(name, async (latent) => {
        const [levels] = Object.values(await network.run([Float32Array.from(latent), [1, latent.length]]));
        return Uint8Array.from(levels, (level) => Math.round(Math.min(Math.max(level * 127.5 + 127.5, 0), 255)));
      });
    }
    return painters.get(name);
  };
  const logic = await Explorer.open(facts, load);
  const choices = facts.sources.map(({ name, modality }) => [name, `${modality} (${name})`]);
  return { logic, state: { _anchors: {}, _choices: choices, _waiting: WAITING } };
}
