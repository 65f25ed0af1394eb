"""Reads a page as a browser does: what its forms would send, and what stands where."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "br", "img", "meta", "link", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    above: list["Element"]
    text: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The elements of a page, in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, dict(attrs), list(self._open))
        self.elements.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def by_id(self, wanted: str) -> Element:
        (found,) = [e for e in self.elements if e.attributes.get("id") == wanted]
        return found

    def sent_by(self, action: str) -> list[tuple[str, str]]:
        """Return what a form would send of itself, without the button that is pressed."""
        sent = []
        for e in self.elements:
            name = e.attributes.get("name")
            if not any(a.tag == "form" and a.attributes.get("action") == action for a in e.above):
                continue
            if e.tag == "option" and "selected" in e.attributes:
                select = next(a for a in reversed(e.above) if a.tag == "select")
                sent.append((select.attributes["name"] or "", e.attributes.get("value") or ""))
            elif e.tag == "textarea" and name:
                sent.append((name, e.text.removeprefix("\n").replace("\n", "\r\n")))
            elif e.tag == "input" and name:
                ticks = e.attributes.get("type") in ("checkbox", "radio")
                if not ticks or "checked" in e.attributes:
                    sent.append((name, e.attributes.get("value") or ""))
        return sent
