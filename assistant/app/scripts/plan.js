// Opening a place of a document by its link: ?document=…&section=…&s=… (or &start=…), and back again.
(() => {
  let opened = null; // the document whose text is shown

  const TABS = '#tabs button[role="tab"]';
  const showTab = async (name) => {
    const tab = await wengui.appears(`${TABS}[data-tab-id="${CSS.escape(name)}"]`);
    if (tab.getAttribute("aria-selected") !== "true") tab.click();
  };

  // Each document is fetched once at a time: who asks for it again waits for the same answer.
  let loading = Promise.resolve();
  const load = (wanted) => (loading = loading.catch(() => {}).then(() => fill(wanted)));

  const fill = async (wanted) => {
    const text = await wengui.appears("#plan-text");
    const id = wanted || opened || text.dataset.first;
    if (id === opened && text.querySelector("section")) return text;
    const response = await fetch(`/page/documents/${encodeURIComponent(id)}`);
    const body = await response.json();
    if (!response.ok) {
      text.textContent = body.error;
      opened = null;
      return text;
    }
    opened = id;
    document.getElementById("plan-tree").innerHTML = body.tree;
    text.innerHTML = body.text;
    document.querySelectorAll("[data-document]").forEach((link) =>
      link.toggleAttribute("aria-current", link.dataset.document === id));
    // On a phone the outline would push the text out of sight.
    if (matchMedia("(max-width: 720px)").matches) document.getElementById("plan-outline").open = false;
    return text;
  };

  const find = (text, { section, s, start }) => {
    const inside = [...text.querySelectorAll(".place")].filter((place) => place.dataset.section === section);
    const at = Number(start);
    return (s && inside.find((place) => place.dataset.s === s))
      || (start && inside.find((place) => place.dataset.start <= at && at < place.dataset.end))
      || document.getElementById(`section-${section}`)
      || inside[0];
  };

  // What can be done with the sentence that is pointed at.
  const offer = (place) => {
    const tools = document.createElement("span");
    tools.className = "place-tools";
    for (const [label, act] of [["复制引用", copyCitation], ["复制链接", copyLink]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => act(place.dataset));
      tools.append(button);
    }
    (place.matches("tr") ? place.lastElementChild : place).append(tools);
  };
  const copyCitation = async ({ section, s }) => {
    const response = await fetch(`/api/documents/${encodeURIComponent(opened)}/sections/${encodeURIComponent(section)}`);
    const sentences = (await response.json()).paragraphs.flatMap((paragraph) => paragraph.sentences);
    wengui.copy(sentences.find((sentence) => String(sentence.number) === s).citation);
  };
  const copyLink = () => wengui.copy(location.href);

  const point = (text, aim) => {
    text.querySelectorAll(".pointed").forEach((other) => other.classList.remove("pointed"));
    text.querySelectorAll(".place-tools").forEach((tools) => tools.remove());
    document.querySelectorAll("#plan-tree [aria-current]").forEach((entry) => entry.removeAttribute("aria-current"));
    if (!aim) return;
    for (let box = aim.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    aim.classList.add("pointed");
    if (aim.matches(".place")) offer(aim);
    const entry = [...document.querySelectorAll("#plan-tree [data-entry]")].find(
      (link) => link.dataset.entry === (aim.dataset.section || aim.id.replace(/^section-/, "")));
    entry?.setAttribute("aria-current", "location");
    for (let item = entry?.closest("li"); item; item = item.parentElement.closest("li")) {
      item.querySelector(":scope > .twist")?.setAttribute("aria-expanded", "true");
    }
    aim.scrollIntoView({ block: aim.matches(".place") ? "center" : "start" });
    entry?.closest("#plan-tree")?.scrollTo({ top: entry.offsetTop - 120 });
    text.focus({ preventScroll: true });
  };

  const open = async (query) => {
    const asked = Object.fromEntries(query);
    await showTab("plan");
    const text = await load(asked.document);
    const aim = asked.section && find(text, asked);
    if (asked.section && !aim) wengui.say(`没有 ${asked.section} 这一节`);
    // The tab may still be taking its place on the screen.
    requestAnimationFrame(() => point(text, aim));
  };

  const follow = async () => {
    const query = new URLSearchParams(location.search);
    if (query.has("section") || query.has("document")) await open(query);
    else if (query.has("tab")) await showTab(query.get("tab"));
    if (query.has("wrong")) {
      const line = await wengui.appears("#wrong-password");
      line.textContent = "口令不对,请再试。";
    }
  };

  // Sentences that hold the words in the box, as one types; an answer that comes late is dropped.
  let asked = 0;
  document.addEventListener("input", async (event) => {
    if (event.target.id !== "find") return;
    const turn = ++asked;
    await load();
    const words = encodeURIComponent(event.target.value);
    const response = await fetch(`/page/documents/${encodeURIComponent(opened)}/find?words=${words}`);
    if (response.ok && turn === asked) document.getElementById("found").innerHTML = (await response.json()).hits;
  });

  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const link = plain && event.target.closest?.('a[href*="document="]');
    if (link) {
      event.preventDefault();
      event.stopPropagation();
      const address = new URL(link.getAttribute("href"), location.href);
      history.pushState(null, "", address.search);
      return open(address.searchParams).catch(() => wengui.say("打不开这个位置"));
    }
    const twist = event.target.closest?.(".twist");
    if (twist) return twist.setAttribute("aria-expanded", String(twist.getAttribute("aria-expanded") !== "true"));
    const row = event.target.closest?.("tr[data-open]");
    if (row && plain && !event.target.closest("a") && !String(getSelection())) row.querySelector("a").click();
    const tab = event.target.closest?.(TABS);
    if (!tab) return;
    if (tab.dataset.tabId === "plan") load().catch(() => {});
    else if (location.search && event.isTrusted) history.pushState(null, "", "/");
  }, true);

  addEventListener("popstate", () => follow().catch(() => {}));
  follow().catch(() => {});
})();
