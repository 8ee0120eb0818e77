// Links of ours stay in the session: a plain click on a[data-go] asks Python to switch the page.
// With a modifier key, or before this has loaded, they are ordinary links.
// Streamlit empties the page before the next one comes: meanwhile the browser goes on showing the page before.
// The menus of the bar (details.drop) close after a click elsewhere or in them, and by Escape.
// Streamlit gives its area for files a name and yet the role of no content; with a name it is a group.
// An open page does not outlive its session: when that has ended, the page is requested again, from the server.
import { translate } from "./words.js";

const EVERY = 15_000;
const LONGEST = 2_000; // ms that a page is shown after the click that leaves it

const FILES = "section[role=presentation][aria-label]";

const close = (menu) => menu.removeAttribute("open");
const openMenus = () => [...document.querySelectorAll("details.drop[open]")];

const group = () => document.querySelectorAll(FILES).forEach((area) => area.setAttribute("role", "group"));

const next = (before) =>
  new Promise((resolve) => {
    const drawn = new MutationObserver(() => {
      const heading = document.querySelector("h1");
      if (heading && heading !== before) done();
    });
    const done = () => {
      clearTimeout(late);
      drawn.disconnect();
      resolve();
    };
    const late = setTimeout(done, LONGEST);
    drawn.observe(document.body, { childList: true, subtree: true });
  });
const showUntilNext = () => {
  const arrived = next(document.querySelector("h1"));
  document.startViewTransition?.(() => arrived).ready.catch(() => {}); // rejected when another click comes first
};

export default function ({ data, setTriggerValue }) {
  translate(data);
  const follow = (event) => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.pathname !== location.pathname) showUntilNext();
    setTriggerValue("go", link.getAttribute("href"));
  };
  const closeMenus = (event) => {
    openMenus().filter((menu) => !menu.contains(event.target) || event.target.closest("a")).forEach(close);
  };
  const escape = (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      close(menu);
      menu.querySelector("summary").focus();
    }
  };
  const leave = async () => {
    if (document.hidden) return;
    const answer = await fetch("/session", { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer && (answer.status === 401 || answer.type === "opaqueredirect")) location.reload();
  };
  document.addEventListener("click", follow);
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", escape);
  document.addEventListener("visibilitychange", leave);
  const drawn = new MutationObserver(group);
  drawn.observe(document.body, { childList: true, subtree: true });
  group();
  const asking = setInterval(leave, EVERY);
  document.documentElement.dataset.follows = "links";
  return () => {
    clearInterval(asking);
    drawn.disconnect();
    document.removeEventListener("visibilitychange", leave);
    document.removeEventListener("keydown", escape);
    document.removeEventListener("click", closeMenus);
    document.removeEventListener("click", follow);
  };
}
