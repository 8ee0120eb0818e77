// Calendars ask the browser for its language; they are told the page's, which is the reader's. Runs before Streamlit.
// With the country, which decides the first day of the week.
Object.defineProperty(navigator, "language", {
  get: () => (document.documentElement.lang === "nl" ? "nl-NL" : "en-GB"),
});
