"""Settings: what a start is refused for, and what it keeps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from shadowing import config


def refused(**environ: str) -> str:
    with pytest.raises(config.WrongSettings) as wrong:
        config.read({f"SHADOWING_{name}": value for name, value in environ.items()})
    return str(wrong.value)


def test_a_setting_that_does_not_exist_is_refused_with_the_nearest_one() -> None:
    assert refused(MAIL_SERVR="x") == (
        "SHADOWING_MAIL_SERVR: there is no such setting; did you mean SHADOWING_MAIL_SERVER?"
    )


def test_a_public_address_without_tls_is_refused() -> None:
    assert "https://" in refused(PUBLIC_URL="http://shadowing.company.example")


def test_mail_without_tls_to_another_machine_needs_to_be_said_twice(tmp_path: Path) -> None:
    asked = {
        "SHADOWING_MAIL_SERVER": "smtp.company.example",
        "SHADOWING_MAIL_TLS": "none",
        "SHADOWING_INSTANCE": str(tmp_path),
    }

    assert "TLS_NONE_ALLOWED" in refused(MAIL_SERVER="smtp.company.example", MAIL_TLS="none")
    assert config.read(asked | {"SHADOWING_MAIL_TLS_NONE_ALLOWED": "1"}).mail_tls is config.MailTls.NONE


def test_a_short_secret_is_refused_for_a_public_service() -> None:
    assert "32" in refused(SECRET_KEY="short", PUBLIC_URL="https://shadowing.company.example")


def test_a_secret_is_made_once_and_kept_unreadable_to_others(tmp_path: Path) -> None:
    first, second = (config.read({"SHADOWING_INSTANCE": str(tmp_path)}).secret_key for _ in range(2))

    assert first == second
    assert len(first) >= config.SECRET_LEAST
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secrets_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")

    settings = config.read({"SHADOWING_SECRET_KEY_FILE": str(tmp_path / "key"), "SHADOWING_INSTANCE": str(tmp_path)})

    assert settings.secret_key == "from a file"


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "no") in refused(SECRET_KEY_FILE=str(tmp_path / "no"))


def test_a_postgresql_address_is_given_its_driver(tmp_path: Path) -> None:
    settings = config.read({"SHADOWING_DATABASE_URL": "postgresql://u@h/d", "SHADOWING_INSTANCE": str(tmp_path)})

    assert settings.database == "postgresql+psycopg://u@h/d"


def test_only_what_is_handed_in_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWING_SECRET_KEY", "exported in the shell, of no concern")
    monkeypatch.setenv("SHADOWING_MAIL_PORT", "25")

    settings = config.read({"SHADOWING_INSTANCE": str(tmp_path)})

    assert settings.secret_key == (tmp_path / "secret_key").read_text()
    assert settings.mail_port == 587


def test_the_environment_is_read_where_nothing_else_is_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWING_SECRET_KEY", "exported in the shell, and meant")

    assert config.read().secret_key == "exported in the shell, and meant"


def test_an_empty_setting_means_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHADOWING_MAIL_PORT", "")
    monkeypatch.setenv("SHADOWING_INSTANCE", str(tmp_path))

    assert config.read().mail_port == 587


def test_a_setting_of_the_wrong_kind_is_named() -> None:
    assert refused(MAIL_PORT="post").startswith("SHADOWING_MAIL_PORT: Input should be a valid integer")


@pytest.mark.parametrize("where", ["8024", "localhost:", ":8024", "localhost:mail", "localhost:70000"])
def test_a_door_for_mail_needs_host_and_port(where: str) -> None:
    with pytest.raises(config.WrongSettings, match=r"SHADOWING_MAIL_LISTEN: must be host:port"):
        config.read({"SHADOWING_MAIL_LISTEN": where})


@pytest.mark.parametrize(
    ("given", "hears"),
    [({}, False), ({"mail_listen": "127.0.0.1:8024"}, True), ({"imap_server": "imap.example.org"}, True)],
)
def test_answers_by_mail_arrive_once_a_way_in_is_set(given: dict[str, str], hears: bool, tmp_path: Path) -> None:
    assert config.read({}, instance=tmp_path, **given).hears is hears


@pytest.mark.parametrize("given", ["old@example.org, Older@example.net", "old@example.org Older@example.net"])
def test_former_addresses_stand_between_commas(given: str, tmp_path: Path) -> None:
    settings = config.read({"SHADOWING_INSTANCE": str(tmp_path), "SHADOWING_MAIL_FROM_BEFORE": given})

    assert settings.mail_addresses == (settings.mail_from, "old@example.org", "Older@example.net")


@pytest.mark.parametrize("given", ["old", "old@", "@example.org"])
def test_a_former_address_that_is_none_is_named(given: str) -> None:
    with pytest.raises(config.WrongSettings, match=given):
        config.read({"SHADOWING_MAIL_FROM_BEFORE": given})


def test_settings_do_not_change_once_read(tmp_path: Path) -> None:
    settings = config.read({"SHADOWING_INSTANCE": str(tmp_path)})

    with pytest.raises(ValidationError):
        settings.mail_port = 25


HOSTILE = {
    "SHADOWING_SECRET_KEY": "exported in the shell",
    "SHADOWING_MAIL_PORT": "",
    "SHADOWING_MAIL_SERVR": "a setting that does not exist",
    "SHADOWING_DATABASE_URL": "postgresql://nobody@nowhere.example/nothing",
    "SHADOWING_INSTANCE": "/proc/nowhere",
    "SHADOWING_PUBLIC_URL": "https://elsewhere.example",
    "TZ": "America/Sao_Paulo",
    "LC_ALL": "C",
}


@pytest.mark.slow
def test_no_test_sees_the_environment_of_whoever_runs_it(tmp_path: Path) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    others = ["tests/test_config.py", "tests/views/test_home.py", "tests/views/test_auth.py", "tests/company"]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", f"--basetemp={tmp_path / 'of_its_own'}", *others]

    run = subprocess.run(command, cwd=config.ROOT, env=own | HOSTILE, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout
