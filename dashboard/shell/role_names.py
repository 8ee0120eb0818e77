"""The names of roles and languages on pages."""

from locales import Text, text

ROLES: dict[str, Text] = {
    "security officer": text("Security officer"),
    "reviewer": text("Reviewer"),
    "team member": text("Team member"),
    "auditor": text("Auditor"),
    "reader": text("Reader"),
    "administrator": text("Administrator"),
}
#: As each language calls itself.
LANGUAGES = {"nl": "Nederlands", "en": "English"}
