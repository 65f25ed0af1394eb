"""Where each role can go: one table for the menu of every page and the tiles of the first one."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.home import EDITS, IMPORTS, MERGES, PLANS, REGISTERS
from api.pages.learning import SEES as SEES_LEARNING
from api.pages.resources import STAFF
from api.pages.retention import MAY_LOOK
from api.pages.schemes import SEES as SEES_SCHEMES
from api.pages.sources import LOOKS
from api.pages.vocabulary import KEEPERS
from casework.roles import ROLES, WORKS_WITH_PEOPLE

EVERYBODY = tuple(ROLES)


@dataclass(frozen=True)
class Item:
    """A page that is opened from the menu.

    name, words : keys of its name and of what it is for
    roles : who sees it; the page's own route decides who may open it
    """

    href: str
    name: str
    words: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Pages that belong together; `name` is the key of what they are called."""

    name: str
    items: tuple[Item, ...]

    def holds(self, path: str) -> bool:
        """Tell whether a page is one of these or lies below one."""
        return any(is_at(item, path) for item in self.items)


GROUPS = (
    Group(
        "menu.people",
        (
            Item("/people", "nav.people", "home.people", WORKS_WITH_PEOPLE),
            Item("/allocation", "allocation.title", "home.allocation", WORKS_WITH_PEOPLE),
            Item("/stalled", "stalled.title", "home.stalled", WORKS_WITH_PEOPLE),
            Item("/meetings", "nav.meetings", "home.meetings", WORKS_WITH_PEOPLE),
            Item("/break-glass", "glass.title", "home.glass", WORKS_WITH_PEOPLE),
            Item("/requests", "request.title", "home.requests", WORKS_WITH_PEOPLE),
        ),
    ),
    Group(
        "menu.find",
        (
            Item("/suggest", "nav.suggest", "home.suggest", WORKS_WITH_PEOPLE),
            Item("/nearby", "nav.nearby", "home.nearby", STAFF),
            Item("/agencies", "nav.agencies", "home.agencies", STAFF),
            Item("/schemes", "schemes.title", "home.schemes", SEES_SCHEMES),
        ),
    ),
    Group(
        "menu.catalogue",
        (
            Item("/resources", "menu.resources", "home.resources", STAFF),
            Item("/resources/new", "resources.new", "home.new", EDITS),
            Item("/verify", "nav.verify", "home.verify", REGISTERS),
            Item("/duplicates", "nav.duplicates", "home.duplicates", MERGES),
            Item("/imports", "import.title", "home.imports", IMPORTS),
            Item("/vocabulary", "nav.vocabulary", "home.vocabulary", KEEPERS),
            Item("/sources", "source.title", "home.sources", LOOKS),
        ),
    ),
    Group(
        "menu.area",
        (
            Item("/gaps", "nav.gaps", "home.gaps", PLANS),
            Item("/unmet", "unmet.title", "home.unmet", PLANS),
            Item("/learning", "learning.title", "home.learning", SEES_LEARNING),
        ),
    ),
    Group(
        "menu.keeping",
        (
            Item("/accounts", "accounts.title", "home.accounts", ("administrator",)),
            Item("/jobs", "nav.jobs", "home.jobs", ("coordinator", "administrator")),
            Item("/capacity", "capacity.title", "home.capacity", ("administrator",)),
            Item("/audit", "nav.audit", "home.audit", ("auditor",)),
            Item("/retention", "retention.title", "home.retention", MAY_LOOK),
        ),
    ),
    Group(
        "menu.own",
        (
            Item("/account", "account.title", "home.account", EVERYBODY),
            Item("/second-factor", "factor.title", "home.factor", EVERYBODY),
        ),
    ),
)


def is_at(item: Item, path: str) -> bool:
    """Tell whether a page is the item's, or lies below it and is no item of its own."""
    if path == item.href:
        return True
    return path.startswith(f"{item.href}/") and path not in {i.href for i in _all()}


def _all() -> Iterator[Item]:
    for group in GROUPS:
        yield from group.items


def menu_of(role: str) -> list[Group]:
    """Return what a role sees of the menu; groups without anything for it are left out."""
    seen = [Group(g.name, tuple(i for i in g.items if role in i.roles)) for g in GROUPS]
    return [g for g in seen if g.items]
