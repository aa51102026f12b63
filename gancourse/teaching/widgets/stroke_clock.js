// The page's half of StrokeClock, after live.js and game.js: three scans, a slider of hours, and patients to judge.

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

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "gancourse-live stroke-clock";
  root.innerHTML = PAGE;
  el.append(root);
  const find = (name) => root.querySelector(name);
  const shown = model.get("_things");
  const [, times, , height, width] = shown.shape;
  const pixels = bytes(shown.pixels);
  const slider = find("input");
  let trials;
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

  const over = (given) => given.length === trials.length;
  const place = (given) => (hidden ? trials[Math.min(given.length, trials.length - 1)] : [+find(".patient").value, +slider.value]);
  const truth = (hour) => (shown.hours[hour] < shown.limit ? "early" : "late");
  const clock = (hour) => `${shown.hours[hour]} ${shown.hours[hour] === 1 ? "hour" : "hours"}`;

  function paint(given) {
    const [patient, hour] = place(given);
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

  function show(given) {
    const [patient, hour] = place(given);
    const done = given.length;
    const ended = hidden && over(given);
    find(".watch").hidden = hidden;
    find(".start").hidden = hidden && !ended;
    find(".start").textContent = over(given) ? "New scans" : done ? "Go on with the clock hidden" : "Hide the clock";
    if (ended) passFocus(find(".answers"), find(".start"));
    find(".answers").hidden = !hidden || ended;
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
  }

  const closed = (given) => !hidden || over(given);
  const begin = (frame) => ({ trials } = frame);
  const { again, refresh, stop } = play(model, root, { begin, closed, show, paint, needs: "New scans need" });
  slider.addEventListener("input", refresh);
  find(".patient").addEventListener("change", refresh);
  find(".start").addEventListener("click", () => {
    if (hidden) return again(); // all scans have been judged
    hidden = true;
    refresh();
    if (find(".start").hidden) find(".answers button").focus({ preventScroll: true });
  });
  find(".leave").addEventListener("click", () => {
    hidden = false;
    refresh();
    slider.focus({ preventScroll: true });
  });
  return stop;
}

export default { render };
