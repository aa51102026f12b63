// The page of "Paint with units" in the book: the patient generator in two halves, with the edit between them.

import { Network } from "./networks.js";
import { PaintWithUnits } from "./paint_with_units_game.js";

const WAITING = "Waiting for your device, which needs longer than usual.";

export async function open(files) {
  const [facts, front, back] = await Promise.all([
    files.json("paint_with_units.json"), Network.open(files, "patient_front"), Network.open(files, "patient_back")]);
  return { logic: await PaintWithUnits.open(front, back, facts), state: { _facts: facts, _waiting: WAITING } };
}
