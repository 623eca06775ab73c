// The answer page. A table of checkboxes becomes paintable: tap, hold, drag, arrow keys, whole days, undo. Wishes keep the order of
// taps, and the answer is said in words. What is sent is what plain checkboxes send: "mon-0900" is free, "mon-0900-1" if need be.
const HOLD = 300; // ms before a touch paints; until then it scrolls
const SLACK = 8; // px a resting finger may tremble
const IF_NEED_BE = "-1";
const [CLEAR, MAYBE, FREE] = [0, 1, 2];
const VIEWS = { half: "half", grid: "cell" };
const NEXT = [FREE, CLEAR, MAYBE]; // what a tap makes of each level

class AvailabilityGrid extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    this.rows = [...this.table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("input")));
    this.boxes = this.rows.flat().filter(Boolean);
    if (!this.boxes.length) return;
    this.steps = [];
    this.form = this.closest("form");
    for (const box of this.boxes) box.words = box.getAttribute("aria-label");
    for (const box of this.boxes) this.set(box, this.level(box));
    this.undoButton = this.querySelector("[data-undo]");
    this.undoButton.addEventListener("click", () => this.undo());
    this.addDays();
    this.listen();
    this.focusOn(this.boxes[0], false);
  }

  addDays() {
    [...this.table.tHead.rows[0].cells].slice(1).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1; // by keyboard, Shift and an arrow paint a day
      button.textContent = head.textContent;
      button.setAttribute("aria-label", this.form.dataset.day.replace("{day}", head.textContent));
      button.addEventListener("click", () => this.paintDay(column));
      head.replaceChildren(button);
    });
  }

  listen() {
    this.table.addEventListener("keydown", (event) => this.onKey(event));
    this.table.addEventListener("pointerdown", (event) => this.onDown(event));
    this.table.addEventListener("click", (event) => this.onClick(event), true);
    this.table.addEventListener("change", (event) => this.onChange(event));
    this.table.addEventListener("touchmove", (event) => this.painting && event.cancelable && event.preventDefault(), { passive: false });
    this.table.addEventListener("contextmenu", (event) => this.stroke && event.preventDefault());
    document.addEventListener("pointermove", (event) => this.onMove(event));
    document.addEventListener("pointerup", (event) => this.onUp(event));
    document.addEventListener("pointercancel", () => this.drop());
    this.shown = VIEWS[new FormData(this.form).get("times")];
    this.form.addEventListener("change", (event) => this.onView(event));
  }

  // Levels

  level(box) {
    return box.checked ? Number(box.dataset.level || FREE) : CLEAR;
  }

  set(box, level) {
    const name = box.value.replace(/-1$/, "");
    box.checked = level > 0;
    box.value = level === MAYBE ? name + IF_NEED_BE : name;
    if (level === MAYBE) box.dataset.level = "1";
    else delete box.dataset.level;
    box.setAttribute("aria-label", level === MAYBE ? `${box.words} △` : box.words);
  }

  snapshot() { return this.boxes.map((box) => this.level(box)); }

  restore(levels) { this.boxes.forEach((box, place) => this.set(box, levels[place])); }

  keep(levels) {
    this.steps.push(levels);
    this.undoButton.disabled = false;
  }

  undo() {
    if (!this.steps.length) return;
    this.restore(this.steps.pop());
    this.undoButton.disabled = !this.steps.length;
    this.tell();
    if (this.undoButton.disabled) this.focusOn(this.current);
  }

  // Painting

  place(box) {
    const row = this.rows.findIndex((boxes) => boxes.includes(box));
    return { row, column: this.rows[row].indexOf(box) };
  }

  rectangle(from, to) {
    const [a, b] = [this.place(from), this.place(to)];
    const between = (x, one, other) => x >= Math.min(one, other) && x <= Math.max(one, other);
    return this.boxes.filter((box) => {
      const at = this.place(box);
      return between(at.row, a.row, b.row) && between(at.column, a.column, b.column);
    });
  }

  paint(boxes, level) { for (const box of boxes) this.set(box, level); }

  paintDay(column) {
    const boxes = this.rows.map((row) => row[column]).filter(Boolean);
    this.keep(this.snapshot());
    const level = this.level(boxes[0]);
    this.paint(boxes, boxes.every((box) => this.level(box) === level) ? NEXT[level] : FREE);
    this.tell();
  }

  tell() { this.dispatchEvent(new Event("painted", { bubbles: true })); }

  // In words, by level: the half-days, or the stretches that half-hours make.
  said() {
    const found = [[], [], []];
    this.rows[0]?.forEach((_, column) => {
      let end = null;
      let before = null;
      for (const box of this.rows.map((row) => row[column]).filter(Boolean)) {
        const words = found[this.level(box)];
        if (this.dataset.view === "half") {
          words.push(box.words);
          continue;
        }
        const begins = minutes(box);
        const goes = before === words && end === begins;
        words.push(`${goes ? words.pop().slice(0, -5) : `${box.words}–`}${clock(begins + 30)}`);
        [before, end] = [words, begins + 30];
      }
    });
    return found;
  }

  // Mouse and touch. A press on one box stays the browser's own; only more than one box is a stroke of ours.

  onDown(event) {
    const box = event.target.closest("tbody input");
    if (!box || event.button !== 0 || !event.isPrimary) return this.drop();
    const level = NEXT[this.level(box)];
    this.stroke = { from: box, to: box, level, before: this.snapshot(), x: event.clientX, y: event.clientY };
    this.painting = event.pointerType !== "touch";
    if (!this.painting) this.timer = setTimeout(() => this.hold(), HOLD);
  }

  hold() {
    this.painting = true;
    this.stroke.held = true;
    navigator.vibrate?.(10);
    this.paint([this.stroke.from], this.stroke.level);
  }

  onMove(event) {
    if (!this.stroke || !event.isPrimary) return;
    const far = Math.hypot(event.clientX - this.stroke.x, event.clientY - this.stroke.y) > SLACK;
    if (!this.painting) return far && this.drop();
    const box = document.elementFromPoint(event.clientX, event.clientY)?.closest("tbody input");
    if (!box || !this.boxes.includes(box) || box === this.stroke.to) return;
    this.stroke.to = box;
    this.stroke.held = true;
    this.restore(this.stroke.before);
    this.paint(this.rectangle(this.stroke.from, box), this.stroke.level);
  }

  onUp() {
    const stroke = this.stroke;
    const done = this.painting && stroke?.held;
    this.stop();
    if (!done) return;
    this.keep(stroke.before);
    this.tell();
    this.swallow = true;
    setTimeout(() => { this.swallow = false; }, 80); // a touch's click comes a little later
  }

  drop() {
    if (this.stroke?.held) this.restore(this.stroke.before);
    this.stop();
  }

  stop() {
    clearTimeout(this.timer);
    this.stroke = null;
    this.painting = false;
  }

  onClick(event) {
    if (this.swallow && event.target.matches("tbody input")) event.preventDefault();
  }

  onChange(event) {
    const box = event.target;
    const old = box.checked ? CLEAR : Number(box.dataset.level || FREE);
    const before = this.snapshot();
    before[this.boxes.indexOf(box)] = old;
    this.keep(before);
    this.set(box, NEXT[old]);
    this.tell();
    this.focusOn(box, false);
  }

  // Keys: one stop for Tab, arrows inside, Shift paints on the way; Space is the browser's own.

  focusOn(box, move = true) {
    for (const other of this.boxes) other.tabIndex = other === box ? 0 : -1;
    this.current = box;
    if (move) box.focus();
  }

  onKey(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [-99, 0], End: [99, 0], PageUp: [-4, 0], PageDown: [4, 0] };
    const step = steps[event.key];
    if (!step || !event.target.matches("tbody input")) return;
    event.preventDefault();
    const next = this.next(event.target, ...step);
    if (event.shiftKey && next !== event.target) {
      this.keep(this.snapshot());
      const boxes = this.rectangle(event.target, next);
      this.paint(boxes, this.level(event.target));
      this.tell();
    }
    this.focusOn(next);
  }

  // The next box in a direction, over half-hours in which nobody works; the same one at the edge.
  next(box, down, right) {
    const { row, column } = this.place(box);
    const line = down ? this.rows.map((boxes) => boxes[column]) : this.rows[row];
    const at = down ? row : column;
    const ahead = (down || right) > 0 ? line.slice(at + 1) : line.slice(0, at).reverse();
    const wanted = ahead.findIndex((other, place) => other && place + 1 >= Math.abs(down || right));
    return ahead[wanted] ?? ahead.findLast(Boolean) ?? box;
  }

  // Only the chosen view counts: whoever goes to the other one finds there what they painted in this one.

  onView(event) {
    if (event.target.name !== "times") return;
    const view = VIEWS[event.target.value];
    if (!view) return; // "keep" shows no week
    if (view === this.dataset.view && this.shown && this.shown !== view) this.takeOver();
    this.shown = view;
    this.tell();
  }

  takeOver() {
    const [half, cell] = ["half", "cell"].map((view) => this.form.querySelector(`availability-grid[data-view="${view}"]`));
    const before = this.snapshot();
    for (const box of half.boxes) {
      const inside = cell.inside(box);
      const level = Math.min(...inside.map((one) => cell.level(one)));
      if (this === half) this.set(box, level);
      else if (half.level(box) !== level) this.paint(inside, half.level(box)); // finer hours that say the same stay
    }
    if (this.snapshot().some((level, place) => level !== before[place])) this.keep(before);
  }

  // The half-hours of a half-day: the bands of the server.
  inside(half) {
    const [day, band] = half.value.split("-");
    return this.boxes.filter((box) => {
      const [weekday, clock] = box.value.split("-");
      return weekday === day && (band === "am" ? clock < "1200" : clock >= "1300");
    });
  }
}

function minutes(box) {
  const time = box.value.split("-")[1];
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4));
}

function clock(minutes) {
  return [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

customElements.define("availability-grid", AvailabilityGrid);

// The form around the weeks

function follow(form) {
  const chips = [...form.querySelectorAll("input[name=wish]")];
  const lists = [...form.querySelectorAll("select[name=wish]")];
  const [status, wishes, times] = ["[role=status]", "[data-wishes]", "[data-times]"].map((one) => form.querySelector(one));
  let wished = chips.filter((chip) => chip.checked).sort((one, other) => rank(one).dataset.rank - rank(other).dataset.rank);

  function rank(chip) { return chip.nextElementSibling; }

  function number() {
    for (const chip of chips) {
      rank(chip).dataset.rank = wished.indexOf(chip) + 1 || "";
      chip.disabled = !chip.checked && wished.length >= Number(form.dataset.most);
    }
  }

  function sayWishes() {
    const chosen = lists.filter((list) => list.value).map((list) => list.selectedOptions[0].text);
    const names = wished.map((chip) => chip.dataset.short || rank(chip).textContent).concat(chosen);
    const any = form.elements.surprise.checked ? [form.dataset.any] : [];
    wishes.textContent = names.concat(any).join(" → ") || form.dataset.none;
  }

  function sayTimes() {
    const view = VIEWS[new FormData(form).get("times")];
    if (!view) return;
    const [, maybe, free] = form.querySelector(`availability-grid[data-view="${view}"]`).said();
    const list = new Intl.ListFormat(document.documentElement.lang);
    const sentence = status.dataset[`${free.length ? "free" : ""}${maybe.length ? "Maybe" : ""}` || "none"] ?? status.dataset.maybe;
    const said = sentence.replace("{free}", list.format(free)).replace("{maybe}", list.format(maybe));
    if (status.textContent !== said) status.textContent = said;
    times.textContent = times.dataset.words.replace("{free}", free.length).replace("{maybe}", maybe.length);
  }

  form.addEventListener("change", ({ target }) => {
    if (chips.includes(target)) {
      wished = wished.filter((chip) => chip !== target).concat(target.checked ? target : []);
      number();
    }
    sayWishes();
  });
  form.addEventListener("painted", sayTimes);
  form.addEventListener("formdata", ({ formData }) => {
    if (!chips.length) return;
    formData.delete("wish");
    for (const chip of wished) formData.append("wish", chip.value);
  });
  number();
}

for (const form of document.querySelectorAll("form.answer")) follow(form);
