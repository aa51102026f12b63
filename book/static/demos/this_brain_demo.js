// The page "This brain does not exist" in the book: the generator in the browser.

import { Network } from "./networks.js";
import { ThisBrain } from "./this_brain_game.js";

const WAITING = "Waiting for your device, which needs longer than usual.";

/** The seed in the page's address, such as `#7`, or the first patient's. */
function addressed({ first, maxSeed }) {
  const seed = /^#\d+$/.test(location.hash) ? +location.hash.slice(1) : first;
  return seed <= maxSeed ? seed : first;
}

export async function open(files) {
  const weights = files.bytes("this_brain.onnx"); // beside ONNX Runtime, not after it
  const network = Network.open({ bytes: () => weights }, "this_brain");
  const facts = await Promise.all([files.json("this_brain.json"), weights, network]).then(([facts]) => facts);
  const logic = new ThisBrain(await network, facts, files);
  await logic.apply({ do: "patient", value: addressed(facts) });
  return { logic, state: { _facts: { ...facts, address: true, waiting: WAITING } } };
}
