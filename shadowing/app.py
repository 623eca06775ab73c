"""The Flask app: `create_app` binds the extensions and registers pages and commands, nothing else."""

from flask import Flask

from shadowing import cli, config, views
from shadowing.extensions import babel, csrf, db, engine_options, mail, migrate
from shadowing.views import locale_of_reader, zone_of_reader


def create_app(settings: config.Settings | None = None) -> Flask:
    settings = settings or config.read()
    app = Flask("shadowing", instance_path=str(settings.instance.resolve()))
    app.config.update(flask_settings(settings))
    app.extensions["settings"] = settings
    settings.instance.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    mail.init_app(app)
    csrf.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"))
    babel.init_app(app, locale_selector=locale_of_reader, timezone_selector=zone_of_reader)
    views.register(app)
    cli.register(app)
    return app


def flask_settings(settings: config.Settings) -> dict[str, object]:
    """Our settings in the words of Flask and its extensions."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database),
        "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 16 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_NAME": "__Host-form" if settings.https else "form",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "ja",
        "MAIL_DEFAULT_SENDER": settings.mail_from,
    }
