"""A person at the sandbox's page: reads the rendered HTML, and presses and fills only what really stands there."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

Pairs = list[tuple[str, str]]
INLINE = {"a", "span", "strong", "time"}


class Refused(AssertionError):
    """The page said no. ``status`` is the HTTP status, ``words`` what it said."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status
        self.words = words


class BrowserPhone:
    """One person's browser, without JavaScript. ``url`` is where the program listens, ``who`` the persona's key.

    It refuses pages that a screen reader would stumble over: see `strict`.
    """

    def __init__(self, url: str, who: str) -> None:
        self.who = who
        self._url = url
        # Whatever proxy the machine has set is not for a server on loopback.
        self._browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._at = ""
        self._page = self._open()

    # What one can do

    def open(self) -> None:
        """Look at the conversation with the bot, and write nothing."""
        self._open()

    def say(self, text: str) -> None:
        """Type words to the bot and send them."""
        self._say(text, view="")

    def mention(self, channel: str, text: str) -> None:
        """Type words to the bot in a channel, for everyone to see."""
        self._say(f"@bot {text}", view=f"channel:{channel}")
        self._open()

    def command(self, text: str, *, channel: str = "") -> None:
        """Use the slash command, which nobody else sees; in a channel too."""
        self._say(f"/pag {text}".rstrip(), view=f"channel:{channel}" if channel else "")
        if channel:
            self._open()

    def channel_press(self, channel: str, label: str) -> None:
        """Press the newest button with this label in a channel."""
        self._no_form_in_the_way()
        page = self._open(view=f"channel:{channel}")
        found = [button for button in page.select("#log button") if words(button) == label]
        assert found, f"no button of the channel says {label!r}"
        self._submit("press", [("press", str(found[-1]["value"]))])
        self._open()

    def press(self, label: str) -> None:
        """Press the newest button with this label: in the conversation with the bot, or else in a channel."""
        self._no_form_in_the_way()
        for view in self._views():
            for button in reversed(self._open(view=view).select("#log button")):
                if words(button) == label:
                    self._submit("press", [("press", str(button["value"]))])
                    return
        raise AssertionError(f"no button says {label!r}; the newest say {self.buttons()}")

    def fill(self, answers: Mapping[str, str | Sequence[str]]) -> None:
        """Fill the open form, question by label and option by label, and send it. What is not named stays as it is."""
        form = self._page.select_one("#answers")
        assert form, "no form is open"
        questions = {_label(question): question for question in form.select(".question")}
        unknown = [label for label in answers if _named(questions, label) is None]
        assert not unknown, f"no question {unknown} among {list(questions)}"
        filled: Pairs = []
        for label, question in questions.items():
            given = next((given for name, given in answers.items() if _named({label: question}, name)), None)
            filled += _kept(question) if given is None else _answered(question, given)
        self._submit("answers", filled)

    def close(self) -> None:
        """Leave the open form without sending it."""
        link = self._page.select_one("#answers a:-soup-contains('Cancel')")
        assert link, "no form is open"
        self._get(str(link["href"]))

    def move(self, label: str) -> str:
        """Press ``Tomorrow`` or ``Next due``, and return what the page says happened."""
        button = next(button for button in self._page.select("#clock button") if words(button) == label)
        self._submit("clock-form", [("to", str(button["value"]))])
        return words(self._one("#happened"))

    # What one sees

    def messages(self) -> list[str]:
        """What the bot said to this person, newest last."""
        return [words(article) for article in self._open(keep_form=True).select("#log > article.bot")]

    def last(self) -> str:
        """The newest of `messages`, or empty."""
        return (self.messages() or [""])[-1]

    def screen(self) -> str:
        """All that can be read in the conversation with the bot, newest last."""
        return "\n\n".join(words(article) for article in self._open(keep_form=True).select("#log > article"))

    def channel(self, channel: str) -> str:
        """All that this person can read in a channel, newest last."""
        page = self._open(view=f"channel:{channel}", keep_form=True)
        return "\n\n".join(words(article) for article in page.select("#log > article"))

    def buttons(self) -> list[str]:
        """The labels of the buttons in the newest message that has any."""
        for article in reversed(self._open(keep_form=True).select("#log > article")):
            if labels := [words(button) for button in article.select("button")]:
                return labels
        return []

    @property
    def form(self) -> str:
        """The visible text of the open form, or empty."""
        form = self._page.select_one("#form")
        return words(form) if form else ""

    @property
    def errors(self) -> dict[str, str]:
        """What stands beside the questions of the open form: label to words. Under "" what is about the whole form."""
        found = {}
        for question in self._page.select("#form .question"):
            if error := question.select_one(".error"):
                found[_label(question)] = words(error).removeprefix("Error: ")
        for item in self._page.select("#problems li"):
            if not item.a:
                found[""] = words(item)
        return found

    @property
    def page(self) -> BeautifulSoup:
        """The page as it was last loaded."""
        return self._page

    def download(self, name: str) -> str:
        """The content of the newest file of this name."""
        link = next(link for link in reversed(self._page.select("a[download]")) if words(link) == f"Download {name}")
        with self._browser.open(urljoin(self._url, str(link["href"]))) as answer:
            return bytes(answer.read()).decode()

    def _no_form_in_the_way(self) -> None:
        assert not self.form, "a form is open: fill() it or close() it first"

    def _views(self) -> list[str]:
        views = [parse_qs(urlsplit(str(link["href"])).query) for link in self._page.select("#views a")]
        return [view.get("view", [""])[0] for view in views]

    def _say(self, text: str, *, view: str) -> None:
        self._no_form_in_the_way()
        self._open(view=view)
        self._submit("say", [("text", text)])

    def _open(self, *, view: str = "", keep_form: bool = False) -> BeautifulSoup:
        form = self._page.select_one("#press [name=form]") if keep_form else None
        query = {"who": self.who, "view": view, "form": str(form["value"]) if form else ""}
        return self._get(f"/sandbox?{urlencode({name: value for name, value in query.items() if value})}")

    def _submit(self, form_id: str, pairs: Pairs) -> None:
        form = self._one(f"form#{form_id}")
        hidden = [(str(field["name"]), str(field["value"])) for field in form.select("input[type=hidden]")]
        self._get(str(form["action"]), urlencode(hidden + pairs).encode())

    def _get(self, path: str, body: bytes | None = None) -> BeautifulSoup:
        request = urllib.request.Request(urljoin(self._url, path), body)  # noqa: S310 (only ever the URL on loopback)
        try:
            with self._browser.open(request, timeout=30) as answer:
                self._page = BeautifulSoup(answer.read(), "html.parser")
        except urllib.error.HTTPError as refusal:
            with refusal:
                page = BeautifulSoup(refusal.read(), "html.parser")
            raise Refused(refusal.code, words(page.select_one("#words") or page)) from None
        strict(self._page)
        return self._page

    def _one(self, selector: str) -> Tag:
        found = self._page.select(selector)
        assert len(found) == 1, f"{selector} is there {len(found)} times"
        return found[0]


def words(part: Tag) -> str:
    """The visible text of a part of the page, with one line for each block."""
    lines = (" ".join(line.split()) for line in "".join(_pieces(part)).split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(part: Tag) -> Iterator[str]:
    for child in part.children:
        if isinstance(child, Tag):
            block = "\n" * (child.name not in INLINE)
            yield from (block, *_pieces(child), block)
        else:
            yield str(child).replace("\n", " ")


def strict(page: BeautifulSoup) -> None:
    """Refuse a page that people with a keyboard or a screen reader could not use, or that is not self-contained."""
    ids = Counter(str(tag["id"]) for tag in page.select("[id]"))
    assert not [name for name, times in ids.items() if times > 1], "ids stand on the page twice"
    assert page.html
    assert page.html.get("lang"), "the page has no language"
    assert page.title, "the page has no title"
    assert len(page.select("h1")) == 1, "a page has one main heading"
    assert len(page.select("main")) == 1, "a page has one main part"
    for control in page.select("input:not([type=hidden]), select, textarea"):
        label = page.select_one(f'label[for="{control["id"]}"]')
        assert label, f"no label for {control}"
        assert words(label), f"an empty label for {control}"
    for control in page.select("button, a, summary, legend, h1, h2, h3, h4"):
        assert words(control), f"nothing to read on {control}"
    for group in page.select("fieldset"):
        assert group.find("legend", recursive=False), f"no legend for {group}"
    for picture in page.select("img"):
        assert picture.get("alt"), f"no words for {picture}"
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for tag in page.select(f"[{attribute}]"):
            missing = set(str(tag[attribute]).split()) - set(ids)
            assert not missing, f"{attribute} leads nowhere: {missing}"
    for link in page.select('a[href^="#"]'):
        assert str(link["href"])[1:] in ids, f"{link} leads nowhere"
    for tag in page.select("[src], link[href], form[action]"):
        address = str(tag.get("src") or tag.get("href") or tag.get("action"))
        assert address.startswith("/sandbox"), f"{address} is not of this page"
    assert not page.select("[style], style, script:not([src])"), "style or script in the page"


def _label(question: Tag) -> str:
    label = question.select_one("legend, label")
    assert label, f"no label for {question}"
    return words(label)


def _named(questions: Mapping[str, Tag], label: str) -> Tag | None:
    return questions.get(label) or questions.get(f"{label} (optional)")


def _kept(question: Tag) -> Pairs:
    kept: Pairs = []
    for field in question.select("input, textarea"):
        if field.name == "textarea":
            kept.append((str(field["name"]), field.get_text().removeprefix("\n")))
        elif field["type"] == "text" or field.has_attr("checked"):
            kept.append((str(field["name"]), str(field["value"])))
    return kept


def _answered(question: Tag, given: str | Sequence[str]) -> Pairs:
    choices = {words(choice.select("label")[0]): choice.select("input")[0] for choice in question.select(".choice")}
    if not choices:
        assert isinstance(given, str), f"{_label(question)!r} takes one answer"
        return [(str(question.select("input, textarea")[0]["name"]), given)]
    wanted = [given] * bool(given) if isinstance(given, str) else list(given)
    unknown = [label for label in wanted if label not in choices]
    assert not unknown, f"no answer {unknown} among {list(choices)}"
    boxes = [choices[label] for label in wanted]
    assert len(boxes) <= 1 or boxes[0]["type"] == "checkbox", f"{_label(question)!r} takes one answer"
    return [(str(box["name"]), str(box["value"])) for box in boxes]
