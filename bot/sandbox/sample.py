"""The sandbox's sample organisation: four groups, and people and meetings that are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.sandbox.transcript import Persona
from handlers.calendar import occurrences, to_local, to_utc
from handlers.privacy import NOTICE_VERSION
from storage import channels, groups, meetings, organisations, people, support
from storage.groups import Group
from storage.organisations import Organisation
from storage.people import Person

ZONE = "Europe/London"
WORKSPACE = "sandbox"
CHANNEL = "cancer-alliance-group"

CAST = (
    Persona("amina", "Amina", "A patient, in two groups", WORKSPACE),
    Persona("bill", "Bill", "A patient who needs captions and large print", WORKSPACE),
    Persona("chloe", "Chloe", "A carer (unpaid), in one group", WORKSPACE),
    Persona("dev", "Dev", "Someone new to the groups", WORKSPACE),
    Persona("grace", "Grace", "The coordinator of all four groups", WORKSPACE),
    Persona("hugh", "Hugh", "The chair of the Cancer Alliance group", WORKSPACE),
    Persona("ada", "Ada", "The administrator of the organisation", WORKSPACE),
)

RADIOTHERAPY = "East of England Radiotherapy Network Patient Co-Production Volunteer Group"
HOSPITAL = "Cambridge Cancer Research Hospital Patient Advisory Group"
RESEARCH = "Cancer Research UK Cambridge Centre involvement groups"
ALLIANCE = "East of England Cancer Alliance group"


@dataclass(frozen=True)
class _Group:
    name: str
    about: str
    who_can_join: str
    rhythm: str


GROUPS = (
    _Group(
        RADIOTHERAPY,
        "Helps to shape radiotherapy services, now and in future, from what members have lived through.",
        "Anyone who has used radiotherapy services. You need no special skills.",
        "Online and by email",
    ),
    _Group(
        HOSPITAL,
        "Helps to plan a new hospital: its staff and the move, and its inpatient, outpatient, day and office spaces.",
        "Anyone who is interested or has useful experience.",
        "By workstream",
    ),
    _Group(
        RESEARCH,
        "Brings the voice of patients and the public into research.",
        "People aged 16 or over. There is a form to say that you are interested.",
        "By invitation",
    ),
    _Group(
        ALLIANCE,
        "Local people who know cancer, themselves or through family and friends. Members hear talks, share views and "
        "shape services.",
        "People in the East of England.",
        "Online once a month, sometimes face to face",
    ),
)


def make_sample(session: Session, *, now: datetime) -> Organisation:
    """Make the sample organisation. Its meetings are in the months after `now` (UTC)."""
    organisation = organisations.add_organisation(
        session, "East of England Cancer Services (sample)", nation="ENG", time_zone=ZONE, now=now
    )
    organisation.helpline = "24-hour cancer helpline, 01632 960101"
    organisation.pals = "PALS, 01632 960102, Monday to Friday, 9am to 4pm"
    organisation.safeguarding_contact = "Safeguarding team, 01632 960103"
    organisations.own_workspace(session, organisation, "sandbox", WORKSPACE)
    made = {
        group.name: groups.add_group(
            session,
            organisation.id,
            name=group.name,
            about=group.about,
            who_can_join=group.who_can_join,
            rhythm=group.rhythm,
            now=now,
        )
        for group in GROUPS
    }
    cast = {persona.key: _met(session, organisation, persona, now) for persona in CAST if persona.key != "dev"}
    cast["ada"].admin = True

    def place(group: str, key: str, role: str = "member", connection: str = "patient") -> None:
        groups.place(session, made[group], cast[key], state="active", now=now, role=role, connection=connection)

    for name in made:
        place(name, "grace", "coordinator", "staff")
    place(ALLIANCE, "hugh", "chair")
    place(ALLIANCE, "amina")
    place(RADIOTHERAPY, "amina")
    place(ALLIANCE, "bill")
    place(ALLIANCE, "chloe", connection="carer")
    eileen = people.add_person(session, organisation.id, name="Eileen", time_zone=ZONE, now=now)
    eileen.contact = "Phone 01632 960104, mornings are best"
    groups.place(session, made[ALLIANCE], eileen, state="active", now=now, connection="bereaved_carer")
    support.set_needs(session, cast["bill"], {"live_captions": "", "large_print": "18 point"}, now=now)
    support.set_needs(session, cast["amina"], {"extra_breaks": "every 30 minutes"}, now=now)
    _monthly(session, organisation, made[ALLIANCE], "FREQ=MONTHLY;BYDAY=2TU", "Monthly meeting", time(18), now)
    _monthly(session, organisation, made[RADIOTHERAPY], "FREQ=MONTHLY;BYDAY=3TH", "Radiotherapy group", time(14), now)
    channel = channels.ask(
        session,
        organisation.id,
        platform="sandbox",
        workspace=WORKSPACE,
        conversation=f"channel:{CHANNEL}",
        by=cast["grace"],
    )
    channels.link(session, channel, made[ALLIANCE], names=False, now=now)
    return organisation


def _met(session: Session, organisation: Organisation, persona: Persona, now: datetime) -> Person:
    account = people.meet(
        session,
        organisation.id,
        platform="sandbox",
        workspace=persona.workspace,
        user=persona.key,
        name=persona.name,
        time_zone=ZONE,
        now=now,
    )
    people.record_consent(session, account.person, "notice", version=NOTICE_VERSION, now=now)
    return account.person


def _monthly(
    session: Session, organisation: Organisation, group: Group, rule: str, title: str, at: time, now: datetime
) -> None:
    # A meeting in the coming week would be too near to show an invitation and two reminders.
    first = datetime.combine(to_local(now, ZONE).date() + timedelta(days=7), at)
    starts = list(occurrences(rule, first, after=first, limit=12))
    series = meetings.add_series(session, group, rule, first_start=starts[0])
    series.next_start = starts[-1] + timedelta(days=1)
    for local in starts:
        meetings.add_meeting(
            session,
            organisation,
            group,
            title=title,
            local_start=local,
            starts_at=to_utc(local, ZONE),
            zone=ZONE,
            minutes=90,
            how="online",
            link="https://meet.example.org/our-group",
            phone="01632 960105, then 4321#",
            series=series,
        )
