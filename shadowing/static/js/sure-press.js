// <sure-press data-seal="address"> holds a form that no program shall send. Once somebody has chosen or typed something in it, a
// seal is fetched, and the button works. Where that fails, the day of the visit is asked for, as it is without JavaScript.

class SurePress extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.day = this.querySelector("[data-day]");
    this.button = this.querySelector("button");
    if (this.day.querySelector(".error")) return;
    this.day.hidden = this.button.disabled = true;
    this.form.addEventListener("change", (event) => event.isTrusted && this.arm());
  }

  async arm() {
    if (this.armed) return;
    this.armed = true;
    try {
      const answer = await fetch(this.dataset.seal, { method: "POST", body: new FormData(this.form) });
      if (!answer.ok) throw new Error(answer.statusText);
      this.form.elements.seal.value = await answer.text();
    } catch {
      this.day.hidden = false;
    }
    this.button.disabled = false;
  }
}

customElements.define("sure-press", SurePress);
