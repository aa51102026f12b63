// What pages with a brush share, after live.js: a round stroke, pixels as text, and where the pointer is.

/** Bytes as base64. */
function encode(data) {
  let text = "";
  for (let k = 0; k < data.length; k += 4096) text += String.fromCharCode(...data.subarray(k, k + 4096));
  return btoa(text);
}

/** Calls `put(k)` for all pixels of a round brush of `width` pixels that moves from one place to another. */
function stroke(size, [x0, y0], [x1, y1], width, put) {
  const reach = width / 2;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const long = dx * dx + dy * dy;
  const range = (a, b) => [Math.max(0, Math.floor(Math.min(a, b) - reach)), Math.min(size - 1, Math.floor(Math.max(a, b) + reach))];
  const [[left, right], [top, bottom]] = [range(x0, x1), range(y0, y1)];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [u, v] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = long ? Math.min(1, Math.max(0, (u * dx + v * dy) / long)) : 0;
      if (Math.hypot(u - along * dx, v - along * dy) <= Math.max(reach, 0.71)) put(y * size + x);
    }
  }
}

/** Follow a mouse, a finger or a pen over a board, in pixels of its picture, `size` a side.
 *
 * `hover` hears where it is, or null when it has left; `press`, `move` and `release` of a stroke; `paint` after each.
 */
function followPointer(board, size, { hover, press, move, release, paint }) {
  const place = (event) => {
    const box = board.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  };
  board.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button) return;
    board.setPointerCapture(event.pointerId);
    hover(place(event));
    press(place(event));
    paint();
  });
  board.addEventListener("pointermove", (event) => {
    if (!event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) move(place(each));
    hover(place(event));
    move(place(event));
    paint();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    board.addEventListener(end, (event) => {
      if (!event.isPrimary) return;
      release();
      if (event.pointerType === "touch") hover(null);
      paint();
    });
  }
  board.addEventListener("pointerleave", () => {
    hover(null);
    paint();
  });
}
