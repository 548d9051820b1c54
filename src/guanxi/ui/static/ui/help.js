// "?": the guide's section on this page, in a panel beside it. The link works without this, as a page.

export function mountHelp() {
  const panel = document.getElementById("help");
  if (!panel) return;
  const body = panel.querySelector(".help-body");
  let asked = 0;

  async function show(link) {
    const turn = ++asked;
    const response = await fetch(link.href, { headers: { Accept: "text/html", "HX-Request": "true" } }).catch(() => null);
    if (turn !== asked) return; // another question overtook this one
    if (!response?.ok || response.redirected) return location.assign(link.href);
    body.innerHTML = await response.text();
    if (!panel.open) panel.showModal();
    reveal(link.hash);
  }

  // Readers, and those who listen, begin at the section.
  function reveal(hash) {
    const section = hash && body.querySelector(`#${CSS.escape(decodeURIComponent(hash.slice(1)))}`);
    const start = section || body;
    start.tabIndex = -1;
    start.focus({ preventScroll: true });
    section ? section.scrollIntoView({ block: "start" }) : body.scrollTo(0, 0);
  }

  document.addEventListener("click", (event) => {
    if (event.target === panel) return panel.close(); // beside it
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const within = panel.contains(link);
    if (within && link.getAttribute("href")?.startsWith("#")) {
      event.preventDefault();
      reveal(link.hash);
    } else if (link.matches("[data-help]") || (within && link.pathname.startsWith("/help/") && !link.matches("[data-as-page]"))) {
      event.preventDefault();
      show(link);
    }
  });
}
