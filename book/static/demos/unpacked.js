// Slices that a demo reads from one file of gzipped bytes.

const ZIPPED = [0x1f, 0x8b]; // how gzip begins

/** The bytes, unpacked here unless the server has done so. */
async function unpack(packed) {
  if (ZIPPED.some((byte, k) => packed[k] !== byte)) return packed;
  if (typeof DecompressionStream === "undefined") {
    throw new Error("your browser cannot unpack its slices. Try a newer browser.");
  }
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The bytes of a file, which have to be `length` many. */
export async function unpacked(files, name, length) {
  const slices = await unpack(await files.bytes(name)).catch((error) => {
    throw error instanceof TypeError ? new Error("its slices arrived damaged. Load the page again.") : error;
  });
  if (slices.length !== length) throw new Error("its slices are not all there. Load the page again.");
  return slices;
}
