"""Settings: read from the environment once, typed; a wrong one stops the start with a sentence.

Every name is `PORTAL_…`; every name may be given as `PORTAL_…_FILE`, the path of a file that
holds the value, which is how secrets arrive. docs/configuration.md lists them all, and a test
holds that page against this file.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What Apprise sends without TLS.
PLAIN_TEXTS = ("json", "form", "xml", "apprise")
MAIL_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}


class WrongSetting(SystemExit):
    """A setting that the portal cannot start with; the text says what to write."""


class Settings(BaseSettings):
    """What the operator decides. Paths are absolute once read."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    data_dir: Path = Field(default=Path(".data"), description="Everything that the portal keeps.")
    key_file: Path = Field(
        default=Path(),
        description="The database key. Default: next to the data folder, named NAME.key.",
    )
    witness_dir: Path = Field(
        default=Path(),
        description=(
            "Where the end of the trace is written down daily; best on another disk. "
            "Default: next to the key, named NAME.witness."
        ),
    )
    database_url: str = Field(
        default="",
        description="postgresql+psycopg://… for PostgreSQL. Default: the encrypted file.",
    )
    public_url: str = Field(
        default="http://localhost:3000", description="The address that people type."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=3000, ge=1, le=65535, description="The port to listen on.")
    proxy_hops: int = Field(
        default=0, ge=0, le=5, description="Reverse proxies in front that set X-Forwarded-For."
    )
    sockets_per_address: int = Field(
        default=1000,
        ge=10,
        le=100_000,
        description="Open pages from one network address; a clinic may share one.",
    )
    demo: bool = Field(default=False, description="Demo mode: fictional people, shown passwords.")
    zone: str = Field(default="America/New_York", description="The clinic's time zone (IANA name).")
    language: str = Field(
        default="en",
        description="The clinic's language: notices to whoever chose none are in it (en, de, es).",
    )
    idle_minutes: int = Field(
        default=15, ge=2, le=60, description="Signed out after so long without use."
    )
    session_hours: int = Field(
        default=12, ge=1, le=24, description="Signed out after so long in any case."
    )
    log_level: str = Field(default="info", description="debug, info, warning or error.")
    smtp_url: str = Field(
        default="",
        description="The mail server: smtps://user:password@host:465 or smtp+starttls://…:587.",
    )
    mail_from: str = Field(
        default="",
        description="The address that mail comes from. Default: the user in PORTAL_SMTP_URL.",
    )
    sms_url: str = Field(
        default="",
        description="The service for text messages, as an Apprise URL without a recipient.",
    )
    push: bool = Field(
        default=True,
        description="Whether people may be told on their devices, by their browser's push service.",
    )

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            msg = "write an IANA zone name, for example America/New_York or Europe/Berlin"
            raise ValueError(msg)
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        try:
            Locale.parse(value, sep="-")
        except (ValueError, UnknownLocaleError):
            msg = "write a language tag, for example en, de or es-MX"
            raise ValueError(msg) from None
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            msg = "write the whole address without a path, for example https://portal.example.org"
            raise ValueError(msg)
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            msg = "people's records need https; only localhost may be http"
            raise ValueError(msg)
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, value: str) -> str:
        if value and not value.startswith("postgresql+psycopg://"):
            msg = "write postgresql+psycopg://user:password@host/name, or leave it empty"
            raise ValueError(msg)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _over_tls(cls, value: str) -> str:
        if value and (wrong := _wrong_mail_server(value)):
            raise ValueError(wrong)
        return value

    @field_validator("sms_url")
    @classmethod
    def _over_tls_too(cls, value: str) -> str:
        if value and (wrong := _wrong_text_service(value)):
            raise ValueError(wrong)
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in {"debug", "info", "warning", "error"}:
            msg = "write debug, info, warning or error"
            raise ValueError(msg)
        return value.lower()

    @model_validator(mode="after")
    def _settle_paths(self) -> Self:
        self.data_dir = self.data_dir.expanduser().absolute()
        beside = self.data_dir.with_name(self.data_dir.name + ".key")
        given = self.key_file if self.key_file != Path() else beside
        self.key_file = given.expanduser().absolute()
        if self.data_dir in self.key_file.parents:
            msg = "PORTAL_KEY_FILE must lie outside PORTAL_DATA_DIR, so that no backup holds both"
            raise ValueError(msg)
        kept = self.key_file.with_name(self.data_dir.name + ".witness")
        chosen = self.witness_dir if self.witness_dir != Path() else kept
        self.witness_dir = chosen.expanduser().absolute()
        if self.data_dir in (self.witness_dir, *self.witness_dir.parents):
            msg = "PORTAL_WITNESS_DIR must lie outside PORTAL_DATA_DIR: no copy may hold both"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _has_sender(self) -> Self:
        if self.smtp_url and not self.mail_from:
            self.mail_from = unquote(urlsplit(self.smtp_url).username or "")
        name, at, domain = self.mail_from.partition("@")
        if (self.smtp_url or self.mail_from) and not (name and at and domain.isascii() and domain):
            msg = "PORTAL_MAIL_FROM must be the e-mail address that mail comes from"
            raise ValueError(msg)
        return self

    @property
    def clock_zone(self) -> ZoneInfo:
        """The clinic's zone."""
        return ZoneInfo(self.zone)

    @property
    def is_https(self) -> bool:
        """Whether people reach the portal over TLS."""
        return self.public_url.startswith("https://")

    @property
    def uses_postgres(self) -> bool:
        """Whether the clinic has moved to PostgreSQL."""
        return bool(self.database_url)


def _wrong_mail_server(url: str) -> str:
    """Returns what to write instead, or nothing. The address may hold a password: never shown."""
    parts = urlsplit(url)
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        return "write smtps://user:password@host:465 or smtp+starttls://user:password@host:587"
    if parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
        return "mail needs TLS, smtps:// or smtp+starttls://; plain smtp:// is for localhost only"
    try:
        _port = parts.port
    except ValueError:
        return "the port of the mail server must be a number"
    ca = parse_qs(parts.query).get("ca", [""])[0]
    if ca and not Path(ca).is_file():
        return "ca= must name the file with your authority's certificate"
    return ""


def _wrong_text_service(url: str) -> str:
    """Returns what to write instead, or nothing. The address may hold a password: never shown."""
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        return "write an Apprise URL, for example twilio://sid:token@from or jsons://user:pw@host/"
    if parts.scheme in PLAIN_TEXTS and parts.hostname not in LOOPBACK:
        return "text messages need TLS, for example jsons://; json:// is for localhost only"
    if parse_qs(parts.query).get("verify", ["yes"])[0].lower() in {"no", "false", "0"}:
        return "the service's certificate has to be checked: leave verify= out"
    return ""


def _values_from_files() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in Settings.model_fields:
        path = os.environ.get(f"PORTAL_{name.upper()}_FILE")
        if path and name != "key":
            try:
                found[name] = Path(path).read_text(encoding="utf8").strip()
            except OSError as error:
                said = f"PORTAL_{name.upper()}_FILE: the file cannot be read ({error.strerror})."
                raise WrongSetting(said) from error
    return found


def read() -> Settings:
    """Reads the settings from the environment; raises `WrongSetting` with a sentence."""
    given = _values_from_files()
    try:
        return Settings(**given)  # pyright: ignore[reportArgumentType] - text that pydantic parses
    except ValidationError as error:
        lines: list[str] = []
        for wrong in error.errors():
            name = "_".join(["PORTAL", *(str(part).upper() for part in wrong["loc"])])
            lines.append(f"{name.rstrip('_')}: {wrong['msg'].removeprefix('Value error, ')}.")
        raise WrongSetting("\n".join(lines)) from None


@lru_cache
def current() -> Settings:
    """Returns this process's settings, read once."""
    return read()
