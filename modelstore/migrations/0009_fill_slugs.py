"""By itself: PostgreSQL does not alter a table in the transaction that has changed its rows."""

from typing import Any

from django.db import migrations

from modelstore.slugs import free_slug, slug_of


def fill(apps: Any, schema_editor: Any) -> None:
    lines = apps.get_model("modelstore", "ModelLine").objects.using(schema_editor.connection.alias)
    taken = set(lines.exclude(slug="").values_list("slug", flat=True))
    for line in lines.filter(slug="").order_by("pk"):
        slug = free_slug(slug_of(line.category, line.brand), taken)
        lines.filter(pk=line.pk).update(slug=slug)
        taken.add(slug)


class Migration(migrations.Migration):
    dependencies = [
        ("modelstore", "0008_slug_and_kind"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
