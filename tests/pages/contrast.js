// The contrast of each piece of text with what is painted behind it, by the formula of
// WCAG 2: [contrast, least, text]. Large text needs 3, all other 4.5.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function rgba(color) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
function over([r, g, b, a], behind) {
  return [r, g, b].map((value, i) => value * a + behind[i] * (1 - a));
}
function luminance(color) {
  const [r, g, b] = color.map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function painted(element) {
  const chain = [];
  for (let e = element; e; e = e.parentElement) chain.unshift(e);
  return chain.reduce(
    (behind, e) => over(rgba(getComputedStyle(e).backgroundColor), behind),
    [255, 255, 255],
  );
}
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.data.trim();
  const element = walker.currentNode.parentElement;
  const style = getComputedStyle(element);
  if (!text || element.closest("style, script, title, defs")) continue;
  if (!element.checkVisibility() || !element.getClientRects().length) continue;
  const behind = painted(element);
  const ink = rgba(element.closest("svg") ? style.fill : style.color);
  for (let e = element; e; e = e.parentElement) ink[3] *= getComputedStyle(e).opacity;
  const [light, dark] = [luminance(over(ink, behind)), luminance(behind)].sort((a, b) => b - a);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
  found.push([(light + 0.05) / (dark + 0.05), large ? 3 : 4.5, text.slice(0, 60)]);
}
return found;
