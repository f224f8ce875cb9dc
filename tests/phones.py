"""A phone in a story: one set of gestures, whichever platform and whichever way its holder uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

Answers = Mapping[str, str | Sequence[str]]


class Native(Protocol):
    """What the phone of each platform can do."""

    def say(self, text: str) -> None: ...
    def mention(self, channel: str, text: str) -> None: ...
    def command(self, text: str, *, channel: str = "") -> None: ...
    def channel_press(self, channel: str, label: str) -> None: ...
    def press(self, label: str) -> None: ...
    def fill(self, answers: Answers) -> None: ...
    def screen(self) -> str: ...
    def last(self) -> str: ...
    def messages(self) -> list[str]: ...
    def channel(self, channel: str) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def errors(self) -> dict[str, str]: ...


class Phone:
    """A person's phone. ``way``: whether they press buttons and fill forms, or type everything."""

    def __init__(self, native: Native, way: Literal["buttons", "words"]) -> None:
        self.native = native
        self.way = way

    def do(self, press: str, *, say: str) -> None:
        """Press the button, or say the words, as this person does. Without such a button in view they say the words."""
        if self.way == "buttons":
            try:
                self.native.press(press)
            except AssertionError:
                self.native.say(say)
        else:
            self.native.say(say)

    def say(self, text: str) -> None:
        """Type words to the bot."""
        self.native.say(text)

    def press(self, label: str) -> None:
        """Press a button; somebody who types answers with its label."""
        if self.way == "buttons":
            self.native.press(label)
        else:
            self.native.say(label)

    def fill(self, answers: Answers) -> None:
        """Fill in the form that was just offered, whole or question by question. Questions not named are skipped."""
        if self.way == "buttons" and self._shows_form():
            self.native.fill(answers)
        else:
            self._type(dict(answers))

    def _shows_form(self) -> bool:
        form = self.native.form
        return bool(form() if callable(form) else form)

    def _type(self, answers: dict[str, str | Sequence[str]]) -> None:
        for _ in range(40):
            question = self.last()
            if "Leave this form" not in question:
                break
            label = next((label for label in answers if label in question), None)
            answer = answers.pop(label) if label is not None else "skip"
            self.native.say(answer if isinstance(answer, str) else ", ".join(answer))
        assert not answers, f"was never asked {list(answers)}; the last message was:\n{self.last()}"

    def mention(self, text: str, *, channel: str = "C0GROUP") -> None:
        """Type words to the bot where others can see them."""
        self.native.mention(channel, text)

    def command(self, text: str, *, channel: str = "") -> None:
        """Use the slash command, in the conversation with the bot or in a channel."""
        if channel:
            self.native.command(text, channel=channel)
        else:
            self.native.command(text)

    def channel(self, channel: str = "C0GROUP") -> str:
        """All that this person can read in a channel, newest last."""
        return self.native.channel(channel)

    def channel_press(self, label: str, *, channel: str = "C0GROUP") -> None:
        """Press a button that stands in a channel, where everybody sees it."""
        self.native.channel_press(channel, label)

    def screen(self) -> str:
        """All that stands in the conversation, newest last."""
        return self.native.screen()

    def last(self) -> str:
        """The newest message."""
        return self.native.last()

    def messages(self) -> list[str]:
        """Every message, newest last."""
        return self.native.messages()

    @property
    def errors(self) -> dict[str, str]:
        """What stands beside the questions of the open form."""
        return self.native.errors

    def sees(self, *words: str) -> bool:
        """Whether all of these stand in the conversation; it says which do not."""
        screen = self.screen()
        missing = [word for word in words if word not in screen]
        assert not missing, f"{missing} not in:\n{screen}"
        return True
