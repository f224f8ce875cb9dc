"""Every setting, read from the environment or `.env` and checked on start."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Annotated, Literal

from cryptography.fernet import Fernet
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.hosts import HOST, is_loopback
from handlers.calendar import read_quiet_hours
from storage.database import new_key

VAR = Path("var")
"""Where the program keeps its own files in development."""


class WrongSettings(Exception):
    """The settings cannot be used. The message says which and why, and holds no value."""


class Settings(BaseSettings):
    """The settings by their names in the environment. `.env.example` says what each one is for."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    pag_env: Literal["development", "production"] = "development"
    pag_clock_file: Path | None = None
    database_url: str = f"sqlite:///{VAR}/pag.db"
    data_keys: Annotated[tuple[str, ...], NoDecode] = ()
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    base_url: Annotated[str, Field(pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$")] = ""
    admin_accounts: Annotated[frozenset[str], NoDecode] = frozenset()
    slack_bot_token: str = ""
    slack_signing_secret: str = ""
    slack_client_id: str = ""
    slack_client_secret: str = ""
    slack_app_token: str = ""
    slack_api_url: str = "https://slack.com/api/"
    slack_max_sends_per_second: Annotated[float, Field(ge=0)] = 4
    teams_app_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,60}$")] = ""
    teams_app_password: str = ""
    teams_tenant_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,60}$")] = ""
    teams_allow_unauthenticated: bool = False
    teams_service_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    teams_max_sends_per_second: Annotated[float, Field(ge=0)] = 20
    teams_openid_url: str = ""
    teams_token_url: str = ""
    time_zone: str = "Europe/London"
    nation: Literal["ENG", "WLS", "SCT", "NIR"] = "ENG"
    quiet_hours: str = "20:00-08:00"
    helpline: Annotated[str, Field(max_length=300)] = ""
    pals: Annotated[str, Field(max_length=300)] = ""
    safeguarding_contact: Annotated[str, Field(max_length=300)] = ""

    @field_validator("data_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        return _listed(value)

    @field_validator("data_keys")
    @classmethod
    def _real_keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for key in value:
            try:
                Fernet(key)
            except ValueError:
                raise ValueError("each key is 32 bytes in url-safe base64, as `pag keys new` makes them") from None
        return value

    @field_validator("admin_accounts", mode="before")
    @classmethod
    def _accounts(cls, value: object) -> object:
        return _listed(value)

    @field_validator("admin_accounts")
    @classmethod
    def _whole_accounts(cls, value: frozenset[str]) -> frozenset[str]:
        if any(len(account.split(":")) != 3 for account in value):
            raise ValueError("each account is platform:workspace:user, such as slack:T012AB3C4:U012AB3C4")
        # Teams is not of one mind on how to write the ids of a directory.
        return frozenset(account.lower() if account.startswith("teams:") else account for account in value)

    @field_validator("teams_service_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        return _listed(value.lower()) if isinstance(value, str) else value

    @field_validator("teams_service_hosts")
    @classmethod
    def _real_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(HOST.fullmatch(host) for host in value):
            raise ValueError("each is the name of a host, such as smba.trafficmanager.net")
        return value

    @field_validator("teams_tenant_id")
    @classmethod
    def _small_letters(cls, value: str) -> str:
        return value.lower()

    @field_validator("teams_openid_url", "teams_token_url")
    @classmethod
    def _local_issuer(cls, value: str) -> str:
        if value and not is_loopback(value.replace("{tenant}", "tenant")):
            raise ValueError("this is for tests, and an http address on loopback")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise ValueError("this is no IANA time zone, such as Europe/London")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _real_hours(cls, value: str) -> str:
        read_quiet_hours(value)
        return value

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if self.pag_env == "production" and not self.data_keys:
            raise ValueError("DATA_KEYS is required in production")
        only_local = {
            "PAG_CLOCK_FILE": self.pag_clock_file,
            "TEAMS_ALLOW_UNAUTHENTICATED": self.teams_allow_unauthenticated,
            "TEAMS_OPENID_URL": self.teams_openid_url,
            "TEAMS_TOKEN_URL": self.teams_token_url,
        }
        if self.pag_env == "production" or self.host not in ("127.0.0.1", "localhost", "::1"):
            for name in (name for name, value in only_local.items() if value):
                raise ValueError(f"{name} is for development on loopback only")
        if bool(self.slack_client_id) != bool(self.slack_client_secret):
            raise ValueError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together")
        known = self.slack_bot_token or self.slack_client_id
        if bool(known) != bool(self.slack_signing_secret or self.slack_app_token):
            raise ValueError("SLACK_BOT_TOKEN goes together with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET")
        if self.slack_app_token and not self.slack_app_token.startswith("xapp-"):
            raise ValueError("SLACK_APP_TOKEN is the app-level token, which begins with xapp-")
        if bool(self.teams_app_id) != bool(self.teams_app_password):
            raise ValueError("TEAMS_APP_ID and TEAMS_APP_PASSWORD go together")
        if self.teams_app_id and self.teams_allow_unauthenticated:
            raise ValueError("TEAMS_ALLOW_UNAUTHENTICATED is for a run without TEAMS_APP_ID")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the data, newest first. In development one is made and kept in `var/`."""
        return self.data_keys or (_development_key(VAR / "data.key"),)


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _development_key(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(new_key(), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def read_settings() -> Settings:
    """The settings. Raises `WrongSettings` that names each wrong one and says what is wrong, never its value."""
    try:
        return Settings()
    except ValidationError as wrong:
        problems = [
            f"{'.'.join(str(part) for part in error['loc'][:1]).upper() or 'Settings'}: "
            f"{str(error['ctx']['error']) if 'error' in error.get('ctx', {}) else error['msg']}"
            for error in wrong.errors(include_input=False, include_url=False)
        ]
        raise WrongSettings("; ".join(problems)) from None
