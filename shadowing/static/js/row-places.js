// <row-places> opens the other places of a guest under their row: it fetches the page that a[data-places] leads to and takes the
// part #places from it. Escape or a second press closes it again. Whatever goes wrong, the link is followed.

class RowPlaces extends HTMLElement {
  connectedCallback() {
    for (const link of this.querySelectorAll("a[data-places]")) link.setAttribute("aria-expanded", "false");
    this.addEventListener("click", (event) => this.pressed(event));
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  pressed(event) {
    const link = event.target.closest("a[data-places]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-expanded") === "true") return this.close();
    this.close();
    this.open(link).catch(() => location.assign(link.href));
  }

  async open(link) {
    this.asked = link;
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const places = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("places");
    if (!answer.ok || !places) return location.assign(link.href);
    if (this.asked !== link) return; // somebody else's were asked for meanwhile
    const row = document.createElement("li");
    row.className = "alt";
    row.append(places);
    link.closest("li").after(row);
    link.setAttribute("aria-expanded", "true");
    places.focus();
  }

  close() {
    this.asked = null;
    const link = this.querySelector("a[aria-expanded=true]");
    if (!link) return;
    this.querySelector("li.alt").remove();
    link.setAttribute("aria-expanded", "false");
    link.focus();
  }
}

customElements.define("row-places", RowPlaces);
