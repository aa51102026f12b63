// The page "This brain does not exist" in the book: the generator in the browser.

import { Chain, Network } from "./networks.js";
import { ThisBrain } from "./this_brain_game.js";

const WAITING = "Waiting for your device, which needs longer than usual.";

/** The seed in the page's address, such as `#7`, or the first patient's. */
function addressed({ first, maxSeed }) {
  const seed = /^#\d+$/.test(location.hash) ? +location.hash.slice(1) : first;
  return seed <= maxSeed ? seed : first;
}

export async function open(files) {
  const half = (name) => {
    const weights = files.bytes(`${name}.onnx`); // beside ONNX Runtime, not after it
    return Promise.all([Network.open({ bytes: () => weights }, name), weights]).then(([network]) => network);
  };
  const [facts, front, back] = await Promise.all([
    files.json("this_brain.json"), half("patient_front"), half("patient_back")]);
  const logic = new ThisBrain(new Chain(front, back), facts, files);
  await logic.apply({ do: "patient", value: addressed(facts) });
  return { logic, state: { _facts: { ...facts, address: true, waiting: WAITING } } };
}
