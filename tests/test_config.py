"""Settings: what a start is refused for, and what it keeps."""

from pathlib import Path

import pytest

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
