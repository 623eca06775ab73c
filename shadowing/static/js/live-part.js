// <live-part id="x" data-every="1000"> fetches its own page every second and takes its own content from it,
// until the answer no longer carries data-every. Without JavaScript the page refreshes itself.

class LivePart extends HTMLElement {
  connectedCallback() {
    if (this.dataset.every) this.timer = setTimeout(() => this.refresh(), Number(this.dataset.every));
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async refresh() {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.redirected) return location.reload();
      if (answer.ok) this.take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // the service is restarting: try again
    }
    this.connectedCallback();
  }

  take(page) {
    const fresh = page.getElementById(this.id);
    if (!fresh?.dataset.every) {
      delete this.dataset.every;
      return location.reload();
    }
    const focused = this.contains(document.activeElement) && document.activeElement.tagName;
    this.replaceChildren(...fresh.childNodes);
    if (focused) this.querySelector(focused)?.focus();
  }
}

customElements.define("live-part", LivePart);
