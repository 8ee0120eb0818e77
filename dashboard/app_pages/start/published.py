"""After publishing: what is there now, and the systems of the statement that was replaced."""

from controls.browse.former_systems import systems_of_replaced_statements
from dashboard.app_pages.start.words import progress_bar, way
from dashboard.components.former_systems import end_former_systems
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import show_message
from locales import Language


def draw(t: Language, context: PageContext) -> None:
    measures, requirements = len(context.titles.measures), len(context.titles.requirements)
    lead = t(
        "{measures} and {requirements} are there. Review the mapping next: it does not count until then.",
        measures=t.n("{n} measure", "{n} measures", measures),
        requirements=t.n("{n} kind of evidence", "{n} kinds of evidence", requirements),
    )
    show(html.answer(t("Your statement is in effect."), way(t), lead))
    show(progress_bar(t, 4))
    show_message()
    links = (
        html.link(html.address("setup", part="mapping"), t("Review the mapping"), "button first"),
        html.link("/statement", t("To the statement"), "button"),
        html.link("/readiness", t("To readiness"), "button"),
    )
    show(html.html('<div class="actions">{links}</div>', links=html.join(links)))
    former_systems = systems_of_replaced_statements(context.session, context.person, context.today)
    if former_systems:
        end_former_systems(t, context, former_systems)
