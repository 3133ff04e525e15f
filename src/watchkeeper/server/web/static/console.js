// What a page gains when scripts run: charts, live progress, copy buttons. Everything can be read without it.

const charts = new Map();
const DATA = "application/json";

// --- charts ---------------------------------------------------------------------------------------------------------

let library = null;

/** Loads the chart library once, when the first chart comes near the reader's eyes. */
function loaded() {
  library ??= import(document.body.dataset.charts).then(() => window.vegaEmbed);
  return library;
}

/** The spec that stands after its place; its rows travel as columns' names and lists of values. */
function specOf(place) {
  const data = place.nextElementSibling;
  if (data?.type !== DATA) throw new Error("A chart has no spec.");
  const spec = JSON.parse(data.textContent);
  const { fields, rows } = spec.data.packed;
  spec.data = { values: rows.map((row) => Object.fromEntries(fields.map((field, at) => [field, row[at]]))) };
  return spec;
}

/** The spec in the page's colours: each colour of the palette it was written in, by the value it has here now. */
function themed(spec) {
  const style = getComputedStyle(document.documentElement);
  const here = new Map();
  for (const [name, colour] of Object.entries(spec.usermeta.palette)) {
    here.set(colour, style.getPropertyValue(`--${name}`).trim() || colour);
  }
  here.set(spec.background, style.getPropertyValue("--ground").trim());
  const walk = (value, key) => {
    if (key === "data" || key === "usermeta") return value;
    if (typeof value === "string") return here.get(value) ?? value;
    if (Array.isArray(value)) return value.map((each) => walk(each));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name)]));
    }
    return value;
  };
  return walk(spec);
}

async function draw(place) {
  try {
    const embed = await loaded();
    const options = {
      actions: false,
      ast: true, // the policy forbids eval
      defaultStyle: false, // and styles written by scripts
      renderer: "svg",
      tooltip: showTip,
    };
    charts.get(place)?.finalize();
    charts.set(place, await embed(place, themed(specOf(place)), options));
    place.setAttribute("role", "img"); // Vega makes a document of it, whose every tick is read aloud
    place.removeAttribute("aria-roledescription");
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    addExports(place);
  } catch (error) {
    place.classList.add("broken");
    place.textContent = "This chart could not be drawn; its numbers stand below.";
    console.error(error);
  }
}

/** vega-tooltip writes style attributes, which the policy forbids; this one sets properties and plain text only. */
function showTip(_handler, event, _item, value) {
  let tip = document.querySelector(".tip");
  if (value === null || value === undefined || value === "") {
    tip?.remove();
    return;
  }
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "tip";
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
  }
  const list = document.createElement("dl");
  for (const [name, text] of Object.entries(value)) {
    const term = document.createElement("dt");
    const definition = document.createElement("dd");
    term.textContent = name;
    definition.textContent = text;
    list.append(term, definition);
  }
  tip.replaceChildren(list);
  const box = tip.getBoundingClientRect();
  const left = event.clientX + 16 + box.width > window.innerWidth ? event.clientX - 16 - box.width : event.clientX + 16;
  tip.style.left = `${Math.max(4, left)}px`;
  tip.style.top = `${Math.max(4, event.clientY - box.height - 12)}px`;
}

function addExports(place) {
  const figure = place.closest("figure");
  if (figure.querySelector(".exports")) return;
  const row = document.createElement("div");
  row.className = "exports";
  for (const kind of ["png", "svg"]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = kind.toUpperCase();
    button.setAttribute("aria-label", `Save “${place.dataset.name}” as ${kind.toUpperCase()}`);
    button.addEventListener("click", () => save(place, kind));
    row.append(button);
  }
  if (place.dataset.csv) {
    const link = document.createElement("a");
    link.href = place.dataset.csv;
    link.download = "";
    link.textContent = "CSV";
    link.setAttribute("aria-label", `Save the numbers of “${place.dataset.name}” as CSV`);
    row.append(link);
  }
  figure.append(row);
}

/** The chart as it is here, with what its marks mean below it. */
async function pictured(place) {
  const spec = themed(specOf(place));
  const lines = spec.usermeta.legend;
  if (!lines) return charts.get(place).view;
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--quiet").trim();
  const below = { orient: "bottom", anchor: "start", fontSize: 11, fontWeight: "normal", lineHeight: 15, offset: 12 };
  spec.title = { text: lines, color: colour, ...below };
  spec.width = place.clientWidth;
  spec.height += 15 * lines.length + 12;
  const options = { actions: false, ast: true, defaultStyle: false, renderer: "none", tooltip: showTip };
  return (await (await loaded())(document.createElement("div"), spec, options)).view;
}

async function save(place, kind) {
  const link = document.createElement("a");
  link.href = await (await pictured(place)).toImageURL(kind, kind === "png" ? 2 : 1);
  link.download = `${place.dataset.name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.${kind}`;
  link.click();
}

const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries.filter((each) => each.isIntersecting)) {
      near.unobserve(entry.target);
      draw(entry.target);
    }
  },
  { rootMargin: "240px" },
);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [...charts.keys()].forEach(draw));

/** The address says which tables are open, so that whoever gets it sees the same. */
function keepTable({ target }) {
  if (!target.dataset?.table) return;
  const here = new URL(location.href);
  const others = here.searchParams.getAll("table").filter((name) => name !== target.dataset.table);
  here.searchParams.delete("table");
  for (const name of target.open ? [...others, target.dataset.table] : others) here.searchParams.append("table", name);
  if (here.href !== location.href) history.replaceState(history.state, "", here);
}
document.addEventListener("toggle", keepTable, true);

// --- live parts -----------------------------------------------------------------------------------------------------

/** Asks for this page again while it says so, and puts its live parts in the place of the old ones. */
function follow() {
  const waits = [...document.querySelectorAll("[data-live][data-again]")].map((part) => Number(part.dataset.again));
  if (waits.length) setTimeout(refresh, 1000 * Math.min(...waits));
}

async function refresh() {
  try {
    if (!document.hidden) await exchange();
  } finally {
    follow();
  }
}

async function exchange() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || fresh.isEqualNode(old) || old.contains(document.activeElement)) continue;
    announce(old, fresh);
    old.replaceWith(document.adoptNode(fresh));
    enhance(fresh);
  }
}

/** What changed, for those who listen; only when the words are others than before. */
function announce(old, fresh) {
  const words = fresh.querySelector("[data-say]")?.textContent.trim();
  if (words && words !== old.querySelector("[data-say]")?.textContent.trim()) {
    document.getElementById("announce").textContent = words;
  }
}

// --- code to copy ---------------------------------------------------------------------------------------------------

function addCopy(figure) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(figure.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  figure.append(button);
}

function enhance(part) {
  part.querySelectorAll("[data-chart]").forEach((place) => near.observe(place));
  if (navigator.clipboard) part.querySelectorAll("figure.code").forEach(addCopy);
}

enhance(document);
follow();
