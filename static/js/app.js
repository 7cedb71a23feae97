/* Small comforts on top of pages that work without any of this. */
(() => {
  "use strict";
  const own = document.currentScript;
  const root = document.documentElement;
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (event, handler, options) => document.addEventListener(event, handler, options);
  const token = () =>
    JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  const loads = {};
  const load = (src) =>
    (loads[src] ||= new Promise((done, fail) => {
      const script = document.createElement("script");
      Object.assign(script, { src, onload: done, onerror: fail });
      document.head.append(script);
    }));
  root.classList.add("js");

  /* Navigation: drawer on phones, fold to icons on desks. */
  const nav = document.getElementById("nav");
  nav?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  const drawer = (open) => {
    if (!nav) return;
    nav.classList.toggle("is-open", open);
    (open ? nav.querySelector("a") : document.querySelector("[data-nav-open]"))?.focus();
  };
  on("click", (event) => {
    if (event.target.closest("[data-nav-open]")) {
      event.preventDefault();
      drawer(true);
    }
    if (event.target.closest("[data-nav-shut]")) {
      event.preventDefault();
      drawer(false);
    }
    const fold = event.target.closest("[data-nav-fold]");
    if (fold) {
      const mini = document.getElementById("shell").classList.toggle("nav-mini");
      fold.setAttribute("aria-pressed", mini);
      document.cookie = `nav=${mini ? "mini" : "wide"};path=/;max-age=31536000;samesite=lax`;
      window.dispatchEvent(new Event("resize"));
    }
    const fill = event.target.closest("[data-fill-user]");
    const login = document.querySelector("form[data-login]");
    if (fill && login) {
      login.elements.login.value = fill.dataset.fillUser;
      login.elements.password.value = fill.dataset.fillWord;
      login.querySelector("button").focus();
    }
    const close = event.target.closest("[data-dismiss]");
    if (close) close.closest(".note").remove();
    for (const menu of $$("details.menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
  on("keydown", (event) => {
    if (event.key === "Escape") {
      const menu =
        document.activeElement?.closest("details.menu[open]") ||
        document.querySelector("details.menu[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (nav?.classList.contains("is-open")) drawer(false);
    }
    const typing = event.target.closest?.("input,select,textarea,[contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      const search = document.querySelector("[data-hotkey='/']");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
  });

  /* The day looked at follows the links inside the site. */
  const day = new URLSearchParams(location.search).get("on");
  if (day)
    on(
      "click",
      (event) => {
        const link = event.target.closest("a[href]");
        if (
          !link ||
          link.hasAttribute("data-today") ||
          link.origin !== location.origin ||
          (link.hash && link.pathname === location.pathname)
        )
          return;
        const url = new URL(link.href);
        if (!url.searchParams.has("on") && !url.pathname.startsWith("/accounts/")) {
          url.searchParams.set("on", day);
          link.href = url;
        }
      },
      true,
    );

  /* Forms: guard what is typed, keep drafts, send once. */
  let dirty = null;
  const guard = (form) => {
    const box = form.querySelector("[data-saved]");
    let timer = 0;
    const save = async () => {
      const data = new FormData(form);
      data.set("draft_page", location.pathname);
      for (const [key, value] of [...data]) if (value instanceof File) data.delete(key);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST",
          body: data,
          headers: { "X-CSRFToken": token() },
        });
        const words = await answer.text();
        if (box) box.textContent = answer.ok || answer.status === 413 ? words : box.dataset.failed;
        if (answer.ok && dirty === form) dirty = null;
      } catch {
        if (box) box.textContent = box.dataset.failed || "";
      }
    };
    form.addEventListener("input", () => {
      dirty = form;
      if (!form.dataset.autosave) return;
      clearTimeout(timer);
      timer = setTimeout(save, 2500);
    });
    form.addEventListener("submit", () => {
      dirty = null;
      clearTimeout(timer);
    });
  };
  window.addEventListener("beforeunload", (event) => {
    if (dirty?.isConnected) event.preventDefault();
  });
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() =>
      $$("button", form).forEach((button) => {
        button.disabled = true;
      }),
    );
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    $$("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      $$("button", form).forEach((b) => {
        b.disabled = false;
      });
    });
  });

  /* Figures that jump against last year's ask for an explanation while typed. */
  const judge = (input) => {
    const part = input.closest(".field-row")?.querySelector(".jump");
    if (!part) return;
    const before = Number(input.dataset.before);
    const step = input.value === "" ? 0 : Number(input.value) - before;
    const size = Math.abs(step);
    const jumps = size > Number(input.dataset.floor) && size > Number(input.dataset.jump) * before;
    part.hidden = !jumps;
    if (!jumps) return;
    const line = part.querySelector(".jump-words");
    const { rose, fell } = line.dataset;
    const words = before ? (step > 0 ? rose : fell) : line.dataset.new;
    line.textContent = words
      .replace("{n}", size.toLocaleString())
      .replace("{p}", before ? `${((size / before) * 100).toFixed(1)} %` : "");
  };
  on("input", (event) => {
    if (event.target.dataset?.before) judge(event.target);
  });

  /* Parts and totals of a return are added up while typed; the server has the last word. */
  const sums = JSON.parse(document.getElementById("return-sums")?.textContent || "[]");
  const figure = (name) => document.querySelector(`main [name="${name}"]`);
  const count = ({ parts, total, exact, words }) => {
    const values = [...parts, total].map((name) => figure(name)?.value ?? "");
    const given = values.every((value) => value !== "");
    const all = Number(values.pop());
    const sum = values.reduce((held, value) => held + Number(value), 0);
    const wrong = given && (exact ? sum !== all : sum > all);
    const row = figure(parts[0])?.closest(".field-row");
    if (!row) return;
    let line = row.querySelector(".sum-fault");
    if (!line) {
      line = document.createElement("p");
      line.className = "sum-fault";
      line.setAttribute("role", "status");
      row.append(line);
    }
    line.hidden = !wrong;
    line.textContent = wrong ? words.replace("{sum}", sum).replace("{all}", all) : "";
  };
  on("input", (event) => {
    const name = event.target.name;
    sums.filter(({ parts, total }) => [...parts, total].includes(name)).forEach(count);
  });

  /* Parts of a page that need more: long selects, pictures. */
  const pick = (select) => {
    if (select.tomselect) return;
    new window.TomSelect(select, {
      plugins: select.multiple ? ["remove_button"] : ["dropdown_input"],
      maxOptions: 400,
      allowEmptyOption: true,
      hidePlaceholder: true,
      render: {
        no_results: () =>
          `<div class="no-results">${select.dataset.none || "没有匹配的选项"}</div>`,
      },
    });
  };
  const dress = (part) => {
    $$("form[data-guard],form[data-autosave]", part).forEach((f) => {
      if (!f.dataset.guarded) {
        f.dataset.guarded = "1";
        guard(f);
      }
    });
    $$("input[data-before]", part).forEach(judge);
    $$("[data-dismiss],[data-nav-fold],[data-fill-user]", part).forEach((b) => {
      b.hidden = false;
    });
    const selects = $$("select[data-pick]", part);
    if (selects.length) {
      if (!document.querySelector("link[data-pick]")) {
        const sheet = document.createElement("link");
        Object.assign(sheet, { rel: "stylesheet", href: own.dataset.pickCss });
        sheet.dataset.pick = "";
        document.head.prepend(sheet);
      }
      load(own.dataset.pick).then(() => selects.forEach(pick));
    }
    if (part.querySelector?.("[data-chart]"))
      load(own.dataset.echarts)
        .then(() => load(own.dataset.charts))
        .then(() => window.drawCharts(part));
    part.querySelector?.("[data-focus]")?.focus();
  };
  dress(document);
  on("htmx:load", (event) => {
    if (event.detail.elt !== document.body) dress(event.detail.elt);
  });
  on("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("form.tools")) return;
    const kept = event.detail.parameters;
    for (const key of [...new Set(Object.keys(kept))]) if (kept[key] === "") delete kept[key];
  });
  on("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.closest("[data-quiet],#job-bar")) root.classList.add("is-loading");
  });
  for (const name of ["htmx:afterRequest", "htmx:sendError", "htmx:timeout"])
    on(name, () => root.classList.remove("is-loading"));
  on("htmx:beforeSwap", (event) => {
    if (event.detail.isError && event.detail.requestConfig?.elt.closest("[data-quiet]"))
      event.detail.shouldSwap = false;
  });
  on("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "messages")
      event.detail.target.scrollIntoView({ block: "center" });
  });

  /* The section in view is marked at the side. */
  const marks = $$(".section-nav a[href^='#']");
  if (marks.length && "IntersectionObserver" in window) {
    const watch = new IntersectionObserver(
      (seen) =>
        seen
          .filter((s) => s.isIntersecting)
          .forEach((s) => {
            marks.forEach((mark) =>
              mark.getAttribute("href") === `#${s.target.id}`
                ? mark.setAttribute("aria-current", "true")
                : mark.removeAttribute("aria-current"),
            );
          }),
      { rootMargin: "-20% 0px -70%" },
    );
    marks.forEach((mark) => {
      const part = document.getElementById(mark.hash.slice(1));
      if (part) watch.observe(part);
    });
  }
})();
