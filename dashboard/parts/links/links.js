// Links of ours stay in the session: a plain click on a[data-go] asks Python to switch the page.
// With a modifier key, or before this has loaded, they are ordinary links.
export default function ({ setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest?.("a[data-go]");
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    link.closest("details.menu")?.removeAttribute("open");
    setTriggerValue("go", link.getAttribute("href"));
  };
  document.addEventListener("click", follow);
  document.documentElement.dataset.follows = "links";
  return () => document.removeEventListener("click", follow);
}
