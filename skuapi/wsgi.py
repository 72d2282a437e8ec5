"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skuapi.settings")

django_application = get_wsgi_application()

from skuapi.request_body import BodyLimit  # noqa: E402 - needs the settings that are set up above

application = BodyLimit(django_application)
