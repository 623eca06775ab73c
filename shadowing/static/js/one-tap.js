// <one-tap> holds a form of choices. A finger or a mouse sends its choice at once; with the keys one moves among the choices
// first (a click by them has no detail), so the button stays.

class OneTap extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => (this.tapped = event.isTrusted && event.detail > 0));
    this.addEventListener("change", (event) => this.tapped && event.target.form.requestSubmit());
  }
}

customElements.define("one-tap", OneTap);
