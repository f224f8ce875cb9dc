"""Which function answers what, and which job runs when the clock ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from handlers.chat import Answer, Reply
from handlers.turn import Turn
from storage.people import Person

Who = Literal["everyone", "coordinator", "admin"]
Handler = Callable[[Turn, Person, str], Reply]
Submission = Callable[[Turn, Person, str, Mapping[str, Answer]], Reply]
Job = Callable[[Turn], None]


@dataclass(frozen=True)
class Word:
    """Something people can type. ``takes`` names what follows it ("NAME"), or is empty when nothing does.

    ``public``: it may also be asked where others see it; the answer comes as a direct message all the same.
    """

    phrase: str
    answer: Handler
    who: Who = "everyone"
    takes: str = ""
    public: bool = False


@dataclass(frozen=True)
class Router:
    """What a feature answers. The names of actions begin with the feature's own."""

    words: dict[str, Word] = field(default_factory=dict)
    presses: dict[str, Handler] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    soon: set[str] = field(default_factory=set)

    def word(
        self, *phrases: str, who: Who = "everyone", takes: str = "", public: bool = False
    ) -> Callable[[Handler], Handler]:
        """The function answers these words; its value is what followed them."""

        def register(handler: Handler) -> Handler:
            for phrase in phrases:
                self.words[phrase] = Word(phrase, handler, who=who, takes=takes, public=public)
            return handler

        return register

    def press(self, action: str) -> Callable[[Handler], Handler]:
        """The function answers a press of a button with this action; its value is the button's."""

        def register(handler: Handler) -> Handler:
            self.presses[action] = handler
            return handler

        return register

    def form(self, action: str) -> Callable[[Submission], Submission]:
        """The function takes the answers to the form with this action.

        A press with the same action must make that form from the same value: a form is made anew for each question.
        """

        def register(handler: Submission) -> Submission:
            self.submissions[action] = handler
            return handler

        return register

    def job(self, name: str, *, soon: bool = False) -> Callable[[Job], Job]:
        """The function runs at every tick, for each organisation. It must do nothing when nothing is due.

        ``soon``: also a moment after people did something, once for all that they did in that moment.
        """

        def register(handler: Job) -> Job:
            self.jobs[name] = handler
            if soon:
                self.soon.add(name)
            return handler

        return register


def join(routers: Iterable[Router]) -> Router:
    """One router of all. Raises ValueError where two answer the same thing."""
    joined = Router()
    for router in routers:
        for mine, theirs in (
            (joined.words, router.words),
            (joined.presses, router.presses),
            (joined.submissions, router.submissions),
            (joined.jobs, router.jobs),
        ):
            if twice := mine.keys() & theirs.keys():
                raise ValueError(f"answered twice: {', '.join(sorted(twice))}")
            mine.update(theirs)  # type: ignore[arg-type]  # both are of one kind in each pair
        joined.soon.update(router.soon)
    return joined
