// Streamlit's own words in the reader's language. It has English ones only, so they are replaced as they appear.
// Our own texts are left alone: they are in the reader's language.
// Calendars know every language, and follow the page's (`language.js`), which is set here.
const OURS = "[data-testid=stHtml], [data-testid=stMarkdown]:not([data-testid=stFileUploader] *), style, script";
const NAMES = ["aria-label", "aria-valuetext", "placeholder", "title"];

let language = null;
let exact = new Map();
let patterns = [];
let observer = null;
const places = /\{(\w+)\}/g;

// "{size} per file": a pattern that finds the size, and puts it in the translation.
const pattern = ([english, translated]) => {
  const parts = english.split(places).map((part, i) => (i % 2 ? `(?<${part}>.+)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return [new RegExp(`^${parts.join("")}$`), translated];
};

// A field for a day has its months in English: "May 29, 2027", and "05 – May" for a part of it.
const dayInLanguage = (english) => new Date(english).toLocaleDateString(navigator.language, { dateStyle: "long" });
const monthInLanguage = (_, number) =>
  `${number} – ${new Date(2000, number - 1).toLocaleDateString(navigator.language, { month: "long" })}`;
const MONTH = /^(\d{1,2}) – [A-Z][a-z]+$/;

const inLanguage = (text) => {
  const words = text.trim();
  if (!words || !exact.size) return null;
  if (exact.has(words)) return exact.get(words);
  if (MONTH.test(words)) return words.replace(MONTH, monthInLanguage);
  for (const [form, translated] of patterns) {
    const found = form.exec(words);
    if (found) return translated.replace(places, (_, name) => (name === "date" ? dayInLanguage : String)(found.groups[name]));
  }
  return null;
};

const replaceText = (node) => {
  const words = inLanguage(node.data);
  if (words !== null && words !== node.data && !node.parentElement?.closest(OURS)) node.data = words;
};
const replaceNames = (element) => {
  for (const name of NAMES) {
    const words = element.hasAttribute(name) ? inLanguage(element.getAttribute(name)) : null;
    if (words !== null && words !== element.getAttribute(name)) element.setAttribute(name, words);
  }
};
const replace = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return replaceText(node);
  if (node.nodeType !== Node.ELEMENT_NODE || node.closest("[data-testid=stHtml]")) return;
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (child) =>
    child.nodeType === Node.ELEMENT_NODE && child.matches("[data-testid=stHtml]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  for (let child = walker.currentNode; child; child = walker.nextNode()) {
    if (child.nodeType === Node.TEXT_NODE) replaceText(child);
    else replaceNames(child);
  }
};
const changed = (change) => {
  if (change.type === "attributes") return replaceNames(change.target);
  if (change.type === "characterData") return replaceText(change.target);
  change.addedNodes.forEach(replace);
};

/** Put Streamlit's words in a language from now on; `words`: English to translated, none for English itself. */
export const translate = (chosen) => {
  if (!chosen || chosen.language === language) return;
  language = chosen.language;
  const entries = Object.entries(chosen.words);
  exact = new Map(entries.filter(([english]) => !english.includes("{")));
  patterns = entries.filter(([english]) => english.includes("{")).map(pattern);
  document.documentElement.lang = language;
  dispatchEvent(new Event("languagechange"));
  observer?.disconnect();
  observer = new MutationObserver((changes) => changes.forEach(changed));
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMES });
  replace(document.body);
};
