"""Who may come in from Teams: tokens that are good, and every kind of token that is not, over real HTTP."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.platform import Undeliverable
from tests.connector_tokens import APP_ID, ISSUER, TENANT, rsa_key
from tests.fake_connector import Disturbance, FakeConnector
from tests.teams_wire import Wire, wired
from tests.world import Loop, Template

STRANGER = -1
EMULATOR = "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0"
SKILLS = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"
ANOTHER_APP = "00000000-0000-4000-8000-00000000beef"


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory, loop: Loop, template: Template) -> Iterator[Wire]:
    with wired(tmp_path_factory.mktemp("tokens"), loop, template) as wire:
        yield wire


def _parts(token: str) -> list[str]:
    return token.split(".")


def _encoded(given: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(given).encode()).rstrip(b"=").decode()


def _tampered(token: str) -> str:
    header, _, signature = _parts(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    return ".".join((header, _encoded({**claims, "extra": "more"}), signature))


def _with_header(wire: Wire, **changes: object) -> str:
    claims = jwt.decode(wire.token(), options={"verify_signature": False})
    return jwt.encode(claims, rsa_key(1), algorithm="RS256", headers={"kid": "key-1", **changes})


def _public_as_secret(wire: Wire) -> str:
    """The old trick: the published key taken as the secret of a symmetric signature."""
    pem = rsa_key(1).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = jwt.decode(wire.token(), options={"verify_signature": False})
    signed = ".".join((_encoded({"alg": "HS256", "typ": "JWT", "kid": "key-1"}), _encoded(claims)))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), pem)
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _own_key_inside(wire: Wire) -> str:
    mine = generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(wire.token(), options={"verify_signature": False})
    public = jwt.algorithms.RSAAlgorithm.to_jwk(mine.public_key(), as_dict=True)
    return jwt.encode(claims, mine, algorithm="RS256", headers={"kid": "key-1", "jwk": public})


NOW = time.time
BAD: dict[str, Callable[[Wire], str]] = {
    "none at all": lambda wire: "",
    "no token": lambda wire: "hello",
    "two parts": lambda wire: ".".join(_parts(wire.token())[:2]),
    "four parts": lambda wire: wire.token() + ".more",
    "a cut signature": lambda wire: wire.token()[:-4],
    "an empty signature": lambda wire: ".".join((*_parts(wire.token())[:2], "")),
    "changed claims": lambda wire: _tampered(wire.token()),
    "expired": lambda wire: wire.token(exp=int(NOW()) - 120),
    "long expired": lambda wire: wire.token(nbf=int(NOW()) - 9000, exp=int(NOW()) - 5400),
    "not good yet": lambda wire: wire.token(nbf=int(NOW()) + 600),
    "made in the future": lambda wire: wire.token(iat=int(NOW()) + 600),
    "no end": lambda wire: wire.token(exp=None),
    "an end that is no time": lambda wire: wire.token(exp="tomorrow"),
    "an end beyond numbers": lambda wire: wire.token(exp=float("inf")),
    "another audience": lambda wire: wire.token(audience=ANOTHER_APP),
    "no audience": lambda wire: wire.token(audience=None),
    "several audiences": lambda wire: wire.token(audience=[APP_ID, ANOTHER_APP]),
    "our own name in capitals": lambda wire: wire.token(audience=APP_ID.upper()),
    "another issuer": lambda wire: wire.token(iss="https://sts.windows.net/somebody/"),
    "no issuer": lambda wire: wire.token(iss=None),
    "an issuer that only begins like it": lambda wire: wire.token(iss=f"{ISSUER}.example.com"),
    "the emulator's issuer": lambda wire: wire.token(iss=EMULATOR, appid=APP_ID, ver="2.0"),
    "the skills' issuer": lambda wire: wire.token(iss=SKILLS, appid=APP_ID, ver="1.0"),
    "our own tenant's issuer": lambda wire: wire.token(iss=f"https://sts.windows.net/{TENANT}/", ver="1.0"),
    "a skill that speaks for another": lambda wire: wire.token(ver="1.0", appid=ANOTHER_APP),
    "an anonymous skill": lambda wire: wire.token(appid="AnonymousSkill"),
    "another serviceUrl": lambda wire: wire.token(service_url="https://smba.trafficmanager.net/teams/"),
    "a serviceUrl that differs by a slash": lambda wire: wire.token(service_url=wire.connector.url.rstrip("/")),
    "no serviceUrl": lambda wire: wire.token(service_url=None),
    "a stranger's key under a known name": lambda wire: wire.token(key=rsa_key(STRANGER)),
    "a key that nobody published": lambda wire: wire.token(key=rsa_key(STRANGER), kid="key-99"),
    "no key named": lambda wire: jwt.encode({"iss": ISSUER, "aud": APP_ID}, rsa_key(1), algorithm="RS256"),
    "a key that is a number": lambda wire: ".".join((_encoded({"alg": "RS256", "kid": 1}), *_parts(wire.token())[1:])),
    "its own key inside": _own_key_inside,
    "no signature": lambda wire: wire.token(algorithm="none"),
    "a symmetric signature": lambda wire: wire.token(algorithm="HS256", key="x" * 64),
    "the public key as a secret": _public_as_secret,
    "another algorithm of RSA": lambda wire: wire.token(algorithm="RS512"),
    "an algorithm of RSA with salt": lambda wire: wire.token(algorithm="PS256"),
    "an unknown critical header": lambda wire: _with_header(wire, crit=["b64"], b64=True),
    "claims that are no object": lambda wire: jwt.api_jws.encode(
        b"[1]", rsa_key(1), algorithm="RS256", headers={"kid": "key-1"}
    ),
    "a header nested deeply": lambda wire: ".".join(
        (base64.urlsafe_b64encode(b'{"alg":' + b"[" * 2000 + b"]" * 2000 + b"}").decode(), *_parts(wire.token())[1:])
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_token_is_refused(wire: Wire, kind: str) -> None:
    before = len(wire.heard)
    answer = wire.post(wire.says("hello"), token=BAD[kind](wire))
    assert (answer.status, answer.text) == (401, "")
    assert len(wire.heard) == before


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "bearer {token}", "Bearer {token} more", "Bearer  {token}", "{token}"],
)
def test_a_header_that_bears_no_token_is_refused(wire: Wire, header: str) -> None:
    answer = wire.post(wire.says("hello"), token="", Authorization=header.format(token=wire.token()))
    assert answer.status == 401


@pytest.mark.parametrize(
    "change",
    [
        {"serviceUrl": "https://smba.trafficmanager.net/teams/"},
        {"serviceUrl": ""},
        {"serviceUrl": None},
        {"serviceUrl": 7},
        {"channelId": "emulator"},
        {"channelId": "webchat"},
        {"channelId": ""},
        {"channelId": None},
    ],
    ids=str,
)
def test_a_good_token_is_for_one_address_and_one_channel(wire: Wire, change: dict[str, object]) -> None:
    assert wire.post(wire.says("hello") | change).status == 401


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/teams/",
        "https://smba.trafficmanager.net.example.com/",
        "https://example.com/smba.trafficmanager.net/",
        "https://someone@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://example.com\\@smba.trafficmanager.net/",
        "https://127.0.0.1/",
        "http://127.0.0.1.example.com/",
        "file:///etc/passwd",
    ],
)
def test_no_other_host_is_ever_spoken_to(wire: Wire, url: str) -> None:
    activity = wire.says("hello") | {"serviceUrl": url}
    assert wire.post(activity, token=wire.token(service_url=url)).status == 401


@pytest.mark.parametrize("changes", [{}, {"nbf": None}, {"appid": APP_ID, "ver": "1.0"}], ids=str)
def test_a_good_token_is_taken(wire: Wire, changes: dict[str, object]) -> None:
    before = len(wire.heard)
    assert wire.post(wire.says("hello"), token=wire.token(**changes)).status == 200
    assert len(wire.heard) == before + 1


def test_clocks_may_differ_by_a_little(wire: Wire) -> None:
    late = wire.token(exp=int(time.time()) - 5)
    early = wire.token(nbf=int(time.time()) + 5)
    assert [wire.post(wire.says("hello"), token=token).status for token in (late, early)] == [200, 200]


def test_a_key_that_may_not_speak_for_teams_is_refused(tmp_path: Path, loop: Loop, template: Template) -> None:
    for endorsed in (["webchat"], []):
        with FakeConnector() as connector:
            connector.issuer.endorsements = endorsed
            (tmp_path / str(len(endorsed))).mkdir()
            with wired(tmp_path / str(len(endorsed)), loop, template, connector=connector) as wire:
                assert wire.post(wire.says("hello")).status == 401


def test_without_an_app_only_this_machine_is_spoken_to(tmp_path: Path, loop: Loop, template: Template) -> None:
    with pytest.raises(ValueError, match="app id"), wired(tmp_path, loop, template, app_id=""):
        pass
    with wired(tmp_path, loop, template, app_id="", password="", allow_unauthenticated=True) as wire:
        assert wire.post(wire.says("hello"), token="").status == 200
        elsewhere = {"serviceUrl": "https://smba.trafficmanager.net/"}
        assert wire.post(wire.says("hello") | elsewhere, token="").status == 401
        with pytest.raises(Undeliverable, match="401"):  # this connector wants a token, and gets none
            wire.send()
        assert wire.connector.calls["token"] == wire.connector.calls["keys"] == 0


def test_with_the_key_server_away_everybody_is_refused_and_health_says_so(
    tmp_path: Path, loop: Loop, template: Template
) -> None:
    with FakeConnector() as connector:
        connector.disturb("openid", *[Disturbance(status=503)] * 50)
        with wired(tmp_path, loop, template, connector=connector) as wire:
            assert wire.post(wire.says("hello")).status == 401
            assert "keys of Teams" in wire.teams.wrong
