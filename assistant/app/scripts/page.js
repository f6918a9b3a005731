// What the page does in the browser besides Gradio: appearance, copying, marks that open their evidence.
const wengui = (window.wengui = {});

(() => {
  const root = document.documentElement;
  root.lang = "zh-CN";
  const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };

  // Resolves with the first element that fits, once there is one; gives up after ten seconds.
  wengui.appears = (selector, fits = () => true) => new Promise((resolve, reject) => {
    const found = () => [...document.querySelectorAll(selector)].find(fits);
    if (found()) return resolve(found());
    const observer = new MutationObserver(() => { if (found()) { observer.disconnect(); resolve(found()); } });
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    setTimeout(() => { observer.disconnect(); reject(new Error(selector)); }, 10000);
  });

  // One line at the foot of the page, read out by screen readers.
  let hiding;
  wengui.say = (text) => {
    const line = document.getElementById("said");
    if (!line) return;
    line.textContent = text;
    line.classList.add("shown");
    clearTimeout(hiding);
    hiding = setTimeout(() => line.classList.remove("shown"), 2500);
  };

  // The clipboard needs https or localhost; elsewhere the old way still works.
  wengui.copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) return wengui.say("浏览器不让复制,请选中文字后手动复制");
    }
    wengui.say("已复制");
  };

  wengui.copyAnswer = () => {
    const shown = document.querySelectorAll(".evidence-turn");
    if (shown.length) wengui.copy(shown[shown.length - 1].dataset.answer);
  };

  // Large type and dark colours, remembered in this browser.
  const looks = {
    larger: { key: "wengui-large", set: (on) => root.classList.toggle("large", on) },
    darker: { key: "wengui-dark", set: (on) => document.body.classList.toggle("dark", on) },
  };
  const wanted = (look) => {
    const value = stored(look.key);
    return value === null ? look === looks.darker && matchMedia("(prefers-color-scheme: dark)").matches : value === "1";
  };
  const apply = () => {
    for (const [id, look] of Object.entries(looks)) {
      look.set(wanted(look));
      document.getElementById(id)?.setAttribute("aria-pressed", String(wanted(look)));
    }
  };
  wengui.appears("#darker").then(apply, () => {});
  wengui.appears('#conversation [role="log"]').then((log) => log.setAttribute("aria-label", "对话"), () => {});

  // A mark [1] shows the evidence of its own answer, opens the card of that number and brings it into view.
  const openEvidence = (id) => {
    const card = document.getElementById(id);
    if (!card) return;
    const turn = card.closest(".evidence-turn");
    document.querySelectorAll(".evidence-turn").forEach((other) => { other.hidden = other !== turn; });
    document.querySelectorAll(".evidence-card.pointed").forEach((other) => other.classList.remove("pointed"));
    card.open = true;
    card.classList.add("pointed");
    (card.querySelector("tr.cited") || card).scrollIntoView({ behavior: "smooth", block: "nearest" });
    card.querySelector("summary").focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const mark = at('a[href*="#evidence-"]');
    if (mark) {
      event.preventDefault();
      event.stopPropagation();
      return openEvidence(mark.getAttribute("href").split("#")[1]);
    }
    const copying = at("[data-copy]");
    if (copying) return wengui.copy(copying.dataset.copy);
    const button = at("#larger, #darker");
    if (button) {
      store(looks[button.id].key, button.getAttribute("aria-pressed") === "true" ? "0" : "1");
      return apply();
    }
    const jump = at("a.skip, a.to-conversation");
    if (jump) {
      event.preventDefault();
      const href = jump.getAttribute("href");
      document.querySelector(href)?.scrollIntoView({ block: "start" });
      // Gradio may still be building the box, or not have opened it yet.
      const box = ["textarea", "input"].map((tag) => `${href} ${tag}:enabled`).join();
      wengui.appears(box).then((field) => field.focus(), () => {});
    }
  }, true);
})();
