"""Downloads of a register's template."""

from dashboard.shell.html import Html, address, html, join
from locales import Language


def template_links(t: Language, policy: str) -> Html:
    """A link for each format, to the template of the register that a policy judges, in the reader's language."""
    formats = {"xlsx": t("Excel workbook"), "csv": t("CSV file")}
    return join(
        html(
            '<p><a href="{to}" download>{label}</a></p>',
            to=address(f"api/v1/policies/{policy}/template", format=form, language=t.code),
            label=label,
        )
        for form, label in formats.items()
    )
