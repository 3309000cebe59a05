// Enhances the staff pages. Everything works without it.
(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const language = document.documentElement.lang;

  // On a phone the tabs scroll: the current one is in sight.
  one(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // The error summary takes the focus; `autofocus` alone is not honoured everywhere.
  one(".problem")?.focus();

  // What the page says stays true while somebody looks at it. A hidden page lets go of its stream: a browser keeps only a few.
  const live = (url, tell) => {
    let source;
    const listen = () => {
      if (source || document.hidden) return;
      source = new EventSource(url);
      source.onmessage = (event) => tell(event.data);
      // It is not opened again by itself: a page left alone keeps no session alive.
      source.onerror = () => source.close();
    };
    const rest = () => { source?.close(); source = undefined; };
    document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
    addEventListener("pagehide", rest);
    listen();
  };

  const bell = one("[data-bell]");
  if (bell && window.EventSource) {
    const count = bell.querySelector("[data-bell-count]");
    live(bell.dataset.bell, (waiting) => { count.textContent = waiting; count.hidden = waiting === "0"; });
  }

  // Whoever cannot see a row change hears once that it was begun and handed in.
  const news = one("[data-live-news]");
  const told = new Set();
  const tell = (part, aloud) => {
    const words = part.dataset.liveSay;
    const key = `${part.dataset.liveId} ${words}`;
    if (!words || told.has(key)) return;
    told.add(key);
    if (aloud) news?.replaceChildren(words);
  };
  // What the page said when it was loaded is no news.
  all("[data-live-say]").forEach((part) => tell(part, false));

  // A row that changed is fetched anew; the focus stays where it was.
  all("[data-live]").forEach((place) => window.EventSource && live(place.dataset.live, (line) => line.split(" ").forEach(async (word) => {
    const [id, revision] = word.split(":");
    const find = () => place.querySelector(`[data-live-id="${CSS.escape(id)}"]`);
    if (!find() || find().dataset.liveRevision === revision) return;
    find().dataset.liveRevision = revision;
    const answer = await fetch(find().dataset.livePart, { headers: { "x-page-part": "1" }, redirect: "error" }).catch(() => null);
    const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
    const part = find();
    if (!fresh || part.dataset.liveRevision !== revision) return;
    const focus = all("a, button", part).indexOf(document.activeElement);
    part.replaceWith(fresh);
    tell(fresh, true);
    if (focus >= 0) all("a, button", fresh)[focus]?.focus();
  })));

  // Buttons that only work with the script.
  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      await navigator.clipboard.writeText(source.value ?? source.innerText);
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2500);
    });
  });
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  let folded = [];
  addEventListener("beforeprint", () => { folded = all("details:not([open])"); folded.forEach((part) => { part.open = true; }); });
  addEventListener("afterprint", () => { folded.forEach((part) => { part.open = false; }); folded = []; });

  // A question before what cannot be taken back, and nothing is sent twice by a second press.
  all("main form[method=post]").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent || (form.dataset.confirm && !confirm(form.dataset.confirm))) event.preventDefault();
    else form.dataset.sent = "1";
  }));
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Distances in time stay true while the page is open.
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  const tick = () => all("time[data-clock]").forEach((time) => {
    const minutes = (Date.parse(time.dateTime) - Date.now()) / 60000;
    const whole = Math.trunc(minutes);
    if (Math.abs(whole) < 1) return;
    const size = Math.abs(whole);
    time.textContent = size < 60 ? words.format(whole, "minute") : size < 2880 ? words.format(Math.trunc(whole / 60), "hour") : words.format(Math.trunc(whole / 1440), "day");
    const due = time.closest(".due");
    if (due && minutes < 0 && !due.classList.contains("late")) {
      due.classList.add("late");
      due.querySelector("[data-due]").textContent = due.dataset.late;
    }
  });
  if (one("time[data-clock]")) setInterval(tick, 30000);

  // `/` goes to the search, unless somebody is typing.
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const find = one("[data-key='/']");
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !find || typing(event.target)) return;
    event.preventDefault();
    find.focus();
    find.select();
  });

  // j and k move between the rows of a table, only while the focus is in it.
  all("[data-rows]").forEach((table) => table.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const rows = all("tbody tr", table);
    const here = rows.indexOf(event.target.closest("tr"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    next?.querySelector("a")?.focus();
    event.preventDefault();
  }));

  // The session ends after a while without a request. A warning comes two minutes before.
  const idle = Number(document.body.dataset.idle || 0) * 1000;
  const warning = one("[data-idle-warning]");
  if (idle && warning) {
    let last = Date.now();
    let before = null;
    const stay = one("[data-idle-stay]");
    const watch = () => {
      const left = last + idle - Date.now();
      if (left <= 0) location.assign("/sign-in?after=idle");
      else if (left <= 120000 && warning.hidden) {
        before = document.activeElement;
        warning.hidden = false;
        stay.focus();
      }
    };
    stay.addEventListener("click", async () => {
      const body = new URLSearchParams({ csrf: one("input[name=csrf]").value });
      const answer = await fetch("/session/extend", { method: "POST", body, cache: "no-store" }).catch(() => null);
      if (!answer?.ok) return;
      last = Date.now();
      warning.hidden = true;
      before?.focus();
    });
    setInterval(watch, 5000);
  }
})();
