// Tables that sort (first the best), copy themselves, and on the page of every number filter rows and choose columns;
// on the page of what papers print, a search over all of its tables; and a link opens the part that it leads to.
const columnsOf = table => [...table.tHead.rows[0].cells];
const rowsOf = table => [...table.tBodies].flatMap(body => [...body.rows]).filter(row => !row.classList.contains("divider"));
const valueOf = cell => parseFloat(cell.dataset.value ?? cell.textContent);
const textOf = cell => { const copy = cell.cloneNode(true); copy.querySelectorAll("sup, small, br").forEach(part => part.remove()); return copy.textContent.replaceAll("\u00a0", " ").trim(); };

function sort(table, index) {
  const head = columnsOf(table)[index];
  const best = index === 0 || head.classList.contains("word") || head.dataset.better === "down" ? "ascending" : "descending";
  const other = best === "ascending" ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === best ? other : best;
  columnsOf(table).forEach(each => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter(row => !row.classList.contains("divider"));
    rows.sort((a, b) => {
      const [x, y] = index ? [valueOf(a.cells[index]), valueOf(b.cells[index])] : [NaN, NaN];
      if (isNaN(x) && isNaN(y)) return sign * textOf(a.cells[index]).localeCompare(textOf(b.cells[index]));
      return isNaN(x) || isNaN(y) ? isNaN(x) - isNaN(y) : sign * (x - y);
    });
    rows.forEach(row => body.append(row));
  }
}

const tex = text => text.replace(/[&%$#_{}]/g, "\\$&").replaceAll("±", "$\\pm$").replaceAll("↑", "$\\uparrow$").replaceAll("↓", "$\\downarrow$").replaceAll("–", "--").replaceAll("−", "$-$").replaceAll("†", "$^\\dagger$");

const marked = (cell, text, dagger, before, after) =>
  (cell.querySelector("b") ? before + text + after : text) + (cell.querySelector("sup")?.textContent.includes("†") ? dagger : "");

// What a format makes of a cell: its text, and how what is bold or worse (†) shows in it.
const CELLS = {
  CSV: cell => cell.dataset.value || textOf(cell).replace(/^–$/, ""),
  Markdown: cell => marked(cell, textOf(cell).replaceAll("|", "\\|"), "†", "**", "**"),
  LaTeX: cell => marked(cell, tex(textOf(cell)), tex("†"), "\\textbf{", "}"),
};

const FORMATS = {
  CSV: grid => grid.map(row => row.map(text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text).join(",")).join("\n"),
  Markdown: ([head, ...rows]) => [head, head.map((_, i) => i ? "---:" : "---"), ...rows].map(row => `| ${row.join(" | ")} |`).join("\n"),
  LaTeX: ([head, ...rows]) => {
    const line = row => `${row.join(" & ")} \\\\`;
    return [`\\begin{tabular}{l${"r".repeat(head.length - 1)}}`, "\\toprule", line(head), "\\midrule", ...rows.map(line), "\\bottomrule", "\\end{tabular}"].join("\n");
  },
};

// What is seen of a table, in the order in which it is seen; in CSV numbers in full, without marks, and nothing where there is none.
function gridOf(table, format) {
  const seen = cells => [...cells].filter(cell => !cell.hidden).map(CELLS[format]);
  return [seen(columnsOf(table)), ...rowsOf(table).filter(row => !row.hidden).map(row => seen(row.cells))];
}

const TITLES = { CSV: "numbers in full, without bold and †", Markdown: "as it reads, with bold and †", LaTeX: "as it reads, with bold and †" };

async function copy(text) {
  try { await navigator.clipboard.writeText(text); } catch {
    const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
    area.select(); document.execCommand("copy"); area.remove();
  }
}

function addCopying(table) {
  const line = Object.assign(document.createElement("p"), { className: "copying" });
  line.append("copy as ");
  for (const format of Object.keys(FORMATS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: format, title: TITLES[format] });
    button.addEventListener("click", async () => {
      await copy(FORMATS[format](gridOf(table, format)));
      button.textContent = `${format} ✓`;
      setTimeout(() => { button.textContent = format; }, 1500);
    });
    line.append(button);
  }
  table.closest(".box").after(line);
}

function choose(table, names) {
  columnsOf(table).forEach((head, index) => {
    const hidden = head.dataset.name !== undefined && !names.includes(head.dataset.name);
    [head, ...rowsOf(table).map(row => row.cells[index])].forEach(cell => { cell.hidden = hidden; });
  });
}

document.querySelectorAll("table.sortable").forEach(table => {
  columnsOf(table).forEach((head, index) => {
    head.tabIndex = 0;
    head.addEventListener("click", () => sort(table, index));
    head.addEventListener("keydown", event => { if (event.key === "Enter") sort(table, index); });
  });
});

document.querySelectorAll("table").forEach(addCopying);

document.querySelectorAll(".chooser").forEach(chooser => {
  const section = chooser.closest("section"), table = section.querySelector("table.sortable");
  const boxes = [...chooser.querySelectorAll("input[value]:not(.all)")];
  const apply = () => choose(table, boxes.filter(box => box.checked).map(box => box.value));
  chooser.addEventListener("change", event => {
    if (event.target.classList.contains("all"))
      event.target.closest("fieldset").querySelectorAll("input[value]:not(.all)").forEach(box => { box.checked = event.target.checked; });
    apply();
  });
  section.querySelector(".filter").addEventListener("input", event => {
    const part = event.target.value.toLowerCase();
    rowsOf(table).forEach(row => { row.hidden = !textOf(row.cells[0]).toLowerCase().includes(part); });
  });
  apply();
});

// Keep the printed numbers that have all words, each at the start of a word of theirs or of their data set's name.
function find(words) {
  const spaced = text => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, " ")}`;
  let kept = 0;
  document.querySelectorAll("section.printed").forEach(section => {
    const title = section.querySelector("h2").textContent, rows = rowsOf(section.querySelector("table"));
    rows.forEach(row => {
      const how = row.parentElement.querySelector(".divider").textContent;
      const text = spaced([title, how, ...[...row.cells].map(cell => cell.textContent)].join(" "));
      row.hidden = !words.every(word => text.includes(` ${word}`));
    });
    const parts = [...section.querySelectorAll("tbody")];
    parts.forEach(part => { part.hidden = rowsOf({ tBodies: [part] }).every(row => row.hidden); });
    section.hidden = parts.every(part => part.hidden);
    if (words.length) section.querySelector("details").open = true;
    kept += rows.filter(row => !row.hidden).length;
  });
  return kept;
}

document.querySelectorAll(".find").forEach(field => field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean), kept = find(words);
  document.querySelectorAll("#beside, #apart, header nav").forEach(part => { part.hidden = words.length > 0; });
  field.closest("p").querySelector(".note").textContent = words.length ? `${kept} numbers` : "";
}));

function reveal() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const part = place?.closest("details") ?? place?.querySelector("details.part");
  if (part && !part.open) { part.open = true; place.scrollIntoView(); }
}
window.addEventListener("hashchange", reveal);
reveal();
