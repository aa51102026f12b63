// The page's half of StrokeClock, after live.js: three scans, a slider of hours, and patients to judge.

const PAGE = `<div class="page">
  <figure class="scans">
    <div class="row pictures"></div>
    <figcaption></figcaption>
  </figure>
  <div class="controls">
    <fieldset class="watch">
      <legend>Watch an infarct age</legend>
      <label class="row">Patient <select class="patient"></select></label>
      <label class="slider"><span>Hours after onset</span>
        <input type="range" min="0" step="1"><output class="value"></output></label>
      <p class="reading"></p>
    </fieldset>
    <fieldset class="guess">
      <legend>Be the clock</legend>
      <p class="task"></p>
      <div class="row answers">
        <button type="button" value="early"><u>U</u>nder 4.5 hours</button>
        <button type="button" value="late"><u>O</u>lder</button>
      </div>
      <div class="row"><button class="start" type="button">Hide the clock</button>
        <button class="leave" type="button">Back to the slider</button></div>
      <progress aria-label="Scans judged"></progress>
      <p class="noted" role="status"></p>
      <table hidden><caption>So far</caption>
        <thead><tr><td></td><th scope="col">right</th><th scope="col">wrong</th><th scope="col">infarct missed</th></tr></thead>
        <tbody><tr class="you"><th scope="row">you</th><td></td><td></td><td></td></tr>
          <tr class="machine"><th scope="row">mismatch</th><td></td><td></td><td></td></tr></tbody></table>
      <p class="said" role="status"></p>
    </fieldset>
  </div></div>`;

const SCANS = ["DWI", "ADC", "FLAIR"];
const WORDS = { early: "under 4.5 hours", late: "older" };
const KEYS = { u: "early", o: "late" };

/** Draw gray pixels into a canvas, smoothly, as wide as it is on the screen. */
function draw(canvas, pixels, height, width) {
  const small = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  pixels.forEach((value, k) => image.data.set([value, value, value, 255], 4 * k));
  small.getContext("2d").putImageData(image, 0, 0);
  const wide = Math.max(width, Math.round(canvas.clientWidth * devicePixelRatio));
  const high = Math.round((wide * height) / width);
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, wide, high);
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live stroke-clock";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const shown = model.get("_shown");
  const [, times, , height, width] = shown.shape;
  const pixels = bytes(shown.pixels);
  const asker = new Asker(root, model, () => {});
  const slider = find("input");
  const buttons = [...root.querySelectorAll(".answers button")];
  let given, trials, resting;
  let hidden = false; // whether the clock is hidden and patients are judged

  for (const name of SCANS) {
    const picture = document.createElement("div");
    picture.className = "picture";
    picture.innerHTML = `<b class="name">${name}</b><canvas role="img"></canvas>
      <b class="side" aria-hidden="true">R</b><b class="side left" aria-hidden="true">L</b>`;
    picture.querySelector("canvas").style.aspectRatio = `${width} / ${height}`;
    find(".pictures").append(picture);
  }
  const canvases = [...root.querySelectorAll("canvas")];
  shown.names.forEach((name, k) => find(".patient").append(new Option(name, k)));
  slider.max = times - 1;
  slider.value = Math.min(4, times - 1);

  const over = () => given.length === trials.length;
  const place = () => (hidden ? trials[Math.min(given.length, trials.length - 1)] : [+find(".patient").value, +slider.value]);
  const truth = (hour) => (shown.hours[hour] < shown.limit ? "early" : "late");
  const clock = (hour) => `${shown.hours[hour]} ${shown.hours[hour] === 1 ? "hour" : "hours"}`;

  function paint() {
    const [patient, hour] = place();
    canvases.forEach((canvas, k) => {
      const start = ((patient * times + hour) * SCANS.length + k) * height * width;
      draw(canvas, pixels.subarray(start, start + height * width), height, width);
    });
  }

  /** What the mismatch says of a patient at an hour, in words. */
  function reading(patient, hour) {
    if (!shown.hours[hour]) return "The artery has just closed: nothing can be seen yet.";
    const [ratio, call] = [shown.ratio[patient][hour], shown.calls[patient][hour]];
    if (call === "missed") return "The network finds no infarct here: missed, so the mismatch says nothing.";
    const right = call === truth(hour) ? "✓ right" : "✗ wrong";
    return `FLAIR in the infarct is ${ratio.toFixed(2)} times that of the tissue around it. Mismatch: ${WORDS[call]}, ${right}.`;
  }

  function count(calls) {
    const right = calls.filter((call, k) => call === truth(trials[k][1])).length;
    const missed = calls.filter((call) => call === "missed").length;
    return [right, calls.length - right - missed, missed];
  }

  function show() {
    const [patient, hour] = place();
    const done = given.length;
    const ended = hidden && over();
    find(".watch").hidden = hidden;
    find(".answers").hidden = !hidden || ended;
    find(".start").hidden = hidden && !ended;
    find(".start").textContent = done && !over() ? "Go on with the clock hidden" : over() ? "New scans" : "Hide the clock";
    find(".leave").hidden = !hidden;
    find("progress").hidden = !hidden;
    find("progress").max = trials.length;
    find("progress").value = done;
    find(".task").textContent = ended
      ? "All scans have been judged."
      : hidden
        ? `Is this infarct under ${shown.limit} hours old, so that thrombolysis may help? Keys: U and O.`
        : `${trials.length} scans of these ${shown.names.length} patients, without the hours. Each is as likely under ${shown.limit} hours as older.`;
    const who = hidden && !ended ? `Scan ${done + 1} of ${trials.length}` : `Patient ${shown.names[patient]}, ${clock(hour)} after onset`;
    find("figcaption").textContent = `${who}. A phantom; axial, the patient's right is on the left.`;
    canvases.forEach((canvas, k) => canvas.setAttribute("aria-label", `${SCANS[k]}. ${who}`));
    find("output").textContent = clock(hour);
    slider.setAttribute("aria-valuetext", clock(hour));
    find(".reading").textContent = reading(patient, hour);
    const last = done - 1;
    if (hidden && done) {
      const [was, at] = trials[last];
      const you = given[last] === truth(at) ? "✓ right" : "✗ wrong";
      find(".noted").textContent = `Scan ${done}: ${clock(at)} after onset; you said ${WORDS[given[last]]}, ${you}. ${reading(was, at)}`;
    } else find(".noted").textContent = "";
    find("table").hidden = !hidden || !done;
    const rows = { ".you": count(given), ".machine": count(trials.slice(0, done).map(([k, t]) => shown.calls[k][t])) };
    for (const [row, numbers] of Object.entries(rows)) {
      root.querySelectorAll(`${row} td`).forEach((cell, k) => (cell.textContent = numbers[k]));
    }
    paint();
    root.dataset.painted = 1 + +(root.dataset.painted ?? 0);
  }

  function answer(value) {
    if (!hidden || over()) return;
    given = [...given, value];
    if (over()) {
      find(".start").hidden = false;
      passFocus(find(".answers"), find(".start"));
    }
    show();
    asker.ask({ do: "judge", value: given });
  }

  function begin() {
    if (hidden && over()) {
      asker.ask({ do: "new" });
      setTimeout(() => {
        if (asker.awaits("new")) find(".said").textContent = "New scans need Python: run the cell again.";
      }, PATIENCE);
      return;
    }
    hidden = true;
    show();
    if (!over()) buttons[0].focus({ preventScroll: true });
  }

  function hear() {
    const { answers, said, given: known, trials: now } = model.get("_frame");
    const mine = asker.answered(answers);
    if (!mine || JSON.stringify(now) !== JSON.stringify(trials)) {
      const fresh = JSON.stringify(now) !== JSON.stringify(trials);
      [given, trials] = [[...known], now];
      const here = find(".controls").matches(":focus-within");
      show();
      if (fresh && mine && here) buttons[0].focus({ preventScroll: true });
    }
    find(".said").textContent = said ?? "";
    clearTimeout(resting);
    resting = setTimeout(() => model.send({ rests: true }), REST);
  }

  slider.addEventListener("input", show);
  find(".patient").addEventListener("change", show);
  for (const button of buttons) button.addEventListener("click", () => answer(button.value));
  find(".start").addEventListener("click", begin);
  find(".leave").addEventListener("click", () => {
    hidden = false;
    show();
    slider.focus({ preventScroll: true });
  });
  root.addEventListener("keydown", (event) => {
    const value = KEYS[event.key.toLowerCase()];
    if (value && hidden && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) answer(value);
  });
  keepKeys(root);

  ({ given, trials } = model.get("_frame"));
  given = [...given];
  model.on("change:_frame", hear);
  const resized = new ResizeObserver(paint);
  show();
  resized.observe(root);
  return () => {
    clearTimeout(resting);
    resized.disconnect();
    model.off("change:_frame", hear);
  };
}

export default { render };
