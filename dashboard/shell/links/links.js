// Links of ours stay in the session: a plain click on a[data-go] asks Python to switch the page.
// With a modifier key, or before this has loaded, they are ordinary links.
// An open page does not outlive its session: when that has ended, the page is requested again, from the server.
const EVERY = 15_000;

export default function ({ setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    link.closest("details.menu")?.removeAttribute("open");
    setTriggerValue("go", link.getAttribute("href"));
  };
  const leave = async () => {
    if (document.hidden) return;
    const answer = await fetch("/session", { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer && (answer.status === 401 || answer.type === "opaqueredirect")) location.reload();
  };
  document.addEventListener("click", follow);
  document.addEventListener("visibilitychange", leave);
  const asking = setInterval(leave, EVERY);
  document.documentElement.dataset.follows = "links";
  return () => {
    clearInterval(asking);
    document.removeEventListener("visibilitychange", leave);
    document.removeEventListener("click", follow);
  };
}
