// The page of "Paint a patient" in the book: both networks in ONNX Runtime, the larger one once it is asked.

import { Network } from "./networks.js";
import { PaintPatient } from "./paint_patient_game.js";
import { Segmenter } from "./segmenter.js";

const WAITING = "Waiting for your device, which needs longer than usual.";
const LOOKING = "The segmenter is looking. The first time it has to be fetched, 13 MB, which may take a while.";

/** The phantoms' labels, tissue and scans, one after the other in one file. */
export function split(data, { size, names, scans }) {
  const one = names.length * size ** 2;
  const [labels, tissue] = [0, 1].map((k) => data.subarray(k * one, (k + 1) * one));
  if (data.length !== (2 + scans.length) * one) throw new Error("paint_patient.bin arrived damaged. Load the page again.");
  return { labels, tissue, scans: data.subarray(2 * one) };
}

export async function open(files) {
  const [facts, data, painter] = await Promise.all([
    files.json("paint_patient.json"), files.bytes("paint_patient.bin"), Network.open(files, "paint_painter")]);
  const phantoms = split(data, facts);
  const logic = new PaintPatient(facts, phantoms, painter, () => Segmenter.open(files, facts.segmenter));
  return { logic, state: { _words: facts, _phantoms: phantoms, _waiting: WAITING, _looking: LOOKING } };
}
