// Checks the page that contains this script, and posts the result to the parent window: a line for each fault,
// or "nothing wrong". scripts/check-article runs it in a browser.

const faults = new Set();

function checkImages() {
  for (const image of document.images) {
    if (!image.complete || !image.naturalWidth) faults.add(`image not loaded: ${image.alt}`);
    if (!image.alt.trim()) faults.add(`image without alternative text: ${image.src.slice(0, 60)}`);
  }
}

function checkAnchors() {
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.add(`anchor twice: ${id}`);
  for (const link of document.querySelectorAll("a[href^='#']")) {
    const id = decodeURIComponent(link.hash.slice(1));
    if (!document.getElementById(id)) faults.add(`link to no anchor: #${id}`);
  }
}

function checkRequests() {
  for (const { name } of performance.getEntriesByType("resource")) {
    if (!name.startsWith("data:")) faults.add(`request: ${name}`);
  }
}

function checkOverflow() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return;
  const widest = [...document.querySelectorAll("body *")]
    .reduce((a, b) => (b.getBoundingClientRect().right > a.getBoundingClientRect().right ? b : a));
  faults.add(`wider than the page: ${describe(widest)}`);
}

// A control is reached by the keyboard, has a name, and says in words what it shows.
function checkControls() {
  for (const place of document.querySelectorAll(".try")) {
    const name = `control ${place.dataset.try}`;
    const slider = place.querySelector("input[type=range]");
    if (!slider) { faults.add(`${name}: no slider`); continue; }
    if (!slider.labels.length) faults.add(`${name}: no label`);
    slider.focus();
    if (document.activeElement !== slider) faults.add(`${name}: cannot be focused`);
    const words = () => `${place.querySelector("output")?.textContent}; ${slider.getAttribute("aria-valuetext")}`;
    const before = words();
    slider.stepUp(5);
    slider.dispatchEvent(new Event("input"));
    if (words() === before) faults.add(`${name}: its words stay the same`);
    slider.blur();
  }
}

// The text nodes of the page, one after the other.
function* texts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}

// WCAG 2.1, success criterion 1.4.3 at level AA.
function checkContrast() {
  for (const text of texts()) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility()) continue;
    if (["SCRIPT", "STYLE"].includes(element.tagName) || element.closest("annotation")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const [ink, paper] = [luminance(channels(style.color)), luminance(background(element))];
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) faults.add(`contrast ${ratio.toFixed(2)}: ${describe(element)}`);
  }
}

// Markdown or a comment's mark in the text is a sign that a paragraph was converted in a wrong way.
function checkMarkup() {
  for (const text of texts()) {
    const element = text.parentElement;
    if (element.closest("pre, code, script, style, annotation")) continue;
    const mark = text.data.match(/(^|\s)(:::|~~~~|\/\/\/)(\s|$)/);
    if (mark) faults.add(`markup in the text, ${mark[2]}: ${describe(element)}`);
  }
}

function background(element) {
  for (let at = element; at; at = at.parentElement) {
    const color = channels(getComputedStyle(at).backgroundColor);
    if (color[3] !== 0) return color;
  }
  return [255, 255, 255];
}

function channels(color) { return color.match(/[\d.]+/g).map(Number); }

function luminance(color) {
  const [r, g, b] = color.slice(0, 3).map(value => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function describe(element) {
  // The property className of an SVG element is an object.
  const classes = element.getAttribute("class");
  const name = element.tagName.toLowerCase() + (classes ? `.${classes}` : "");
  return `${name} "${element.textContent.trim().slice(0, 40)}"`;
}

addEventListener("load", () => {
  // Folded content is checked, too.
  for (const details of document.querySelectorAll("details")) details.open = true;
  checkImages();
  checkAnchors();
  checkRequests();
  checkOverflow();
  checkControls();
  checkContrast();
  checkMarkup();
  parent.postMessage([...faults].join("\n") || "nothing wrong", "*");
});
