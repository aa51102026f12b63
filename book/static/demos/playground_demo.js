// The playground's page in the book: its game in JavaScript.

import { Playground } from "./playground_game.js";

const WAITING = "Waiting for your device, which needs longer than usual.";

export async function open(files) {
  const facts = await files.json("playground.json");
  const choices = Object.entries(facts.presets).map(([name, preset]) =>
    [name, { ...preset, mend: Object.keys(preset.mend).length > 0 }]);
  const state = { _choices: Object.fromEntries(choices), _challenges: facts.challenges, _own: "", _waiting: WAITING };
  return { logic: new Playground(facts), state };
}
