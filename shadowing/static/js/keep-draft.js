// <keep-draft> holds the form of a reflection: what is typed is kept as a draft two seconds after the last key.

class KeepDraft extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.keep(), 2000);
    });
    this.addEventListener("submit", () => {
      clearTimeout(this.soon);
      this.underway?.abort();
    });
  }

  async keep() {
    const body = new FormData(this.querySelector("form"));
    body.set("do", "draft");
    this.underway = new AbortController();
    const answer = await fetch(location.pathname, { method: "POST", body, signal: this.underway.signal }).catch(() => null);
    const line = this.querySelector("[data-kept]");
    line.textContent = answer?.ok ? line.dataset.kept : "";
  }
}

customElements.define("keep-draft", KeepDraft);
