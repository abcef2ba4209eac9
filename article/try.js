// Controls to try sharpening and mixup's Beta distribution. Each replaces an empty <div class="try" data-try="…">;
// the figure beside it shows the same for fixed values, in print and without scripts.

const space = "http://www.w3.org/2000/svg";

function shape(parent, name, attributes) {
  const element = document.createElementNS(space, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return parent.appendChild(element);
}

// A slider for `symbol` from about `low` to `high`, each position 4 % above the one before and `start` one of
// them, above a picture of 600 × `height`; calls draw(value, picture), which returns the sentence that describes the
// picture.
function control(place, symbol, name, low, high, start, height, draw) {
  const id = "try-" + place.dataset.try;
  const box = document.createElement("div");
  const label = document.createElement("label");
  label.htmlFor = id;
  label.textContent = "Try " + name + ", " + symbol + ":";
  const slider = document.createElement("input");
  const position = value => Math.round(Math.log(value / start) / Math.log(1.04));
  Object.assign(slider, { id, type: "range", min: position(low), max: position(high), step: 1, value: 0 });
  const words = document.createElement("output");
  words.htmlFor = id;
  box.append(label, slider, words);
  place.append(box);
  const picture = shape(place, "svg", { viewBox: "0 0 600 " + height, role: "img" });
  function update() {
    const value = start * 1.04 ** slider.value;
    const digits = value < 10 ? value.toFixed(2) : value.toFixed(0);
    picture.replaceChildren();
    const sentence = draw(value, picture);
    words.textContent = symbol + " = " + digits + ": " + sentence;
    picture.setAttribute("aria-label", words.textContent);
    slider.setAttribute("aria-valuetext", symbol + " = " + digits);
  }
  slider.addEventListener("input", update);
  update();
}

function trySharpening(place) {
  const p = place.dataset.values.split(" ").map(Number);
  control(place, "T", "the temperature of sharpening", 0.05, 2, 0.5, 170, (T, picture) => {
    // The largest probability is divided out first, so that no power becomes zero for all classes.
    const largest = Math.max(...p);
    const powers = p.map(value => (value / largest) ** (1 / T));
    const total = powers.reduce((a, b) => a + b, 0);
    const q = powers.map(value => value / total);
    const step = 580 / q.length;
    q.forEach((value, k) => {
      const height = 140 * value;
      shape(picture, "rect", { x: 10 + k * step, y: 150 - height, width: 0.7 * step, height, class: "bar" });
      shape(picture, "text", { x: 10 + (k + 0.35) * step, y: 166, "text-anchor": "middle" }).textContent = k;
    });
    const entropy = q.reduce((sum, value) => sum - (value > 0 ? value * Math.log(value) : 0), 0);
    return "the largest probability is " + Math.max(...q).toFixed(2) + ", the entropy " + entropy.toFixed(2) + " nats";
  });
}

// The mean of λ′ − ½, 1 / (α·4^α·B(α, α)), which equals r(α) / (2√π) with r(a) = Γ(a + ½) / Γ(a + 1).
function meanDeviation(alpha) {
  // r(a) is close to (1 − 1 / (8a)) / √a for a large a; from there r(a) = r(a + 1)·(a + 1) / (a + ½) leads back.
  let a = alpha + 50;
  let ratio = (1 - 1 / (8 * a)) / Math.sqrt(a);
  for (let step = 0; step < 50; step += 1) {
    a -= 1;
    ratio *= (a + 1) / (a + 0.5);
  }
  return ratio / (2 * Math.sqrt(Math.PI));
}

// The shares λ′ of the first image in `count` mixtures, the middles of as many equally probable ranges.
function shares(alpha, count) {
  // 1 − λ′ has the density of Beta(α, α) below ½. Its power w = (1 − λ′)^α is not infinite at 0: (1 − x)^(α − 1) up to a
  // factor, with x = w^(1/α).
  const x = Array.from({ length: 2000 }, (_, k) => 0.5 * ((k + 0.5) / 2000) ** (1 / alpha));
  const weights = x.map(value => (1 - value) ** (alpha - 1));
  const total = weights.reduce((a, b) => a + b, 0);
  const found = [];
  let sum = 0;
  for (let k = 0; found.length < count; k += 1) {
    sum += weights[k] / total;
    while (found.length < count && (sum > (found.length + 0.5) / count || k === 1999)) found.push(1 - x[k]);
  }
  return found;
}

function tryBeta(place) {
  control(place, "α", "the parameter of mixup", 0.1, 20, 0.75, 275, (alpha, picture) => {
    const deviation = meanDeviation(alpha);
    const logBeta = -Math.log(alpha * deviation) - alpha * Math.log(4);
    const x = Array.from({ length: 200 }, (_, k) => (k + 0.5) / 200);
    const density = x.map(value => Math.exp((alpha - 1) * Math.log(value * (1 - value)) - logBeta));
    const scale = 140 / Math.max(3, ...density.slice(4, -4));
    const points = x.map((value, k) => (10 + 580 * value) + "," + (150 - Math.min(148, scale * density[k])));
    shape(picture, "polyline", { points: points.join(" "), class: "line" });
    for (const value of [0, 0.5, 1]) {
      shape(picture, "text", { x: 10 + 580 * value, y: 166, "text-anchor": ["start", "middle", "end"][2 * value] })
        .textContent = "λ = " + value;
    }
    shape(picture, "text", { x: 10, y: 200 }).textContent = "ten mixtures: the share λ′ = max(λ, 1 − λ) of the first image, below, and that of the second";
    shares(alpha, 10).forEach((share, k) => {
      const place = { x: 10 + 58 * k, width: 50 };
      shape(picture, "rect", { ...place, y: 210, height: 60, class: "bar second" });
      shape(picture, "rect", { ...place, y: 270 - 60 * share, height: 60 * share, class: "bar" });
    });
    return "the first image has a share of " + (50 + 100 * deviation).toFixed(0) + " % on average";
  });
}

for (const place of document.querySelectorAll(".try")) {
  ({ sharpening: trySharpening, beta: tryBeta })[place.dataset.try](place);
}
