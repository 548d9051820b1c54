"""What each web process loads."""

import os

from django.core.wsgi import get_wsgi_application

from guanxi.cli.serving import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.platform.settings")
os.umask(0o077)
end_with_parent()
application = get_wsgi_application()
