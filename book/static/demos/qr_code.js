// A QR code of an address, drawn in the page.

import qrcode from "./qrcode-generator.js";

const LIGHT = 4; // modules of white round the code, as its standard asks

/** Draw text as an SVG element, black on white in either theme. */
export function qrCode(text) {
  const code = qrcode(0, "M"); // 0: as small as the text allows
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const modules = [...Array(count * count).keys()].filter((k) => code.isDark(Math.floor(k / count), k % count));
  const dark = modules.map((k) => `M${(k % count) + LIGHT} ${Math.floor(k / count) + LIGHT}h1v1h-1z`).join("");
  const side = count + 2 * LIGHT;
  const picture = document.createElement("div");
  picture.innerHTML = `<svg viewBox="0 0 ${side} ${side}" role="img" aria-label="QR code of this page's address" shape-rendering="crispEdges">
    <path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${dark}"/></svg>`;
  return picture.firstChild;
}
