"""Front door of the web: `gunicorn wsgi:app`, and of the commands: `flask --app wsgi ...`."""

import gc

from shadowing.app import create_app

app = create_app()
# what is loaded by now stays: a collection in the middle of a page walks over the rows of that page alone, which spares
# the preview of 1,500 mails 0.1 s; and a page of a large round does not begin one over all that was kept since, which
# takes 0.02 s each time
gc.collect()
gc.freeze()
gc.set_threshold(50_000)
