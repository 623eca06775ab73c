"""Front door of the web: `gunicorn wsgi:app`, and of the commands: `flask --app wsgi ...`."""

from shadowing.app import create_app

app = create_app()
